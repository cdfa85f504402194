# SPDX-License-Identifier: Apache-2.0
"""Points of orders. An event may come twice: an entry of a kind is written once for an order."""

from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id

Kind = Literal["promised", "earned", "revoked"]

_ADD = text("""
INSERT INTO loyalty_points_entry (store_id, id, order_id, kind, points, at)
VALUES (:store_id, :id, :order_id, :kind, :points, :now) ON CONFLICT (store_id, order_id, kind) DO NOTHING
""")
_OF_ORDER = """
SELECT coalesce(sum(points) FILTER (WHERE kind <> 'promised'), 0) FROM loyalty_points_entry WHERE order_id = $1
"""


async def add(ctx: Context, order_id: UUID, kind: Kind, points: int) -> None:
    """Write an entry, unless the order has one of this kind."""

    async def work(session: AsyncSession) -> None:
        parameters = {
            "store_id": ctx.store.id,
            "id": new_id(),
            "order_id": order_id,
            "kind": kind,
            "points": points,
        }
        await session.execute(_ADD, parameters | {"now": ctx.clock.now()})

    await ctx.run(work)


async def of_order(ctx: Context, order_id: UUID) -> int:
    """Give the points an order has earned."""
    return int(await ctx.fetch_value(_OF_ORDER, order_id))
