# SPDX-License-Identifier: Apache-2.0
"""Telling that stock changed, in the transaction that changes it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_inventory.hookspecs import StockChanged, stock_changed


async def tell(ctx: Context, session: AsyncSession, changes: Mapping[UUID, tuple[int, int]]) -> None:
    """Emit ``stock_changed`` for variants by (before, after), in the order in which levels are locked."""
    events = [
        (StockChanged(variant_id, *changes[variant_id]), ("inventory.variant", variant_id))
        for variant_id in sorted(changes)
    ]
    await ctx.hooks.emit_many(session, stock_changed, events)
