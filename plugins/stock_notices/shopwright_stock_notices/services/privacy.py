# SPDX-License-Identifier: Apache-2.0
"""What the lists know of a person: for the copy they may ask for, and what goes when they are forgotten."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_customers.api import Outcome, Section, Subject

CODE = "stock_notices.notices"
_COPY = """
SELECT variant_id, email::text AS email, locale, words AS agreed_to, created_at, confirmed_at, notified_at AS told_at
FROM stock_notices_notice
WHERE customer_id = $1 OR ($2 <> '' AND email = $2::text::citext) ORDER BY id
"""
_FORGET = text("""
DELETE FROM stock_notices_notice
WHERE customer_id = CAST(:customer_id AS uuid) OR (:email <> '' AND email = CAST(:email AS citext)) RETURNING id
""")


async def sections(ctx: Context, subject: Subject) -> list[Section]:
    """Give what a person waits for, and what they were told of lately."""
    rows = await ctx.fetch_rows(_COPY, subject.customer_id, subject.email)
    return [Section(CODE, ctx.gettext("Products waited for"), [dict(row) for row in rows])]


async def forget(ctx: Context, session: AsyncSession, subject: Subject) -> list[Outcome]:
    """Take the person off all lists."""
    values = {"customer_id": subject.customer_id, "email": subject.email}
    gone = (await session.execute(_FORGET, values)).all()
    return [Outcome(CODE, ctx.gettext("Products waited for"), "erased", len(gone))]
