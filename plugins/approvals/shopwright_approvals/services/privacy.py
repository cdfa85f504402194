# SPDX-License-Identifier: Apache-2.0
"""What requests know of a person: for the copy they may ask for, and what goes when they are forgotten."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_customers.api import Outcome, Section, Subject

CODE = "approvals.requests"
_COPY = """
SELECT created_at, company, total, currency, status, CASE WHEN customer_id = $1 THEN 'asked' ELSE 'decided' END AS role,
    CASE WHEN customer_id = $1 THEN note ELSE '' END AS note, reason, decided_at
FROM approvals_request WHERE customer_id = $1 OR decided_by = $1 ORDER BY id
"""
_FORGET = text("DELETE FROM approvals_request WHERE customer_id = CAST(:customer_id AS uuid) RETURNING id")
_FORGET_DECIDER = text("""
UPDATE approvals_request SET decided_by = NULL, decider = '', reason = ''
WHERE decided_by = CAST(:customer_id AS uuid) RETURNING id
""")


async def sections(ctx: Context, subject: Subject) -> list[Section]:
    """Give what a person asked for and decided."""
    rows = await ctx.fetch_rows(_COPY, subject.customer_id) if subject.customer_id else []
    return [Section(CODE, ctx.gettext("Approvals"), [dict(row) for row in rows])]


async def forget(ctx: Context, session: AsyncSession, subject: Subject) -> list[Outcome]:
    """Delete what a person asked for, and take their name off what they decided."""
    values = {"customer_id": subject.customer_id}
    gone = (await session.execute(_FORGET, values)).all()
    changed = (await session.execute(_FORGET_DECIDER, values)).all()
    return [Outcome(CODE, ctx.gettext("Approvals"), "erased", len(gone) + len(changed))]
