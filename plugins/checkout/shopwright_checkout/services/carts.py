# SPDX-License-Identifier: Apache-2.0
"""Reading and changing carts. Each change locks the cart, so two tabs never lose a line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Cart, CartLine
from shopwright_checkout.hookspecs import cart_item_add, cart_reopened
from shopwright_checkout.services import markets
from shopwright_checkout.services import stock as stock_of
from shopwright_checkout.services.totals import priced
from shopwright_inventory.api import OutOfStock
from shopwright_orders.api import Address

MAX_QUANTITY = 9999
MAX_LINES = 500

_COLUMNS = """
c.id, c.status, c.currency, c.customer_id, c.email, c.shipping_address, c.billing_address, c.shipping_code,
c.payment_method, c.payment_data, c.note, c.attributes, c.marks, c.market, c.version,
(SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'variant_id', l.variant_id, 'quantity', l.quantity,
    'shown_price', l.shown_price, 'kind', l.kind) ORDER BY l.id), '[]')
 FROM checkout_cart_line l WHERE l.store_id = c.store_id AND l.cart_id = c.id) AS lines
"""
_READ = f"SELECT {_COLUMNS} FROM checkout_cart c WHERE c.id = $1"
# Lines are read by a statement of their own: the one that waits for the lock sees them as they were before.
_LOCK = text("SELECT 1 FROM checkout_cart WHERE id = :cart_id FOR UPDATE")
_READ_LOCKED = text(f"SELECT {_COLUMNS} FROM checkout_cart c WHERE c.id = :cart_id")
_CREATE = text("""
INSERT INTO checkout_cart (store_id, id, currency, market, customer_id, created_at, updated_at)
VALUES (:store_id, :cart_id, :currency, :market, :customer_id, :now, :now)
""")
_PUT_LINE = text("""
WITH cart AS (UPDATE checkout_cart SET version = version + 1, updated_at = :now WHERE id = :cart_id)
INSERT INTO checkout_cart_line AS l (store_id, id, cart_id, variant_id, quantity, shown_price, kind)
VALUES (:store_id, :id, :cart_id, :variant_id, :quantity, :price, :kind)
ON CONFLICT (store_id, cart_id, variant_id) DO UPDATE SET quantity = :quantity, shown_price = :price, kind = :kind
""")
_DROP_LINE = text("""
WITH cart AS (UPDATE checkout_cart SET version = version + 1, updated_at = :now WHERE id = :cart_id)
DELETE FROM checkout_cart_line WHERE cart_id = :cart_id AND variant_id = :variant_id
""")
_REOPENED = text("""
SELECT reopened_as, ARRAY(SELECT l.id FROM checkout_cart_line l
    WHERE l.store_id = c.store_id AND l.cart_id = c.id ORDER BY l.id) AS lines
FROM checkout_cart c WHERE c.id = :cart_id FOR UPDATE
""")
_REOPEN = text("""
WITH old AS (
    UPDATE checkout_cart SET reopened_as = :copy_id WHERE id = :cart_id RETURNING *
), copy AS (
    INSERT INTO checkout_cart (store_id, id, currency, market, customer_id, email, shipping_address, billing_address,
        shipping_code, payment_method, note, attributes, marks, created_at, updated_at)
    SELECT store_id, :copy_id, currency, market, customer_id, email, shipping_address, billing_address, shipping_code,
        payment_method, note, attributes, marks, :now, :now
    FROM old
)
INSERT INTO checkout_cart_line (store_id, id, cart_id, variant_id, quantity, shown_price, kind)
SELECT l.store_id, x.new_id, CAST(:copy_id AS uuid), l.variant_id, l.quantity, l.shown_price, l.kind
FROM checkout_cart_line l
JOIN unnest(CAST(:old_ids AS uuid[]), CAST(:new_ids AS uuid[])) AS x (old_id, new_id) ON x.old_id = l.id
""")


_MOVE = text("""
UPDATE checkout_cart SET currency = :currency, market = :market, shipping_code = '', version = version + 1,
    updated_at = :now
