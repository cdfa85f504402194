# SPDX-License-Identifier: Apache-2.0
"""Writing a new order: two statements, whatever its size."""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright.money import Money
from shopwright_orders.api import AlreadyPlaced, CreatedOrder, NewOrder
from shopwright_orders.hookspecs import order_number

_NEXT = text("""
INSERT INTO orders_counter AS c (store_id, id, last) VALUES (:store_id, :store_id, 1)
ON CONFLICT (store_id, id) DO UPDATE SET last = c.last + 1 RETURNING last
""")

_INSERT = text("""
WITH o AS (
    INSERT INTO orders_order (
        store_id, id, number, sequence, cart_id, customer_id, email, status, payment_status, payment_method,
        currency, market, locale, prices_include_tax, shipping_address, billing_address, shipping_code, shipping_label,
        subtotal, discount, shipping, shipping_tax, fees, tax, total, provenance, note, attributes,
        placed_at, updated_at)
    SELECT store_id, id, number, sequence, cart_id, customer_id, email, 'pending', 'pending', payment_method,
        currency, market, locale, prices_include_tax, shipping_address, billing_address, shipping_code, shipping_label,
        subtotal, discount, shipping, shipping_tax, fees, tax, total, provenance, note, attributes,
        placed_at, placed_at
    FROM jsonb_populate_record(NULL::orders_order, CAST(:head AS jsonb))
), lines AS (
    INSERT INTO orders_line SELECT * FROM jsonb_populate_recordset(NULL::orders_line, CAST(:lines AS jsonb))
), taxes AS (
    INSERT INTO orders_tax_line
    SELECT * FROM jsonb_populate_recordset(NULL::orders_tax_line, CAST(:taxes AS jsonb))
), fees AS (
    INSERT INTO orders_fee_line
    SELECT * FROM jsonb_populate_recordset(NULL::orders_fee_line, CAST(:fees AS jsonb))
), payment AS (
    INSERT INTO orders_payment (store_id, id, order_id, method, status, currency, amount, idempotency_key,
        created_at, updated_at)
    VALUES (:store_id, :payment_id, :order_id, :method, 'pending', :currency, :due, :payment_key, :now, :now)
), stored AS (
    INSERT INTO orders_payment (store_id, id, order_id, method, label, status, currency, amount, authorized,
        stored, idempotency_key, created_at, updated_at)
    SELECT :store_id, x.id, :order_id, x.method, x.label, 'authorized', :currency, x.amount, x.amount, true,
        'stored-' || x.id, :now, :now
    FROM jsonb_to_recordset(CAST(:stored AS jsonb)) AS x (id uuid, entry_id uuid, method text, label text, amount bigint)
    RETURNING id, amount
), stored_entries AS (
    INSERT INTO orders_payment_entry (store_id, id, payment_id, kind, amount, actor, at)
    SELECT :store_id, x.entry_id, x.id, 'authorize', x.amount, :actor, :now
    FROM jsonb_to_recordset(CAST(:stored AS jsonb)) AS x (id uuid, entry_id uuid, amount bigint)
)
INSERT INTO orders_history (store_id, id, order_id, kind, to_status, text, actor, plugin, at)
VALUES (:store_id, :history_id, :order_id, 'placed', 'pending', '', :actor, 'orders', :now)
""")


def access_token(ctx: Context, order_id: UUID) -> str:
    """Give the secret that lets a guest see an order; derived, so that nothing secret is stored."""
    key = ctx.kernel.secret_keys[-1].encode()
    message = b"orders.access" + ctx.store.id.bytes + order_id.bytes
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:40]


async def create(ctx: Context, session: AsyncSession, order: NewOrder) -> CreatedOrder:
    """Do what ``api.create_order`` says."""
    order_id, payment_id = order.id, new_id()
    sequence = (await session.execute(_NEXT, {"store_id": ctx.store.id})).scalar_one()
    number = await ctx.hooks.first(order_number, order=order, sequence=sequence) or str(1000 + sequence)
    payment_key = f"order-{order_id}-{payment_id}"
    now = ctx.clock.now()
    head = _plain(order) | {
        "store_id": ctx.store.id, "number": number, "sequence": sequence, "placed_at": now,
    }  # fmt: skip
    keys = {"store_id": ctx.store.id, "order_id": order_id}
    try:
        await session.execute(
            _INSERT,
            keys
            | {
                "head": dump(head),
                "lines": dump([_plain(x) | keys | _row(i) for i, x in enumerate(order.lines)]),
                "taxes": dump([_plain(x) | keys | _row(i) for i, x in enumerate(order.tax_lines)]),
                "fees": dump([_plain(x) | keys | _row(i) for i, x in enumerate(order.fee_lines)]),
                "payment_id": payment_id,
                "method": order.payment_method,
                "currency": order.currency,
                "market": order.market,
                "due": order.due.amount,
                "stored": dump([_plain(x) | {"id": new_id(), "entry_id": new_id()} for x in order.stored]),
                "payment_key": payment_key,
                "history_id": new_id(),
                "actor": ctx.actor.label or ctx.actor.kind,
                "now": now,
            },
        )
    except IntegrityError as error:
        if "orders_order_store_id_cart_id_key" in str(error.orig):
            raise AlreadyPlaced from error
        raise
    return CreatedOrder(order_id, number, payment_id, access_token(ctx, order_id), payment_key)


def _row(position: int) -> dict[str, Any]:
    return {"id": new_id(), "position": position}


def _plain(value: Any) -> dict[str, Any]:
    """Give a dataclass as columns: money as minor units, provenance as JSON."""
    fields = {name: getattr(value, name) for name in value.__slots__}
    columns = {name: v.amount if isinstance(v, Money) else v for name, v in fields.items()}
    for name in ("lines", "tax_lines", "fee_lines", "stored"):
        columns.pop(name, None)
    return columns
