# SPDX-License-Identifier: Apache-2.0
"""Telling that stock changed, in the transaction that changes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_inventory.hookspecs import StockChanged, StockLow, stock_changed, stock_low
from shopwright_inventory.services.selling import Rules, today_of
from shopwright_inventory.settings import InventorySettings


@dataclass(frozen=True, slots=True)
class Change:
    """What can be sold of a variant from stock, before and after."""

    variant_id: UUID
    rules: Rules
    before: int
    after: int
    location: str = ""


async def tell(
    ctx: Context, session: AsyncSession, changes: Iterable[Change], *, reason: str, only_turns: bool = False
) -> None:
    """Emit ``stock_changed``, and ``stock_low`` where a threshold was crossed, in the order of the locks.

    With ``only_turns`` changes are told that decide whether a variant is ready, or can be bought at all: a sale
    in between is nobody's news.
    """
    found = sorted(changes, key=lambda change: change.variant_id)
    beyond = {x.variant_id: x.rules.beyond(today_of(ctx)) for x in found}
    told = [x for x in found if not only_turns or _turns(x, 0) or _turns(x, -beyond[x.variant_id])]
    events = [
        (
            StockChanged(x.variant_id, x.before, x.after, location=x.location, reason=reason),
            ("inventory.variant", x.variant_id),
        )
        for x in told
    ]
    if events:
        await ctx.hooks.emit_many(session, stock_changed, events)
    default = ctx.settings(InventorySettings).low_stock
    low = [
        (StockLow(x.variant_id, x.after, limit), ("inventory.variant", x.variant_id))
        for x in found
        if (limit := default if x.rules.low_stock_at is None else x.rules.low_stock_at) >= x.after
        and x.before > limit
    ]
    if low:
        await ctx.hooks.emit_many(session, stock_low, low)


def _turns(change: Change, level: int) -> bool:
    """Whether what can be sold went from above a level to it or below, or back."""
    return (change.before > level) != (change.after > level)
