# SPDX-License-Identifier: Apache-2.0
"""When stock arrives: who is told, and what is forgotten afterwards."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_catalog import api as catalog
from shopwright_inventory import api as inventory
from shopwright_stock_notices import jobs
from shopwright_stock_notices.settings import StockNoticesSettings

KEPT_AFTER = timedelta(days=30)
"""How long it is known who was told, for questions."""
UNCONFIRMED = timedelta(days=7)
_WAITS = """
SELECT EXISTS (SELECT 1 FROM stock_notices_notice
    WHERE variant_id = $1 AND confirmed_at IS NOT NULL AND notified_at IS NULL)
"""
# Ids follow the order in which people signed up.
_CLAIM = text("""
UPDATE stock_notices_notice SET notified_at = :now WHERE id IN (
    SELECT id FROM stock_notices_notice
    WHERE variant_id = :variant_id AND confirmed_at IS NOT NULL AND notified_at IS NULL
    ORDER BY id LIMIT :most FOR UPDATE)
RETURNING id
""")
_CLEAN = text("""
DELETE FROM stock_notices_notice WHERE notified_at < :told OR (confirmed_at IS NULL AND created_at < :asked)
""")


async def arrived(ctx: Context, variant_id: UUID, units: int) -> int:
    """Have the first people on the list told, as many as the setting says for these units; gives how many.

    Whoever is told is off the list in the transaction that queues their mail, so nobody is told twice.
    """
    if units <= 0 or not await ctx.fetch_value(_WAITS, variant_id):
        return 0
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    stock = (await inventory.availability(ctx, [variant_id]))[variant_id]
    if variant is None or not variant.published or not stock.sellable:
        return 0
    # Some of what came may be sold again by now.
    left = units if stock.left is None else min(units, stock.left)
    most = max(left, 1) * ctx.settings(StockNoticesSettings).per_unit

    async def work(session: AsyncSession) -> int:
        values = {"variant_id": variant_id, "most": most, "now": ctx.clock.now()}
        found = sorted((await session.execute(_CLAIM, values)).scalars())
        for notice_id in found:
            await ctx.enqueue(session, jobs.tell, jobs.Notice(notice_id))
        return len(found)

    return await ctx.run(work)


async def clean(ctx: Context) -> None:
    """Forget people who were told a while ago, and addresses that nobody confirmed."""
    now = ctx.clock.now()

    async def work(session: AsyncSession) -> None:
        await session.execute(_CLEAN, {"told": now - KEPT_AFTER, "asked": now - UNCONFIRMED})

    await ctx.run(work)
