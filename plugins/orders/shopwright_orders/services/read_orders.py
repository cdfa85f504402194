# SPDX-License-Identifier: Apache-2.0
"""Reading orders: one statement each, no ORM."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.money import Money, Provenance
from shopwright_orders.api import (
    Address,
    FeeLineInput,
    HistoryEntry,
    OrderAttribute,
    OrderLineInput,
    OrderSummary,
    OrderView,
    PendingPayment,
    PlacedOrder,
    StoredPayment,
    TaxLineInput,
)
from shopwright_orders.services.create_order import access_token

_LINES = """
SELECT o.id, o.currency, (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) FROM orders_line l
    WHERE l.store_id = o.store_id AND l.order_id = o.id)::text AS lines FROM orders_order o WHERE o.id = ANY($1)
"""
_SUMMARY = "SELECT id, number, placed_at, email, status, payment_status, total, currency FROM orders_order"
_HAS_ORDERED = """
SELECT EXISTS (SELECT 1 FROM orders_order WHERE customer_id = $1 AND status <> 'cancelled')
    OR EXISTS (SELECT 1 FROM orders_order WHERE email = $2::text::citext AND status <> 'cancelled')
"""
_UNRESOLVED = """
SELECT DISTINCT o.id FROM orders_order o JOIN orders_payment p ON p.store_id = o.store_id AND p.order_id = o.id
WHERE o.status = 'pending' AND p.status IN ('pending', 'unknown') AND o.placed_at < $1 ORDER BY o.id LIMIT $2
"""
_PENDING = """
SELECT o.id, o.number, o.email, p.id AS payment_id, p.method, p.status, p.amount, p.currency, p.idempotency_key
FROM orders_order o JOIN orders_payment p ON p.store_id = o.store_id AND p.order_id = o.id
WHERE o.id = $1 AND o.status = 'pending' AND NOT p.stored AND p.status IN ('pending', 'unknown')
"""
_OF_CART = """
SELECT id, number, status, payment_status, payment_message, total, currency FROM orders_order WHERE cart_id = $1
"""
_VIEW = """
SELECT to_jsonb(o) || jsonb_build_object(
    'lines', (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) FROM orders_line l
        WHERE l.store_id = o.store_id AND l.order_id = o.id),
    'tax_lines', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.position), '[]') FROM orders_tax_line t
        WHERE t.store_id = o.store_id AND t.order_id = o.id),
    'fee_lines', (SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.position), '[]') FROM orders_fee_line f
        WHERE f.store_id = o.store_id AND f.order_id = o.id),
    'stored', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM orders_payment p
        WHERE p.store_id = o.store_id AND p.order_id = o.id AND p.stored),
    'history', (SELECT coalesce(jsonb_agg(to_jsonb(h) ORDER BY h.id), '[]') FROM orders_history h
        WHERE h.store_id = o.store_id AND h.order_id = o.id))