WHERE id = :cart_id
""")
_MARK = text("""
UPDATE checkout_cart SET marks = marks || ARRAY[CAST(:name AS text)] WHERE id = :cart_id AND NOT CAST(:name AS text) = ANY(marks)
""")
_UNMARK = text(
    "UPDATE checkout_cart SET marks = array_remove(marks, CAST(:name AS text)) WHERE id = :cart_id"
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A cart after a change, with the variant it was about, and what was read of its lines on the way."""

    cart: Cart
    variant: catalog.VariantInfo
    variants: Mapping[UUID, catalog.VariantInfo]
    stock: Mapping[UUID, catalog.Availability]


async def read(ctx: Context, cart_id: UUID) -> Cart | None:
    rows = await ctx.fetch_rows(_READ, cart_id)
    return _cart(rows[0]) if rows else None


async def lock(session: AsyncSession, cart_id: UUID) -> Cart | None:
    """Read a cart and keep it locked until the transaction ends."""
    await session.execute(_LOCK, {"cart_id": cart_id})
    row = (await session.execute(_READ_LOCKED, {"cart_id": cart_id})).mappings().one_or_none()
    return _cart(row) if row else None


async def create(ctx: Context, session: AsyncSession) -> Cart:
    cart_id = new_id()
    customer_id = ctx.actor.id if ctx.actor.kind == "customer" else None
    now = ctx.clock.now()
    parameters = {
        "store_id": ctx.store.id,
        "cart_id": cart_id,
        "currency": ctx.currency,
        "market": ctx.market,
        "customer_id": customer_id,
    }
    await session.execute(_CREATE, parameters | {"now": now})
    return Cart(id=cart_id, currency=ctx.currency, lines=(), customer_id=customer_id, market=ctx.market)


async def add(ctx: Context, cart_id: UUID | None, variant_id: UUID, quantity: int) -> Changed:
    """Put a quantity of a variant into a cart, on top of what is there; makes the cart when there is none.

    Raises:
        Invalid: the quantity is not between 1 and 9999.
        NotFound: no such cart, or no such published variant.
        OutOfStock: fewer are left.
        Rejected: a plugin objects.
    """
    check_quantity(quantity)

    async def work(session: AsyncSession) -> Changed:
        cart = await _open(ctx, session, cart_id)
        present = next((line.quantity for line in cart.lines if line.variant_id == variant_id), 0)
        return await _put(ctx, session, cart, variant_id, present + quantity)

    return await ctx.run(work)


async def set_quantity(ctx: Context, cart_id: UUID, line_id: UUID, quantity: int) -> Cart:
    """Change a line's quantity; 0 removes the line."""
    if quantity:
        check_quantity(quantity)

    async def work(session: AsyncSession) -> Cart:
        cart = await _open(ctx, session, cart_id)
        line = next((line for line in cart.lines if line.id == line_id), None)
        if line is None:
            raise NotFound("This line is not in the cart.")
        if quantity == 0:
            return await _drop(ctx, session, cart, line)
        return (await _put(ctx, session, cart, line.variant_id, quantity)).cart

    return await ctx.run(work)


async def update(ctx: Context, cart_id: UUID, values: Mapping[str, Any]) -> Cart:
    """Save what the customer typed: e-mail, addresses, shipping code, payment method and data, note."""

    async def work(session: AsyncSession) -> Cart:
        await _open(ctx, session, cart_id)
        assignments = ", ".join(f"{name} = {_CASTS.get(name, ':{}').format(name)}" for name in values)
        await session.execute(
            text(
                f"UPDATE checkout_cart SET {assignments}, version = version + 1, updated_at = :now WHERE id = :cart_id"
            ),
            {n: _value(v) for n, v in values.items()} | {"cart_id": cart_id, "now": ctx.clock.now()},
        )
        cart = await lock(session, cart_id)
        assert cart is not None
        return cart

    unknown = set(values) - _EDITABLE
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    return await ctx.run(work)


