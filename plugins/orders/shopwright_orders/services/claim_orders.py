# SPDX-License-Identifier: Apache-2.0
"""Gives orders that were placed without an account to the customer whose address they bear."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context

_CLAIM = text("""
UPDATE orders_order SET customer_id = :customer_id, version = version + 1, updated_at = :now
WHERE customer_id IS NULL AND email = CAST(:email AS citext)
""")


async def claim(ctx: Context, customer_id: UUID, email: str) -> None:
    """Make earlier guest orders with a confirmed address the customer's; doing it again changes nothing."""
    values = {"customer_id": customer_id, "email": email, "now": ctx.clock.now()}

    async def work(session: AsyncSession) -> None:
        await session.execute(_CLAIM, values)

    await ctx.run(work)
