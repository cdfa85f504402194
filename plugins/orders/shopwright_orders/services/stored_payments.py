# SPDX-License-Identifier: Apache-2.0
"""What becomes of the parts of an order that are paid with stored value: they follow the chosen payment."""

from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id

_HELD = text("""
SELECT id, amount FROM orders_payment WHERE order_id = :order_id AND stored AND status = 'authorized'
ORDER BY id FOR UPDATE
""")
_SETTLE = text("""
WITH payment AS (
    UPDATE orders_payment SET status = :status, captured = CASE WHEN :captures THEN amount ELSE 0 END,
        authorized = CASE WHEN :captures THEN amount ELSE 0 END, version = version + 1, updated_at = :now
    WHERE id = :id
)
INSERT INTO orders_payment_entry (store_id, id, payment_id, kind, amount, actor, at)
VALUES (:store_id, :entry_id, :id, :kind, :amount, :actor, :now)
""")
_LOCK_PART = text("""
SELECT p.id, p.status, p.captured, p.refunded, o.status AS order_status
FROM orders_payment p JOIN orders_order o ON o.store_id = p.store_id AND o.id = p.order_id
WHERE p.order_id = :order_id AND p.method = :method AND p.stored FOR UPDATE OF o, p
""")
_REFUND = text("""
WITH payment AS (
    UPDATE orders_payment SET refunded = refunded + :amount, status = :status, version = version + 1,
        updated_at = :now
    WHERE id = :id
), entry AS (
    INSERT INTO orders_payment_entry (store_id, id, payment_id, kind, amount, actor, at)
    VALUES (:store_id, :entry_id, :id, 'refund', :amount, :actor, :now)
)
INSERT INTO orders_history (store_id, id, order_id, kind, from_status, to_status, text, actor, plugin, at)
VALUES (:store_id, :history_id, :order_id, 'payment_refunded', :order_status, :order_status, :note, :actor, 'orders',
    :now)
""")


async def settle_stored(
    ctx: Context, session: AsyncSession, order_id: UUID, status: Literal["paid", "voided"]
) -> None:
    """Take what is held of stored value for good, or let it go; the value itself is its plugin's to give back."""
    held = (await session.execute(_HELD, {"order_id": order_id})).all()
    for row in held:
        parameters = {
            "store_id": ctx.store.id,
            "id": row.id,
            "entry_id": new_id(),
            "status": status,
            "captures": status == "paid",
            "kind": "capture" if status == "paid" else "void",
            "amount": row.amount,
            "actor": ctx.actor.label or ctx.actor.kind,
            "now": ctx.clock.now(),
        }
        await session.execute(_SETTLE, parameters)


async def refund_stored(
    ctx: Context, session: AsyncSession, order_id: UUID, method: str, amount: int, note: str
) -> None:
    """Do what ``api.refund_stored`` says."""
    row = (await session.execute(_LOCK_PART, {"order_id": order_id, "method": method})).one_or_none()
    if row is None:
        raise NotFound("Nothing of this order was paid with that.", code="payment_not_found")
    left = row.captured - row.refunded
    if not 0 < amount <= left:
        words = translatable(
            "Give an amount above zero, and not more than was paid and is not given back yet."
        )
        raise Invalid(words, errors=[FieldError("/amount", "out_of_range", words)])
    parameters = {
        "store_id": ctx.store.id, "id": row.id, "order_id": order_id, "entry_id": new_id(), "history_id": new_id(),
        "amount": amount, "status": "refunded" if amount == left else row.status, "order_status": row.order_status,
        "note": note, "actor": ctx.actor.label or ctx.actor.kind, "now": ctx.clock.now(),
    }  # fmt: skip
    await session.execute(_REFUND, parameters)
