# SPDX-License-Identifier: Apache-2.0
"""Placing an order: a recorded saga.

Before it, everything is computed outside of any transaction. T1 locks the cart, proves that what was
computed still holds, reserves stock, writes the order and its payment with the provider's idempotency
key, and puts the job into the queue that ends the saga if this process dies. Then the provider is asked,
with no transaction open. T2 records its answer, claims or releases the stock and writes the events.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.db import assert_no_open_transaction
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Cart, CheckoutField, Totals
from shopwright_checkout.hookspecs import order_placing, order_validate
from shopwright_checkout.jobs import ResolvePayment, resolve_payment
from shopwright_checkout.services import answers, carts, markets
from shopwright_checkout.services.snapshot import new_order
from shopwright_checkout.services.steps import steps_of
from shopwright_checkout.services.stored import stored_payments
from shopwright_checkout.services.totals import calculate
from shopwright_inventory import api as inventory
from shopwright_orders import api as orders
from shopwright_orders.hookspecs import payment_providers

log = logging.getLogger(__name__)

RESERVED_FOR = timedelta(minutes=15)
PAYMENT_TIMEOUT = 20.0
RESOLVE_AFTER = 120.0
"""Seconds until the job looks after an order: longer than any request may take."""

_PLACED = text("""
UPDATE checkout_cart SET status = 'placed', version = version + 1, updated_at = :now WHERE id = :cart_id
""")


class PriceChanged(Conflict):
    """A price is not the one that was shown, or more is to pay.

    ``extra["lines"]``: ``{"variant_id", "old", "new"}`` each; ``extra["due"]``: ``{"old", "new"}``, when that is why.
    """

    code: ClassVar[str] = "price_changed"
    title: ClassVar[str] = "A price has changed"


class _Stale(Exception):
    """The cart or a price changed between computing and locking."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What came of placing. ``next_cart_id`` is an open copy of the cart when the payment was declined."""

    order: orders.PlacedOrder
    next_cart_id: UUID | None = None


async def place(ctx: Context, cart_id: UUID, *, shown_due: int | None = None) -> Placement:
    """Turn a cart into an order and ask for its payment. Doing it twice gives the same order.

    ``shown_due`` is what the customer was told to pay, in minor units: more is never asked for.

    Raises:
        NotFound, Invalid, Conflict, OutOfStock, PriceChanged, Rejected: nothing was written, nothing is held.
    """
    for _ in range(5):
        cart = await carts.read(ctx, cart_id)
        if cart is None:
            raise NotFound("There is no such cart.", code="cart_not_found")
        if cart.status == "placed":
            break
        cart = await carts.follow(ctx, cart)
        ctx = markets.of_cart(ctx, cart)
        totals, kept = await _computed(ctx, cart, shown_due)
        try:
            await ctx.run(partial(_write, ctx, seen=cart, totals=totals, kept=kept))
        except (_Stale, orders.AlreadyPlaced):
            continue
        break
    else:
        raise Conflict("The cart is being changed somewhere else. Please try again.", code="cart_busy")
    placed = await orders.order_of_cart(ctx, cart_id)
    if placed is None:
        raise Conflict("The cart is being ordered at this moment. Please try again.", code="cart_busy")
    if placed.payment_status in {"pending", "unknown"}:
        placed = await _settled(ctx, placed, cart)
    if placed.payment_status != "declined":
        return Placement(placed)
    return Placement(placed, await ctx.run(lambda session: carts.reopen(ctx, session, cart_id)))


async def _settled(ctx: Context, placed: orders.PlacedOrder, cart: Cart) -> orders.PlacedOrder:
    """Ask the provider for the payment of a written order and record what it answers."""
    pending = await orders.pending_payment(ctx, placed.id)
    if pending is not None:
        result = await _authorize(ctx, pending, dict(cart.payment_data))
        await ctx.run(lambda session: record(ctx, session, pending, result))
    after = await orders.order_of_cart(ctx, cart.id)
    assert after is not None
    return after


async def record(
    ctx: Context, session: AsyncSession, pending: orders.PendingPayment, result: orders.PaymentResult
) -> None:
    """T2: record the answer and let the stock follow it; a cancelled order gives its stock back by its hook."""
    outcome = await orders.record_payment(ctx, session, payment_id=pending.payment_id, result=result)
    if outcome == "confirmed":
        if not await inventory.claim(ctx, session, owner=pending.order_id):
            log.error("order %s is paid but its stock is gone", pending.order_number)
    elif outcome == "waiting":
        await inventory.extend(
            ctx, session, owner=pending.order_id, expires_at=ctx.clock.now() + timedelta(hours=24)
        )


