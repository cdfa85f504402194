# SPDX-License-Identifier: Apache-2.0
"""What staff do with an order: mark it as paid, cancel it. Each checks the version the person saw."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.ids import new_id
from shopwright_orders.hookspecs import OrderEvent, order_cancelled, order_cancelling, order_paid
from shopwright_orders.services.stored_payments import settle_stored

_LOCK = text("""
SELECT o.id, o.number, o.status, o.payment_status, o.total, o.currency, o.customer_id, o.version, p.id AS payment_id, p.amount
FROM orders_order o JOIN orders_payment p ON p.store_id = o.store_id AND p.order_id = o.id
WHERE o.id = :order_id AND NOT p.stored FOR UPDATE OF o, p
""")
_PAID = text("""
WITH payment AS (
    UPDATE orders_payment SET status = 'paid', authorized = amount, captured = amount, version = version + 1,
        updated_at = :now WHERE id = :payment_id
), entry AS (
    INSERT INTO orders_payment_entry (store_id, id, payment_id, kind, amount, actor, at)
    VALUES (:store_id, :entry_id, :payment_id, 'capture', :amount, :actor, :now)
), head AS (
    UPDATE orders_order SET payment_status = 'paid', version = version + 1, updated_at = :now WHERE id = :order_id
)
INSERT INTO orders_history (store_id, id, order_id, kind, from_status, to_status, actor, plugin, at)
VALUES (:store_id, :history_id, :order_id, 'payment_paid', :status, :status, :actor, 'orders', :now)
""")
_CANCEL = text("""
WITH payment AS (
    UPDATE orders_payment SET status = 'voided', authorized = 0, version = version + 1, updated_at = :now
    WHERE id = :payment_id
), entry AS (
    INSERT INTO orders_payment_entry (store_id, id, payment_id, kind, amount, actor, at)
    VALUES (:store_id, :entry_id, :payment_id, 'void', :amount, :actor, :now)
), head AS (
    UPDATE orders_order SET status = 'cancelled', payment_status = 'voided', version = version + 1,
        updated_at = :now WHERE id = :order_id
)
INSERT INTO orders_history (store_id, id, order_id, kind, from_status, to_status, text, actor, plugin, at)
VALUES (:store_id, :history_id, :order_id, 'cancelled', :status, 'cancelled', :reason, :actor, 'orders', :now)
""")


async def mark_paid(ctx: Context, order_id: UUID, version: int) -> None:
    """Record that the money of an offline payment has arrived.

    Raises:
        NotFound, Conflict: there is no such order, it was changed meanwhile, or it does not wait for money.
    """

    async def work(session: AsyncSession) -> None:
        row = await _lock(session, order_id, version)
        if row.status != "confirmed" or row.payment_status != "offline":
            raise Conflict("This order does not wait for money.", code="not_offline")
        await session.execute(_PAID, _parameters(ctx, row))
        await settle_stored(ctx, session, row.id, "paid")
        event = OrderEvent(row.id, row.number, row.total, row.currency, row.customer_id)
        await ctx.hooks.emit(session, order_paid, event, aggregate=("orders.order", row.id))
        await ctx.audit(session, "orders.marked_paid", subject=("orders.order", row.id))

    await ctx.run(work)


async def cancel(ctx: Context, order_id: UUID, version: int, reason: str) -> None:
    """Cancel an order that has not been paid; what it holds is given back in the same transaction.

    Raises:
        NotFound, Conflict: there is no such order, it was changed meanwhile, or money has moved.
    """

    async def work(session: AsyncSession) -> None:
        row = await _lock(session, order_id, version)
        if row.status != "confirmed" or row.payment_status not in {"offline", "authorized"}:
            raise Conflict(
                "Only a confirmed order that has not been paid can be cancelled.", code="not_cancellable"
            )
        await session.execute(_CANCEL, _parameters(ctx, row) | {"reason": reason})
        await settle_stored(ctx, session, row.id, "voided")
        await ctx.hooks.collect(
            order_cancelling, session=session, order_id=row.id, reason="cancelled by staff"
        )
        event = OrderEvent(row.id, row.number, row.total, row.currency, row.customer_id)
        await ctx.hooks.emit(session, order_cancelled, event, aggregate=("orders.order", row.id))
        await ctx.audit(
            session, "orders.cancelled", subject=("orders.order", row.id), data={"reason": reason}
        )

    await ctx.run(work)


async def _lock(session: AsyncSession, order_id: UUID, version: int) -> Any:
    row = (await session.execute(_LOCK, {"order_id": order_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such order.")
    if row.version != version:
        raise Conflict(
            "The order was changed meanwhile. Look at it again before you go on.",
            code="version_conflict",
            extra={"version": row.version},
        )
    return row


def _parameters(ctx: Context, row: Any) -> dict[str, Any]:
    return {
        "store_id": ctx.store.id,
        "order_id": row.id,
        "payment_id": row.payment_id,
        "entry_id": new_id(),
        "history_id": new_id(),
        "amount": row.amount,
        "status": row.status,
        "actor": ctx.actor.label or ctx.actor.kind,
        "now": ctx.clock.now(),
    }