FROM orders_order o WHERE o.id = $1
"""


async def unresolved(ctx: Context, *, older_than: datetime, limit: int) -> list[UUID]:
    return [row["id"] for row in await ctx.fetch_rows(_UNRESOLVED, older_than, limit)]


async def pending_payment(ctx: Context, order_id: UUID) -> PendingPayment | None:
    rows = await ctx.fetch_rows(_PENDING, order_id)
    if not rows:
        return None
    row = rows[0]
    return PendingPayment(
        order_id=row["id"],
        order_number=row["number"],
        payment_id=row["payment_id"],
        method=row["method"],
        status=row["status"],
        amount=Money(row["amount"], row["currency"]),
        email=row["email"],
        idempotency_key=row["idempotency_key"],
    )


async def of_cart(ctx: Context, cart_id: UUID) -> PlacedOrder | None:
    rows = await ctx.fetch_rows(_OF_CART, cart_id)
    if not rows:
        return None
    row = rows[0]
    return PlacedOrder(
        id=row["id"],
        number=row["number"],
        status=row["status"],
        payment_status=row["payment_status"],
        payment_message=row["payment_message"],
        access_token=access_token(ctx, row["id"]),
        total=Money(row["total"], row["currency"]),
    )


async def has_ordered(ctx: Context, customer_id: UUID | None, email: str) -> bool:
    return bool(await ctx.fetch_value(_HAS_ORDERED, customer_id, email))


async def of_customer(ctx: Context, customer_id: UUID, *, limit: int) -> Sequence[OrderSummary]:
    sql = f"{_SUMMARY} WHERE customer_id = $1 ORDER BY placed_at DESC, id DESC LIMIT $2"
    return [summary(row) for row in await ctx.fetch_rows(sql, customer_id, limit)]


async def view(ctx: Context, order_id: UUID) -> OrderView | None:
    found = await ctx.fetch_value(_VIEW, order_id)
    return None if found is None else _view(orjson.loads(found))


async def view_for_guest(ctx: Context, order_id: UUID, token: str) -> OrderView | None:
    if not hmac.compare_digest(access_token(ctx, order_id).encode(), token.encode()):
        return None
    return await view(ctx, order_id)


def summary(row: Any) -> OrderSummary:
    """Make a summary of a row with the columns of ``orders_order``."""
    return OrderSummary(
        id=row["id"],
        number=row["number"],
        placed_at=row["placed_at"],
        email=row["email"],
        status=row["status"],
        payment_status=row["payment_status"],
        total=Money(row["total"], row["currency"]),
    )


async def lines_of(ctx: Context, ids: Sequence[UUID]) -> dict[UUID, tuple[OrderLineInput, ...]]:
    """Give the lines of orders: one statement for any number."""
    rows = await ctx.fetch_rows(_LINES, list(ids)) if ids else []
    return {
        row["id"]: tuple(_line(line, row["currency"]) for line in orjson.loads(row["lines"] or "[]"))
        for row in rows
    }


def _view(data: dict[str, Any]) -> OrderView:
    currency = data["currency"]

    def money(name: str) -> Money:
        return Money(data[name], currency)

    stored = tuple(
        StoredPayment(x["method"], x["label"], Money(x["amount"], currency)) for x in data["stored"]
    )
    return OrderView(
        id=UUID(data["id"]),
        number=data["number"],
        placed_at=datetime.fromisoformat(data["placed_at"]),
        status=data["status"],
        payment_status=data["payment_status"],
        email=data["email"],
        customer_id=UUID(data["customer_id"]) if data["customer_id"] else None,
        locale=data["locale"],
        prices_include_tax=data["prices_include_tax"],
        shipping_address=Address(**data["shipping_address"]),
        billing_address=Address(**data["billing_address"]),
        lines=tuple(_line(line, currency) for line in data["lines"]),
        tax_lines=tuple(_tax_line(line, currency) for line in data["tax_lines"]),
        fee_lines=tuple(_fee_line(line, currency) for line in data["fee_lines"]),
        shipping_label=data["shipping_label"],
        subtotal=money("subtotal"),
        discount=money("discount"),
        shipping=money("shipping"),
        fees=money("fees"),
        tax=money("tax"),
        total=money("total"),
        payment_method=data["payment_method"],
        payment_message=data["payment_message"],
        provenance=tuple(_provenance(x) for x in data["provenance"]),
        history=tuple(_history(x) for x in data["history"]),
        version=data["version"],
        note=data["note"],
        attributes=tuple(OrderAttribute(**x) for x in data["attributes"]),
        market=data["market"],
        stored=stored,
        due=money("total") - sum((part.amount for part in stored), Money.zero(currency)),
    )


def _line(line: dict[str, Any], currency: str) -> OrderLineInput:
    return OrderLineInput(
        variant_id=UUID(line["variant_id"]),
        product_id=UUID(line["product_id"]),
        sku=line["sku"],
        title=line["title"],
        variant_title=line["variant_title"],
        quantity=line["quantity"],
        unit_price=Money(line["unit_price"], currency),
        discount=Money(line["discount"], currency),
        tax=Money(line["tax"], currency),
        total=Money(line["total"], currency),
        requires_shipping=line["requires_shipping"],
        picture_src=line["picture_src"],
        provenance=tuple(_provenance(x) for x in line["provenance"]),
        kind=line["kind"],
        details=tuple(line["details"]),
        stocked=line["stocked"],
    )


def _tax_line(line: dict[str, Any], currency: str) -> TaxLineInput:
    return TaxLineInput(
        label=line["label"],
        rate_ppm=line["rate_ppm"],
        base=Money(line["base"], currency),
        amount=Money(line["amount"], currency),
        provenance=_provenance(line["provenance"]),
    )


def _fee_line(x: dict[str, Any], currency: str) -> FeeLineInput:
    return FeeLineInput(x["code"], x["label"], Money(x["amount"], currency), Money(x["tax"], currency))


def _provenance(x: dict[str, Any]) -> Provenance:
    return Provenance(x["plugin"], x["version"], x["rule"], Money(**x["amount"]), x["detail"])


def _history(x: dict[str, Any]) -> HistoryEntry:
    return HistoryEntry(datetime.fromisoformat(x["at"]), x["kind"], x["text"], x["actor"], x["plugin"])