_EDITABLE = {
    "email", "customer_id", "shipping_address", "billing_address", "shipping_code", "payment_method", "payment_data",
    "note", "attributes",
}  # fmt: skip
_CASTS = {
    **dict.fromkeys(("shipping_address", "billing_address", "payment_data"), "CAST(:{} AS jsonb)"),
    "attributes": "attributes || CAST(:{} AS jsonb)",
}


async def accept_prices(ctx: Context, cart_id: UUID) -> None:
    """Take the current prices as shown: the customer has been told what changed."""

    async def work(session: AsyncSession) -> None:
        cart = await _open(ctx, session, cart_id)
        found = await catalog.variants_in(ctx, session, [line.variant_id for line in cart.lines])
        prices = await priced(markets.of_cart(ctx, cart), cart, found)
        for line in cart.lines:
            price = prices.get(line.variant_id)
            if price is not None and price.amount != line.shown_price:
                await _write_line(ctx, session, cart, replace(line, shown_price=price.amount))

    await ctx.run(work)


async def reopen(ctx: Context, session: AsyncSession, cart_id: UUID) -> UUID:
    """Copy a placed cart to a new open one: its order failed, and the customer goes on. Once: then the same."""
    row = (await session.execute(_REOPENED, {"cart_id": cart_id})).one()
    if row.reopened_as is not None:
        return UUID(str(row.reopened_as))
    copy_id = new_id()
    ids = {"old_ids": row.lines, "new_ids": [new_id() for _ in row.lines]}
    await session.execute(_REOPEN, {"copy_id": copy_id, "cart_id": cart_id, "now": ctx.clock.now()} | ids)
    await ctx.hooks.collect(cart_reopened, session=session, cart_id=cart_id, copy_id=copy_id)
    return copy_id


async def follow(ctx: Context, cart: Cart) -> Cart:
    """Take an open cart along to the market its visitor has chosen since; its prices are then that market's."""
    if cart.status != "open" or not markets.is_elsewhere(ctx, cart):
        return cart
    return await ctx.run(lambda session: _open(ctx, session, cart.id))


async def mark(session: AsyncSession, cart_id: UUID, name: str) -> None:
    await session.execute(_MARK, {"cart_id": cart_id, "name": name})


async def unmark(session: AsyncSession, cart_id: UUID, name: str) -> None:
    await session.execute(_UNMARK, {"cart_id": cart_id, "name": name})


def check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        message = f"Choose a quantity between 1 and {MAX_QUANTITY}."
        raise Invalid(message, errors=[FieldError("/quantity", "out_of_range", message)])


async def _open(ctx: Context, session: AsyncSession, cart_id: UUID | None) -> Cart:
    if cart_id is None:
        return await create(ctx, session)
    cart = await lock(session, cart_id)
    if cart is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    if cart.status != "open":
        raise Conflict("This cart has been ordered already.", code="already_placed")
    return await _moved(ctx, session, cart) if markets.is_elsewhere(ctx, cart) else cart


async def _moved(ctx: Context, session: AsyncSession, cart: Cart) -> Cart:
    """Move a locked cart to the visitor's market: each line is shown at its price there."""
    values = {"cart_id": cart.id, "currency": ctx.currency, "market": ctx.market, "now": ctx.clock.now()}
    await session.execute(_MOVE, values)
    moved = replace(
        cart, currency=ctx.currency, market=ctx.market, version=cart.version + 1, shipping_code=""
    )
    prices = await priced(ctx, moved, await catalog.variants(ctx, [line.variant_id for line in cart.lines]))
    for line in cart.lines:
        price = prices.get(line.variant_id)
        shown = Money.zero(ctx.currency) if price is None else price.amount
        moved = await _write_line(ctx, session, moved, replace(line, shown_price=shown))
    return moved


