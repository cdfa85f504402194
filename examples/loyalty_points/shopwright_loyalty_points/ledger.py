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

Kind = Literal["promised", "earned", "revoked", "spent", "returned"]

_ADD = text("""
INSERT INTO loyalty_points_entry (store_id, id, order_id, customer_id, kind, points, at)
VALUES (:store_id, :id, :order_id, :customer_id, :kind, :points, :now) ON CONFLICT (store_id, order_id, kind) DO NOTHING
""")
_OF_ORDER = """
SELECT coalesce(sum(points) FILTER (WHERE kind IN ('earned', 'revoked')), 0) FROM loyalty_points_entry WHERE order_id = $1
"""

_OF_CUSTOMER = """
SELECT order_id, kind, points, at FROM loyalty_points_entry
WHERE customer_id = $1 AND kind <> 'promised' ORDER BY id DESC LIMIT 100
"""
_BALANCE = """
SELECT coalesce(sum(points), 0) FROM loyalty_points_entry WHERE customer_id = $1 AND kind <> 'promised'
"""

# Whoever spends points of a customer waits here for whoever does so at the same time.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_LEFT = text("""
SELECT coalesce(sum(points), 0) FROM loyalty_points_entry WHERE customer_id = :customer_id AND kind <> 'promised'
""")
_SPENT = text("""
SELECT customer_id, -points AS points FROM loyalty_points_entry WHERE order_id = :order_id AND kind = 'spent'
""")


@dataclass(frozen=True, slots=True)
class Entry:
    """Points that a customer got or lost."""

    order_id: UUID
    kind: Kind
    points: int
    at: datetime


async def add(ctx: Context, order: OrderEvent, kind: Kind, points: int) -> None:
    """Write an entry, unless the order has one of this kind."""
    await ctx.run(lambda session: _write(ctx, session, order.order_id, order.customer_id, kind, points))


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


async def spend(ctx: Context, session: AsyncSession, order_id: UUID, customer_id: UUID, points: int) -> bool:
    """Take points for an order, in the transaction that writes it; False when there are not so many."""
    await session.execute(_ALONE, {"name": f"loyalty_points:{customer_id}"})
    if int((await session.execute(_LEFT, {"customer_id": customer_id})).scalar_one()) < points:
        return False
    await _write(ctx, session, order_id, customer_id, "spent", -points)
    return True


async def give_back(ctx: Context, session: AsyncSession, order_id: UUID) -> int:
    """Give the points back that an order took; how many they were."""
    spent = (await session.execute(_SPENT, {"order_id": order_id})).one_or_none()
    if spent is None:
        return 0
    await _write(ctx, session, order_id, spent.customer_id, "returned", spent.points)
    return int(spent.points)


async def _write(
    ctx: Context, session: AsyncSession, order_id: UUID, customer_id: UUID | None, kind: Kind, points: int
) -> None:
    own = {"store_id": ctx.store.id, "id": new_id(), "now": ctx.clock.now(), "kind": kind, "points": points}
    await session.execute(_ADD, own | {"order_id": order_id, "customer_id": customer_id})
