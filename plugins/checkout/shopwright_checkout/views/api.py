# SPDX-License-Identifier: Apache-2.0
"""Carts and orders of the storefront API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.money import Money
from shopwright_checkout.api import Cart, CartView, CheckoutField
from shopwright_checkout.forms import AddressInput, Quantity
from shopwright_checkout.services import answers, carts, markets
from shopwright_checkout.services.place_order import place
from shopwright_checkout.services.steps import steps_of
from shopwright_checkout.services.view import view
from shopwright_orders.hookspecs import payment_providers

routes = Routes("checkout", Scope.API)


class Input(BaseModel):
    """Base of bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewLine(Input):
    """A variant to put into a cart."""

    variant_id: UUID
    quantity: Quantity = 1


class LineChange(Input):
    """A line's new quantity."""

    quantity: Quantity


class CartChange(Input):
    """What the customer chose or typed; fields that are absent stay as they are."""

    email: EmailStr | None = None
    shipping_address: AddressInput | None = None
    billing_address: AddressInput | None = None
    shipping_code: Annotated[str, StringConstraints(max_length=120)] | None = None
    payment_method: Annotated[str, StringConstraints(max_length=120)] | None = None
    payment_data: dict[str, Annotated[str, StringConstraints(max_length=200)]] | None = Field(
        default=None, max_length=20
    )
    note: Annotated[str, StringConstraints(max_length=1000)] | None = None
    attributes: dict[str, Annotated[str, StringConstraints(max_length=2000)]] | None = Field(
        default=None, max_length=100
    )
    """Answers to checkout fields by code; those that are absent stay as they are, an empty one is taken back."""
    accept_prices: bool = False
    """Take changed prices as seen."""


class Shown(Input):
    """What the customer saw before ordering."""

    due: Annotated[int, Field(ge=0, le=2**53)] | None = None
    """The cart's ``due`` in minor units. When more is to pay now, nothing is ordered."""


NOTHING_SHOWN = Shown()


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """A way to pay, and what it asks."""

    code: str
    label: str
    description: str
    fields: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class StepOut:
    """A step of the checkout. An answer to a field goes to the cart's ``attributes`` under its code."""

    code: str
    title: str
    text: str
    fields: list[CheckoutField]


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """The order a cart became. ``status`` is ``pending`` while the payment is unknown."""

    id: UUID
    number: str
    status: str
    payment_status: str
    total: Money
    access_token: str


@routes.post("/api/v1/carts", permission=PUBLIC, idempotent=True, status=201)
async def create_cart(ctx: Context) -> CartView:
    """Make an empty cart."""

    async def work(session: Any) -> Cart:
        return await carts.create(ctx, session)

    return await view(ctx, await ctx.run(work))


@routes.get("/api/v1/carts/{cart_id}", permission=PUBLIC)
async def get_cart(ctx: Context, cart_id: UUID) -> CartView:
    """Give a cart with its totals."""
    return await view(ctx, await _cart(ctx, cart_id))


@routes.post("/api/v1/carts/{cart_id}/lines", permission=PUBLIC, idempotent=True, status=201)
async def add_line(ctx: Context, cart_id: UUID, body: NewLine) -> CartView:
    """Put a variant into a cart."""
    changed = await carts.add(ctx, cart_id, body.variant_id, body.quantity)
    return await view(ctx, changed.cart, variants=changed.variants, stock=changed.stock)


@routes.patch("/api/v1/carts/{cart_id}/lines/{line_id}", permission=PUBLIC)
async def update_line(ctx: Context, cart_id: UUID, line_id: UUID, body: LineChange) -> CartView:
    """Change the quantity of a line."""
    return await view(ctx, await carts.set_quantity(ctx, cart_id, line_id, body.quantity))


@routes.delete("/api/v1/carts/{cart_id}/lines/{line_id}", permission=PUBLIC)
async def remove_line(ctx: Context, cart_id: UUID, line_id: UUID) -> CartView:
    """Remove a line."""
    return await view(ctx, await carts.set_quantity(ctx, cart_id, line_id, 0))


