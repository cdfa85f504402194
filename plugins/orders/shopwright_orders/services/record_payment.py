# SPDX-License-Identifier: Apache-2.0
"""Recording what a payment provider answered: one lock, one write, the events."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_orders.api import PaymentResult
from shopwright_orders.hookspecs import (
    OrderEvent,
    order_cancelled,
    order_cancelling,
    order_paid,
    order_placed,
)
from shopwright_orders.services.stored_payments import settle_stored

Outcome = Literal["confirmed", "cancelled", "waiting"]

_LOCK = text("""
SELECT o.id, o.number, o.status, o.total, o.currency, o.customer_id, p.status AS payment_status, p.amount,
    EXISTS (SELECT 1 FROM orders_payment s WHERE s.store_id = o.store_id AND s.order_id = o.id AND s.stored) AS has_stored
FROM orders_payment p JOIN orders_order o ON o.store_id = p.store_id AND o.id = p.order_id
WHERE p.id = :payment_id FOR UPDATE OF o, p
""")

_WRITE = text("""
WITH payment AS (
    UPDATE orders_payment SET status = :payment_status, authorized = :authorized, captured = :captured,
        reference = :reference, message = :message, version = version + 1, updated_at = :now
    WHERE id = :payment_id
), entry AS (
    INSERT INTO orders_payment_entry (store_id, id, payment_id, kind, amount, reference, raw, actor, at)
    VALUES (:store_id, :entry_id, :payment_id, :kind, :entry_amount, :reference, CAST(:raw AS jsonb), :actor, :now)
), head AS (
    UPDATE orders_order SET status = :status, payment_status = :payment_status, payment_message = :message,
        version = version + 1, updated_at = :now
    WHERE id = :order_id
)
INSERT INTO orders_history (store_id, id, order_id, kind, from_status, to_status, text, actor, plugin, at)
VALUES (:store_id, :history_id, :order_id, :history_kind, :from_status, :status, :message, :actor, :plugin, :now)
""")

_KINDS = {
    "paid": "capture",
    "authorized": "authorize",
    "declined": "decline",
    "unknown": "unknown",
    "offline": "offline",
}
_SETTLED: dict[str, Outcome] = {"confirmed": "confirmed", "completed": "confirmed", "cancelled": "cancelled"}


async def record(ctx: Context, session: AsyncSession, *, payment_id: UUID, result: PaymentResult) -> Outcome:
    """Do what ``api.record_payment`` says."""
    row = (await session.execute(_LOCK, {"payment_id": payment_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such payment.")
    if row.status in _SETTLED:
        return _SETTLED[row.status]
    if row.payment_status == result.status == "unknown":
        return "waiting"
    status = {"declined": "cancelled", "unknown": "pending"}.get(result.status, "confirmed")
    await session.execute(_WRITE, _parameters(ctx, row, payment_id, result, status))
    if row.has_stored and (status == "cancelled" or result.status == "paid"):
        await settle_stored(ctx, session, row.id, "voided" if status == "cancelled" else "paid")
    event = OrderEvent(row.id, row.number, row.total, row.currency, row.customer_id)
    aggregate = ("orders.order", row.id)
    if status == "pending":
        return "waiting"
    if status == "cancelled":
        await ctx.hooks.collect(order_cancelling, session=session, order_id=row.id, reason="payment declined")
        await ctx.hooks.emit(session, order_cancelled, event, aggregate=aggregate)
        return "cancelled"
    await ctx.hooks.emit(session, order_placed, event, aggregate=aggregate)
    if result.status == "paid":
        await ctx.hooks.emit(session, order_paid, event, aggregate=aggregate)
    return "confirmed"


def _parameters(
    ctx: Context, row: Any, payment_id: UUID, result: PaymentResult, status: str
) -> dict[str, Any]:
    authorized = row.amount if result.status in {"authorized", "paid"} else 0
    captured = row.amount if result.status == "paid" else 0
    return {
        "store_id": ctx.store.id,
        "order_id": row.id,
        "payment_id": payment_id,
        "payment_status": result.status,
        "authorized": authorized,
        "captured": captured,
        "reference": result.reference,
        "message": result.message,
        "entry_id": new_id(),
        "kind": _KINDS[result.status],
        "entry_amount": max(authorized, captured),
        "raw": dump(dict(result.raw)),
        "history_id": new_id(),
        "history_kind": f"payment_{result.status}",
        "from_status": row.status,
        "status": status,
        "actor": ctx.actor.label or ctx.actor.kind,
        "plugin": "orders",
        "now": ctx.clock.now(),
    }
