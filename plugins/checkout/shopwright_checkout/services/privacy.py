# SPDX-License-Identifier: Apache-2.0
"""What carts know of a person: for the copy they may ask for, and what goes when they are forgotten."""

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_customers.api import Outcome, Section, Subject

_COPY = """
SELECT jsonb_build_object('made_at', c.created_at, 'status', c.status, 'email', c.email::text,
    'shipping_address', c.shipping_address, 'billing_address', c.billing_address, 'note', c.note,
    'attributes', c.attributes,
    'lines', (SELECT jsonb_agg(jsonb_build_object('variant_id', l.variant_id, 'quantity', l.quantity) ORDER BY l.id)
        FROM checkout_cart_line l WHERE l.store_id = c.store_id AND l.cart_id = c.id))
FROM checkout_cart c
WHERE c.customer_id = $1 OR ($2 <> '' AND c.email = $2::text::citext) ORDER BY c.id
"""
_FORGET = text("""
UPDATE checkout_cart SET customer_id = NULL, email = '', shipping_address = NULL, billing_address = NULL,
    note = '', attributes = '{}', payment_data = '{}', version = version + 1, updated_at = :now
WHERE customer_id = CAST(:customer_id AS uuid) OR (:email <> '' AND email = CAST(:email AS citext)) RETURNING id
""")


async def sections(ctx: Context, subject: Subject) -> list[Section]:
    """Give a person's carts."""
    rows = await ctx.fetch_rows(_COPY, subject.customer_id, subject.email)
    return [Section("checkout.carts", ctx.gettext("Carts"), [orjson.loads(row[0]) for row in rows])]


async def forget(ctx: Context, session: AsyncSession, subject: Subject) -> list[Outcome]:
    """Take the person out of their carts."""
    values = {"customer_id": subject.customer_id, "email": subject.email, "now": ctx.clock.now()}
    gone = (await session.execute(_FORGET, values)).all()
    return [Outcome("checkout.carts", ctx.gettext("Carts"), "erased", len(gone))]