@routes.patch("/api/v1/carts/{cart_id}", permission=PUBLIC)
async def update_cart(ctx: Context, cart_id: UUID, body: CartChange) -> CartView:
    """Save contact, addresses, and the ways to ship and pay."""
    values: dict[str, Any] = {}
    for name in body.model_fields_set - {"accept_prices"}:
        value = getattr(body, name)
        if value is not None:
            values[name] = value.to_address() if isinstance(value, AddressInput) else value
    if body.shipping_address is not None:
        here = markets.of_cart(ctx, await _cart(ctx, cart_id))
        await markets.check_country(here, body.shipping_address.country)
    if body.accept_prices:
        await carts.accept_prices(ctx, cart_id)
    if "attributes" in values:
        await _check_answers(ctx, await _cart(ctx, cart_id), values["attributes"])
    cart = await carts.update(ctx, cart_id, values) if values else await _cart(ctx, cart_id)
    return await view(ctx, cart)


@routes.get("/api/v1/carts/{cart_id}/steps", permission=PUBLIC)
async def list_checkout_steps(ctx: Context, cart_id: UUID) -> list[StepOut]:
    """Give the steps of a cart's checkout in order, with what plugins ask on each."""
    cart = await _cart(ctx, cart_id)
    shown = await view(ctx, cart)
    found = await steps_of(ctx, cart, needs_shipping=shown.needs_shipping)
    return [StepOut(step.code, step.title, step.text, list(step.fields)) for step in found]


@routes.get("/api/v1/carts/{cart_id}/payment-methods", permission=PUBLIC)
async def list_payment_methods(ctx: Context, cart_id: UUID) -> list[PaymentChoice]:
    """Give the ways to pay for a cart."""
    shown = await view(ctx, await _cart(ctx, cart_id))
    return [
        PaymentChoice(
            code=method.code,
            label=method.label(ctx),
            description=method.description(ctx),
            fields={field.name: [value for value, _ in field.choices] for field in method.fields(ctx)},
        )
        for method in ctx.hooks.registered(payment_providers).values()
        if await method.is_available(ctx, shown.due)
    ]


@routes.post("/api/v1/carts/{cart_id}/order", permission=PUBLIC, idempotent=True, status=201)
async def place_order(ctx: Context, cart_id: UUID, body: Shown = NOTHING_SHOWN) -> Reply[OrderPlaced]:
    """Place the order: 201 when it is confirmed, 202 while its payment is unknown, 409 when it was declined.

    409 ``price_changed`` says that a price is not the one the cart showed, or that more than ``due`` is to pay now.
    """
    placement = await place(ctx, cart_id, shown_due=body.due)
    order = placement.order
    if order.status == "cancelled":
        next_cart = str(placement.next_cart_id) if placement.next_cart_id else None
        extra = {"order_id": str(order.id), "next_cart_id": next_cart}
        raise Conflict(
            order.payment_message or "The payment was declined.", code="payment_declined", extra=extra
        )
    result = OrderPlaced(
        order.id, order.number, order.status, order.payment_status, order.total, order.access_token
    )
    return Reply(result, status=202 if order.status == "pending" else 201)


async def _cart(ctx: Context, cart_id: UUID) -> Cart:
    cart = await carts.read(ctx, cart_id)
    if cart is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    return await carts.follow(ctx, cart)


async def _check_answers(ctx: Context, cart: Cart, values: Mapping[str, str]) -> None:
    """Refuse answers nobody asked for, and wrong ones; one that is missing is refused when the order is placed."""
    steps = await steps_of(ctx, cart, needs_shipping=True)
    fields = {field.code: field for step in steps for field in step.fields}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        known = ", ".join(sorted(fields)) or "none"
        message = f"Nobody asks for this at checkout. Fields there are: {known}."
        errors = [FieldError(f"/attributes/{code}", "unknown_field", message) for code in unknown]
        raise Invalid(message, errors=errors)
    answers.check(ctx, [fields[code] for code, value in values.items() if value], values)
