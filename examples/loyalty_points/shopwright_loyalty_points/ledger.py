# SPDX-License-Identifier: Apache-2.0
"""Points of orders. An event may come twice: an entry of a kind is written once for an order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright_orders.hookspecs import OrderEvent

Kind = Literal["promised", "earned", "revoked"]

_ADD = text("""
INSERT INTO loyalty_points_entry (store_id, id, order_id, customer_id, kind, points, at)
VALUES (:store_id, :id, :order_id, :customer_id, :kind, :points, :now) ON CONFLICT (store_id, order_id, kind) DO NOTHING
""")
_OF_ORDER = """
SELECT coalesce(sum(points) FILTER (WHERE kind <> 'promised'), 0) FROM loyalty_points_entry WHERE order_id = $1
"""

_OF_CUSTOMER = """
SELECT order_id, kind, points, at FROM loyalty_points_entry
WHERE customer_id = $1 AND kind <> 'promised' ORDER BY id DESC LIMIT 100
"""
_BALANCE = """
SELECT coalesce(sum(points), 0) FROM loyalty_points_entry WHERE customer_id = $1 AND kind <> 'promised'
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """Points that a customer got or lost."""

    order_id: UUID
    kind: Kind
    points: int
    at: datetime


async def add(ctx: Context, order: OrderEvent, kind: Kind, points: int) -> None:
    """Write an entry, unless the order has one of this kind."""

    async def work(session: AsyncSession) -> None:
        parameters = {
            "store_id": ctx.store.id,
            "id": new_id(),
            "order_id": order.order_id,
            "customer_id": order.customer_id,
            "kind": kind,
            "points": points,
        }
        await session.execute(_ADD, parameters | {"now": ctx.clock.now()})

    await ctx.run(work)


async def of_order(ctx: Context, order_id: UUID) -> int:
    """Give the points an order has earned."""
    return int(await ctx.fetch_value(_OF_ORDER, order_id))


async def balance(ctx: Context, customer_id: UUID) -> int:
    """Give the points a customer has."""
    return int(await ctx.fetch_value(_BALANCE, customer_id))


async def of_customer(ctx: Context, customer_id: UUID) -> list[Entry]:
    """Give what a customer earned and lost, the newest first."""
    rows = await ctx.fetch_rows(_OF_CUSTOMER, customer_id)
    return [Entry(row["order_id"], row["kind"], row["points"], row["at"]) for row in rows]
