# SPDX-License-Identifier: Apache-2.0
"""What becomes of the parts of an order that are paid with stored value: they follow the chosen payment."""

from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
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
