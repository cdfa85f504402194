# SPDX-License-Identifier: Apache-2.0
"""Promotions of prices that begin and end by the clock: pages that show other prices by now are dropped."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright_discounts.api import Basket
from shopwright_discounts.services.promotions import Live, enabled, local_now

_SHOWN = "SELECT active FROM discounts_shown"
_LOCK = text("SELECT id, active FROM discounts_shown FOR UPDATE")
_KEEP = text("UPDATE discounts_shown SET active = CAST(:active AS text[]) WHERE id = :id")
_FIRST = text(
    "INSERT INTO discounts_shown (store_id, id, active) VALUES (:store_id, :id, CAST(:active AS text[]))"
)


async def turn(ctx: Context) -> None:
    """Compare what holds now with what held the last time, and drop the pages when it is not the same."""
    active = sorted(x.promotion.code for x in await enabled(ctx) if x.is_catalogue and holds_now(ctx, x))
    before = await ctx.fetch_value(_SHOWN)
    if list(before or ()) == active:
        return

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_LOCK)).first()
        if row is None:
            values = {"store_id": ctx.store.id, "id": new_id(), "active": active}
            await session.execute(_FIRST, values)
        else:
            await session.execute(_KEEP, {"id": row.id, "active": active})
        await ctx.kernel.events.invalidate(ctx, session, ["*"])

    await ctx.run(work)


def holds_now(ctx: Context, live: Live) -> bool:
    """Tell whether a promotion holds by its dates and its conditions of time."""
    promotion, now = live.promotion, local_now(ctx)
    if promotion.starts_at is not None and now < promotion.starts_at:
        return False
    if promotion.ends_at is not None and now >= promotion.ends_at:
        return False
    basket = Basket(ctx.store.currency, (), now)
    timed = [(kind.objection, values) for kind, values in promotion.conditions if kind.scope == "time"]
    return all(objection is None or objection(values, basket) is None for objection, values in timed)
