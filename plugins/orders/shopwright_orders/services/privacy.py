# SPDX-License-Identifier: Apache-2.0
"""What orders know of a person: for the copy they may ask for, and what goes when they are forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_orders.settings import OrdersSettings

_COPY = """
SELECT jsonb_build_object(
    'number', o.number, 'placed_at', o.placed_at, 'status', o.status, 'payment_status', o.payment_status,
    'currency', o.currency, 'total', o.total, 'email', o.email::text, 'locale', o.locale,
    'shipping_address', o.shipping_address, 'billing_address', o.billing_address, 'note', o.note,
    'attributes', o.attributes,
    'lines', (SELECT jsonb_agg(jsonb_build_object('sku', l.sku, 'title', l.title, 'variant', l.variant_title,
        'quantity', l.quantity, 'total', l.total) ORDER BY l.position)
        FROM orders_line l WHERE l.store_id = o.store_id AND l.order_id = o.id),
    'payments', (SELECT jsonb_agg(jsonb_build_object('method', p.method, 'status', p.status, 'amount', p.amount)
        ORDER BY p.id) FROM orders_payment p WHERE p.store_id = o.store_id AND p.order_id = o.id),
    'history', (SELECT jsonb_agg(jsonb_build_object('at', h.at, 'kind', h.kind, 'text', h.text) ORDER BY h.id)
        FROM orders_history h WHERE h.store_id = o.store_id AND h.order_id = o.id))
FROM orders_order o
WHERE o.customer_id = $1 OR ($2 <> '' AND o.email = $2::text::citext) ORDER BY o.placed_at, o.id
"""
_LOCK = text("""
SELECT id, placed_at, status = 'pending' OR (status = 'confirmed' AND placed_at > :carried_out) AS is_open
FROM orders_order
WHERE customer_id = CAST(:customer_id AS uuid) OR (:email <> '' AND email = CAST(:email AS citext))
ORDER BY id FOR UPDATE
""")
_FORGET = text("""
UPDATE orders_order SET customer_id = NULL, email = '', note = '', attributes = '[]', payment_message = '',
    shipping_address = jsonb_build_object('name', '', 'line1', '', 'city', '',
        'country', shipping_address -> 'country', 'region', coalesce(shipping_address -> 'region', '""')),
    billing_address = CASE WHEN id = ANY(:old) THEN jsonb_build_object('name', '', 'line1', '', 'city', '',
        'country', billing_address -> 'country', 'region', coalesce(billing_address -> 'region', '""'))
        ELSE billing_address || '{"phone": ""}' END,
    version = version + 1, updated_at = :now
WHERE id = ANY(:ids)
""")
_LEDGER = text("""
SELECT (SELECT count(*) FROM orders_history WHERE order_id = ANY(:ids))
    + (SELECT count(*) FROM orders_payment_entry e JOIN orders_payment p
        ON p.store_id = e.store_id AND p.id = e.payment_id WHERE p.order_id = ANY(:ids))
""")


class Person(Protocol):
    """Whom the plugin ``customers`` asks about; ``email`` is empty when it counts for nothing."""

    customer_id: UUID | None
    email: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a copy, as the plugin ``customers`` takes it."""

    code: str
    title: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a kind of data, as the plugin ``customers`` takes it."""

    code: str
    title: str
    action: Literal["erased", "kept"]
    number: int
    reason: str = ""


async def sections(ctx: Context, subject: Person) -> list[Section]:
    """Give a person's orders, amounts in minor units."""
    rows = await ctx.fetch_rows(_COPY, subject.customer_id, subject.email)
    return [Section("orders.orders", ctx.gettext("Orders"), [orjson.loads(row[0]) for row in rows])]


async def forget(ctx: Context, session: AsyncSession, subject: Person) -> list[Outcome]:
    """Take out of a person's orders what need not be kept.

    Open orders stay as they are. Of the others the bill (name, billing address, what was bought) stays as long
    as the store must keep it; all else goes, but for the country and region that taxes depend on.
    """
    settings, now = ctx.settings(OrdersSettings), ctx.clock.now()
    bills_from = now - timedelta(days=round(settings.keep_years * 365.25))
    values = {
        "customer_id": subject.customer_id, "email": subject.email,
        "carried_out": now - timedelta(days=settings.delivery_days),
    }  # fmt: skip
    rows = (await session.execute(_LOCK, values)).all()
    closed = [row for row in rows if not row.is_open]
    ids, old = [row.id for row in closed], [row.id for row in closed if row.placed_at < bills_from]
    if ids:
        await session.execute(_FORGET, {"ids": ids, "old": old, "now": now})
    ledger = int(await session.scalar(_LEDGER, {"ids": ids}) or 0)
    return _told(
        ctx, len(rows) - len(closed), len(closed), len(closed) - len(old), ledger, settings.keep_years
    )


def _told(ctx: Context, waiting: int, closed: int, bills: int, ledger: int, years: int) -> list[Outcome]:
    contact = ctx.gettext("E-mail address, delivery address, phone and notes of orders")
    found = [Outcome("orders.contact", contact, "erased", closed)]
    if bills:
        reason = ctx.gettext("Bookkeeping: a bill is kept for %(years)s years.", years=years)
        found.append(
            Outcome(
                "orders.bills", ctx.gettext("Bills: name, billing address, amounts"), "kept", bills, reason
            )
        )
    if ledger:
        reason = ctx.gettext("They are records that nobody can change.")
        found.append(
            Outcome("orders.ledger", ctx.gettext("Steps and payments of orders"), "kept", ledger, reason)
        )
    if waiting:
        reason = ctx.gettext(
            "They are still being carried out. Forget this e-mail address again when they are done."
        )
        found.append(Outcome("orders.open", ctx.gettext("Open orders"), "kept", waiting, reason))
    return found
