# SPDX-License-Identifier: Apache-2.0
"""The checkout's three steps: contact and address, delivery, payment and review."""

from typing import Any
from uuid import UUID

from aiohttp import web
from babel import Locale

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_checkout.api import Cart, CartView
from shopwright_checkout.forms import COUNTRIES, ContactForm
from shopwright_checkout.services import carts
from shopwright_checkout.services.place_order import Placement, PriceChanged, place
from shopwright_checkout.services.view import view
from shopwright_checkout.views.cart import CART, current_cart, out_of_stock_text
from shopwright_inventory.api import OutOfStock
from shopwright_orders.hookspecs import payment_providers

routes = Routes("checkout", Scope.STOREFRONT)
STEPS = ("contact", "delivery", "payment")


@routes.get("/checkout", permission=PUBLIC)
async def contact(ctx: Context) -> web.Response:
    """Ask who the customer is and where the parcel goes."""
    cart = await current_cart(ctx)
    if cart is None or not cart.lines:
        return redirect(ctx, url(ctx, "checkout.cart"))
    return await _contact_page(ctx, cart, _typed(cart), {})


@routes.post("/checkout", permission=PUBLIC)
async def save_contact(ctx: Context, request: web.Request) -> web.Response:
    """Save contact and address."""
    cart = await current_cart(ctx)
    if cart is None:
        return redirect(ctx, url(ctx, "checkout.cart"))
    form = await read_form(request, ContactForm)
    if form.value is None:
        return await _contact_page(ctx, cart, form.raw, form.errors, status=422)
    address = form.value.to_address()
    values = {
        "email": form.value.email,
        "shipping_address": address,
        "billing_address": address,
        "note": form.value.note,
    }
    await carts.update(ctx, cart.id, values)
    return redirect(ctx, url(ctx, "checkout.delivery"))


@routes.get("/checkout/delivery", permission=PUBLIC)
async def delivery(ctx: Context) -> web.Response:
    """Let the customer choose how it is shipped."""
    cart = await current_cart(ctx)
    if cart is None or cart.shipping_address is None:
        return redirect(ctx, url(ctx, "checkout.contact"))
    shown = await view(ctx, cart)
    if not shown.needs_shipping:
        return redirect(ctx, url(ctx, "checkout.payment"))
    return await _step(ctx, "delivery", shown, error="")


@routes.post("/checkout/delivery", permission=PUBLIC)
async def save_delivery(ctx: Context, request: web.Request) -> web.Response:
    """Save how it is shipped."""
    cart = await current_cart(ctx)
    if cart is None or cart.shipping_address is None:
        return redirect(ctx, url(ctx, "checkout.contact"))
    shown = await view(ctx, cart)
    code = str((await request.post()).get("shipping_code", ""))
    if code not in {rate.code for rate in shown.shipping_rates}:
        error = ctx.gettext("Choose a way to ship.")
        return await _step(ctx, "delivery", shown, error=error, status=422)
    await carts.update(ctx, cart.id, {"shipping_code": code})
    return redirect(ctx, url(ctx, "checkout.payment"))


@routes.get("/checkout/payment", permission=PUBLIC)
async def payment(ctx: Context) -> web.Response:
    """Let the customer choose how to pay, and review everything."""
    cart = await current_cart(ctx)
    if cart is None or cart.shipping_address is None:
        return redirect(ctx, url(ctx, "checkout.contact"))
    shown = await view(ctx, cart)
    if shown.needs_shipping and shown.shipping is None:
        return redirect(ctx, url(ctx, "checkout.delivery"))
    return await _payment_page(ctx, shown)