async def _put(ctx: Context, session: AsyncSession, cart: Cart, variant_id: UUID, quantity: int) -> Changed:
    check_quantity(quantity)
    ctx = markets.of_cart(ctx, cart)
    ids = list(dict.fromkeys([*(line.variant_id for line in cart.lines), variant_id]))
    if len(ids) > MAX_LINES:
        raise Invalid(f"A cart holds at most {MAX_LINES} different products.", code="cart_full")
    variants = await catalog.variants(ctx, ids)
    variant = variants.get(variant_id)
    if variant is None or not variant.published:
        raise NotFound("This product is not for sale.", code="variant_not_found")
    stock = await stock_of.of(ctx, variants, ids)
    left = stock[variant.id]
    if not left.sellable or (left.left is not None and left.left < quantity):
        line = {"variant_id": str(variant.id), "requested": quantity, "left": left.left or 0}
        raise OutOfStock(extra={"lines": [line]})
    await ctx.hooks.veto(cart_item_add, cart=cart, variant=variant, quantity=quantity)
    present = next((line for line in cart.lines if line.variant_id == variant.id), None)
    wanted = CartLine(present.id if present else new_id(), variant.id, quantity, variant.price, variant.kind)
    prices = await priced(ctx, replace(cart, lines=(wanted,)), variants)
    wanted = replace(wanted, shown_price=prices[variant.id].amount)
    return Changed(await _write_line(ctx, session, cart, wanted), variant, variants, stock)


async def _write_line(ctx: Context, session: AsyncSession, cart: Cart, line: CartLine) -> Cart:
    """Write a line of a locked cart and give the cart as it is then, without reading it again."""
    await session.execute(
        _PUT_LINE,
        {
            "store_id": ctx.store.id, "id": line.id, "cart_id": cart.id, "variant_id": line.variant_id,
            "quantity": line.quantity, "price": line.shown_price.amount, "kind": line.kind, "now": ctx.clock.now(),
        },
    )  # fmt: skip
    is_new = all(x.id != line.id for x in cart.lines)
    lines = (*(line if x.id == line.id else x for x in cart.lines), *((line,) if is_new else ()))
    return replace(cart, lines=lines, version=cart.version + 1)


async def _drop(ctx: Context, session: AsyncSession, cart: Cart, line: CartLine) -> Cart:
    parameters = {"cart_id": cart.id, "variant_id": line.variant_id, "now": ctx.clock.now()}
    await session.execute(_DROP_LINE, parameters)
    lines = tuple(x for x in cart.lines if x.id != line.id)
    return replace(cart, lines=lines, version=cart.version + 1)


def _value(value: Any) -> Any:
    return dump(value) if isinstance(value, Address | Mapping) else value


def _cart(row: Any) -> Cart:
    lines = tuple(
        CartLine(
            UUID(x["id"]),
            UUID(x["variant_id"]),
            x["quantity"],
            Money(x["shown_price"], row["currency"]),
            x["kind"],
        )
        for x in _parsed(row["lines"])
    )
    return Cart(
        id=row["id"],
        currency=row["currency"],
        lines=lines,
        email=row["email"],
        customer_id=row["customer_id"],
        shipping_address=_address(row["shipping_address"]),
        billing_address=_address(row["billing_address"]),
        shipping_code=row["shipping_code"],
        payment_method=row["payment_method"],
        payment_data=_parsed(row["payment_data"]),
        status=row["status"],
        note=row["note"],
        attributes=_parsed(row["attributes"]),
        marks=frozenset(row["marks"]),
        market=row["market"],
        version=row["version"],
    )


def _address(value: Any) -> Address | None:
    return Address(**_parsed(value)) if value else None


def _parsed(value: Any) -> Any:
    """JSON comes parsed through SQLAlchemy and as text on the hot path."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
