# SPDX-License-Identifier: Apache-2.0
"""Disabling a customer and enabling one again."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.ending import end_customer_sessions
from shopwright.context import Context
from shopwright_customers import jobs
from shopwright_customers.services import records
from shopwright_customers.services.records import EDIT, SUBJECT

_SET = text("""
UPDATE customers_customer SET disabled_at = CAST(:at AS timestamptz), version = version + 1, updated_at = :now
WHERE id = :id
""")


async def disable(ctx: Context, customer_id: UUID) -> None:
    """Keep a customer from signing in, and end what is open at once. Orders and addresses stay.

    Raises:
        NotFound: there is no such customer in this store.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> None:
        if (await records.require(session, customer_id)).is_disabled:
            return
        now = ctx.clock.now()
        await session.execute(_SET, {"at": now, "now": now, "id": customer_id})
        await end_customer_sessions(session, ctx.store.id, customer_id)
        await ctx.enqueue(session, jobs.end_late_sessions, jobs.Disabled(customer_id), delay=jobs.LATE)
        await ctx.audit(session, "customers.customer_disabled", subject=(SUBJECT, customer_id))

    await ctx.run(work)


async def enable(ctx: Context, customer_id: UUID) -> None:
    """Let a customer sign in again, with the same password.

    Raises:
        NotFound: there is no such customer in this store.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> None:
        if not (await records.require(session, customer_id)).is_disabled:
            return
        await session.execute(_SET, {"at": None, "now": ctx.clock.now(), "id": customer_id})
        await ctx.audit(session, "customers.customer_enabled", subject=(SUBJECT, customer_id))

    await ctx.run(work)