@routes.post("/checkout/payment", permission=PUBLIC)
async def place_order(ctx: Context, request: web.Request) -> web.Response:
    """Place the order."""
    assert ctx.visit is not None
    cart_id = ctx.visit.session.get(CART)
    if cart_id is None:
        return redirect(ctx, url(ctx, "checkout.cart"))
    cart = await current_cart(ctx)
    if cart is not None:
        typed = {key: str(value) for key, value in (await request.post()).items()}
        method = typed.get("payment_method", "")
        prefix = f"{method}:"
        data = {key.removeprefix(prefix): value for key, value in typed.items() if key.startswith(prefix)}
        await carts.update(ctx, cart.id, {"payment_method": method, "payment_data": data})
    try:
        placement = await place(ctx, UUID(cart_id))
    except ShopwrightError as error:
        return await _not_placed(ctx, UUID(cart_id), error)
    return _after(ctx, placement)


def _after(ctx: Context, placement: Placement) -> web.Response:
    assert ctx.visit is not None
    order = placement.order
    if order.status == "cancelled":
        if placement.next_cart_id is not None:
            ctx.visit.session.set(CART, str(placement.next_cart_id))
        ctx.visit.flash("error", order.payment_message or ctx.gettext("The payment was declined."))
        return redirect(ctx, url(ctx, "checkout.payment"))
    ctx.visit.session.remove(CART)
    return redirect(ctx, url(ctx, "orders.confirmation", order_id=order.id, token=order.access_token))


async def _not_placed(ctx: Context, cart_id: UUID, error: ShopwrightError) -> web.Response:
    """Tell what is in the way, on the page where it can be mended."""
    assert ctx.visit is not None
    if isinstance(error, PriceChanged):
        await carts.accept_prices(ctx, cart_id)
        text = ctx.gettext(
            "A price has changed since you saw it. Please look at the new total and order again."
        )
        ctx.visit.flash("warning", text)
        return redirect(ctx, url(ctx, "checkout.payment"))
    if isinstance(error, OutOfStock):
        ctx.visit.flash("error", out_of_stock_text(ctx, error))
        return redirect(ctx, url(ctx, "checkout.cart"))
    pointers = {field.pointer for field in error.errors}
    ctx.visit.flash("error", error.detail or error.title)
    step = "contact" if pointers & {"/email", "/shipping_address"} else "payment"
    step = "delivery" if "/shipping_code" in pointers else step
    return redirect(ctx, url(ctx, f"checkout.{step}"))


async def _contact_page(
    ctx: Context, cart: Cart, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    names = Locale.parse(ctx.locale, sep="-").territories
    countries = sorted(((code, names.get(code, code)) for code in COUNTRIES), key=lambda pair: pair[1])
    shown = await view(ctx, cart)
    return await _step(ctx, "contact", shown, typed=typed, errors=errors, countries=countries, status=status)


async def _payment_page(ctx: Context, shown: CartView) -> web.Response:
    methods = [
        {"code": m.code, "label": m.label(ctx), "description": m.description(ctx), "fields": m.fields(ctx)}
        for m in ctx.hooks.registered(payment_providers).values()
        if await m.is_available(ctx, shown.total)
    ]
    return await _step(ctx, "payment", shown, methods=methods)


async def _step(
    ctx: Context, step: str, shown: CartView, *, status: int = 200, **values: Any
) -> web.Response:
    titles = {
        "contact": ctx.gettext("Address"),
        "delivery": ctx.gettext("Delivery"),
        "payment": ctx.gettext("Payment"),
    }
    steps = [{"code": s, "title": titles[s], "url": url(ctx, f"checkout.{s}")} for s in STEPS]
    place_in_order = STEPS.index(step)
    common = {"cart": shown, "step": step, "steps": steps, "place": place_in_order, "title": titles[step]}
    return await page(ctx, f"checkout/{step}.html", {**common, **values}, status=status)


def _typed(cart: Cart) -> dict[str, str]:
    if cart.shipping_address is None:
        return {}
    fields = cart.shipping_address.__slots__
    typed = {name: str(getattr(cart.shipping_address, name)) for name in fields}
    return {**typed, "email": cart.email, "note": cart.note}