async def _computed(ctx: Context, cart: Cart, shown_due: int | None) -> tuple[Totals, dict[str, Any]]:
    """Compute what the cart costs now and what else the order keeps, and refuse what cannot be ordered."""
    _check_complete(cart)
    assert cart.shipping_address is not None
    await markets.check_country(ctx, cart.shipping_address.country)
    variants = await catalog.variants(ctx, [line.variant_id for line in cart.lines])
    calculation = await calculate(ctx, cart, variants)
    if calculation.missing:
        gone = [str(line_id) for line_id in calculation.missing]
        raise Conflict("Some products are no longer for sale.", code="not_for_sale", extra={"lines": gone})
    _check_prices(cart, calculation.totals)
    needs_shipping = any(line.variant.requires_shipping for line in calculation.totals.lines)
    if needs_shipping and calculation.totals.shipping_rate is None:
        _refuse("/shipping_code", "required", "Choose a way to ship.")
    stored = await stored_payments(ctx, cart, calculation.totals)
    due = calculation.totals.total - sum((part.amount for part in stored), Money.zero(cart.currency))
    method = ctx.hooks.registered(payment_providers).get(cart.payment_method)
    if due.amount and (method is None or not await method.is_available(ctx, due)):
        _refuse("/payment_method", "required", "Choose a way to pay.")
    if shown_due is not None and due.amount > shown_due:
        told = {"old": _plain(Money(shown_due, cart.currency)), "new": _plain(due)}
        raise PriceChanged("There is more to pay than you saw.", extra={"lines": [], "due": told})
    fields = await _asked(ctx, cart, needs_shipping=needs_shipping)
    answers.check(ctx, fields, cart.attributes)
    await ctx.hooks.veto(order_validate, cart=cart, totals=calculation.totals)
    return calculation.totals, {"attributes": answers.kept(ctx, fields, cart.attributes), "stored": stored}


async def _asked(ctx: Context, cart: Cart, *, needs_shipping: bool) -> list[CheckoutField]:
    steps = await steps_of(ctx, cart, needs_shipping=needs_shipping)
    return [field for step in steps for field in step.fields]


async def _write(
    ctx: Context, session: AsyncSession, seen: Cart, totals: Totals, kept: dict[str, Any]
) -> None:
    """T1. The totals were computed from ``seen`` and its variants: both must still be the same."""
    cart = await carts.lock(session, seen.id)
    if cart is None or cart.status != "open" or cart.version != seen.version:
        raise _Stale
    fresh = await catalog.variants_in(ctx, session, [line.variant_id for line in cart.lines])
    if any(fresh.get(line.variant.id) != line.variant for line in totals.lines):
        raise _Stale
    order = replace(new_order(ctx, cart, totals), **kept)
    demand = [
        inventory.Demand(line.variant.id, line.quantity) for line in totals.lines if line.variant.stocked
    ]
    expires_at = ctx.clock.now() + RESERVED_FOR
    address = order.shipping_address
    destination = inventory.Destination(address.country, address.postal_code)
    await inventory.reserve(
        ctx, session, owner=order.id, demand=demand, expires_at=expires_at, destination=destination
    )
    await session.execute(_PLACED, {"cart_id": cart.id, "now": ctx.clock.now()})
    payload = ResolvePayment(order_id=order.id)
    await ctx.enqueue(session, resolve_payment, payload, delay=RESOLVE_AFTER)
    await ctx.hooks.veto(order_placing, session=session, order=order, cart=cart, totals=totals)
    # The order's number is counted last: its row is locked until the commit.
    await orders.create_order(ctx, session, order)


async def _authorize(
    ctx: Context, pending: orders.PendingPayment, data: dict[str, str]
) -> orders.PaymentResult:
    """Ask the provider; whatever goes wrong on the way is an unknown outcome, not a failure."""
    if not pending.amount.amount:
        return orders.PaymentResult("paid")
    assert_no_open_transaction("a payment provider")
    method = ctx.hooks.registered(payment_providers).get(pending.method)
    if method is None:
        return orders.PaymentResult("unknown", message="The payment plugin is switched off.")
    request = payment_request(pending, data)
    try:
        async with asyncio.timeout(PAYMENT_TIMEOUT):
            if pending.status == "unknown":
                return await method.fetch(ctx, request)
            return await method.authorize(ctx, request)
    except Exception:
        log.exception("payment %s of order %s: outcome unknown", pending.payment_id, pending.order_number)
        return orders.PaymentResult("unknown")


def payment_request(pending: orders.PendingPayment, data: dict[str, str]) -> orders.PaymentRequest:
    return orders.PaymentRequest(
        order_id=pending.order_id,
        order_number=pending.order_number,
        payment_id=pending.payment_id,
        amount=pending.amount,
        email=pending.email,
        idempotency_key=pending.idempotency_key,
        data=data,
    )


def _check_complete(cart: Cart) -> None:
    if not cart.lines:
        raise Conflict("The cart is empty.", code="cart_empty")
    if not cart.email:
        _refuse("/email", "required", "Tell us your e-mail address.")
    if cart.shipping_address is None:
        _refuse("/shipping_address", "required", "Tell us where to ship to.")


def _check_prices(cart: Cart, totals: Totals) -> None:
    shown = {line.variant_id: line.shown_price for line in cart.lines}
    changed = [
        {
            "variant_id": str(line.variant.id),
            "old": _plain(shown[line.variant.id]),
            "new": _plain(line.unit_price),
        }
        for line in totals.lines
        if shown.get(line.variant.id, line.unit_price) != line.unit_price
    ]
    if changed:
        raise PriceChanged("A price has changed since you saw it.", extra={"lines": changed})


def _plain(money: object) -> dict[str, object]:
    return {"amount": getattr(money, "amount"), "currency": getattr(money, "currency")}  # noqa: B009


def _refuse(pointer: str, code: str, message: str) -> None:
    raise Invalid(message, errors=[FieldError(pointer, code, message)])
