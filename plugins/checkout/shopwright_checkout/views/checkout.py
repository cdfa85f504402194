# SPDX-License-Identifier: Apache-2.0
"""The checkout's steps: contact and address, delivery, payment and review, and those that plugins put between."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web
from babel import Locale

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound, ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_checkout.api import Cart, CartView
from shopwright_checkout.forms import ContactForm
from shopwright_checkout.services import answers, carts, codes, markets
from shopwright_checkout.services.place_order import Placement, PriceChanged, place
from shopwright_checkout.services.steps import Step, first_gap, step_after, steps_of
from shopwright_checkout.services.view import view
from shopwright_checkout.services.visitor_cart import CART
from shopwright_checkout.services.visitor_cart import current as current_cart
from shopwright_checkout.views.cart import out_of_stock_text
from shopwright_inventory.api import OutOfStock
from shopwright_orders.hookspecs import payment_providers

routes = Routes("checkout", Scope.STOREFRONT)
_DUE = re.compile(r"\d{1,16}", re.ASCII)


@routes.get("/checkout", permission=PUBLIC)
async def contact(ctx: Context) -> web.Response:
    """Ask who the customer is and where the parcel goes."""
    return await _show(ctx, "contact")


@routes.get("/checkout/delivery", permission=PUBLIC)
async def delivery(ctx: Context) -> web.Response:
    """Let the customer choose how it is shipped."""
    return await _show(ctx, "delivery")


@routes.get("/checkout/payment", permission=PUBLIC)
async def payment(ctx: Context) -> web.Response:
    """Let the customer choose how to pay, and review everything."""
    return await _show(ctx, "payment")


@routes.get("/checkout/step/{code}", permission=PUBLIC)
async def own_step(ctx: Context, code: str) -> web.Response:
    """Ask what a plugin wants to know."""
    return await _show(ctx, code)


@routes.post("/checkout", permission=PUBLIC)
async def save_contact(ctx: Context, request: web.Request) -> web.Response:
    """Save contact and address."""
    cart = await current_cart(ctx)
    if cart is None:
        return redirect(ctx, url(ctx, "checkout.cart"))
    found = await _Checkout.of(ctx, cart)
    form = await read_form(request, ContactForm)
    typed, errors = found.read("contact", form.raw)
    if form.value is not None and form.value.country not in await markets.countries_of(ctx):
        errors["country"] = ctx.gettext("We do not deliver to this country here. Choose another.")
    if form.value is None or errors:
        return await found.page("contact", typed=form.raw, errors={**form.errors, **errors}, status=422)
    address = form.value.to_address()
    values = {
        "email": form.value.email,
        "shipping_address": address,
        "billing_address": address,
        "note": form.value.note,
    }
    # What is asked next may depend on where the parcel goes.
    cart = await carts.update(ctx, cart.id, values | {"attributes": typed})
    return redirect(ctx, (await _Checkout.of(ctx, cart)).after("contact"))


@routes.post("/checkout/delivery", permission=PUBLIC)
async def save_delivery(ctx: Context, request: web.Request) -> web.Response:
    """Save how it is shipped."""
    cart = await current_cart(ctx)
    if cart is None or cart.shipping_address is None:
        return redirect(ctx, url(ctx, "checkout.contact"))
    found = await _Checkout.of(ctx, cart)
    raw = await _posted(request)
    typed, errors = found.read("delivery", raw)
    code = raw.get("shipping_code", "")
    if code not in {rate.code for rate in found.shown.shipping_rates}:
        errors["shipping_code"] = ctx.gettext("Choose a way to ship.")
    if errors:
        return await found.page("delivery", typed=raw, errors=errors, status=422)
    cart = await carts.update(ctx, cart.id, {"shipping_code": code, "attributes": typed})
    return redirect(ctx, (await _Checkout.of(ctx, cart)).after("delivery"))


@routes.post("/checkout/step/{code}", permission=PUBLIC)
async def save_own_step(ctx: Context, request: web.Request, code: str) -> web.Response:
    """Save what a plugin wanted to know."""
    cart = await current_cart(ctx)
    if cart is None:
        return redirect(ctx, url(ctx, "checkout.cart"))
    found = await _Checkout.of(ctx, cart)
    found.step(code)
    raw = await _posted(request)
    typed, errors = found.read(code, raw)
    if errors:
        return await found.page(code, typed=raw, errors=errors, status=422)
    cart = await carts.update(ctx, cart.id, {"attributes": typed})
    return redirect(ctx, (await _Checkout.of(ctx, cart)).after(code))


@routes.post("/checkout/payment", permission=PUBLIC)
async def place_order(ctx: Context, request: web.Request) -> web.Response:
    """Place the order."""
    assert ctx.visit is not None
    cart_id = ctx.visit.session.get(CART)
    if cart_id is None:
        return redirect(ctx, url(ctx, "checkout.cart"))
    cart, shown = await current_cart(ctx), None
    if cart is not None:
        raw = await _posted(request)
        shown = int(raw["due"]) if _DUE.fullmatch(raw.get("due", "")) else None
        found = await _Checkout.of(ctx, cart)
        typed, errors = found.read("payment", raw)
        if errors:
            return await found.page("payment", typed=raw, errors=errors, status=422)
        method = raw.get("payment_method", "")
        prefix = f"{method}:"
        data = {key.removeprefix(prefix): value for key, value in raw.items() if key.startswith(prefix)}
        values = {"payment_method": method, "payment_data": data, "attributes": typed}
        await carts.update(ctx, cart.id, values)
    try:
        placement = await place(ctx, UUID(cart_id), shown_due=shown)
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
    ctx.visit.flash("error", error.detail or error.title)
    cart = await carts.read(ctx, cart_id)
    if cart is None:
        return redirect(ctx, url(ctx, "checkout.cart"))
    found = await _Checkout.of(ctx, cart)
    return redirect(ctx, found.step_of({field.pointer for field in error.errors}).url)


async def _show(ctx: Context, code: str) -> web.Response:
    """Show a step, or the first one before it that is not done."""
    cart = await current_cart(ctx)
    if cart is None or not cart.lines:
        return redirect(ctx, url(ctx, "checkout.cart"))
    found = await _Checkout.of(ctx, cart)
    if code == "delivery" and not found.shown.needs_shipping:
        return redirect(ctx, found.after("contact"))
    place = found.place(found.step(code))
    gap = first_gap(ctx, cart, found.steps[:place])
    if gap is not None:
        return redirect(ctx, gap.url)
    return await found.page(code, typed=_typed(cart), errors={})


class _Checkout:
    """A cart on its way through checkout, with its totals and steps."""

    def __init__(self, ctx: Context, cart: Cart, shown: CartView, steps: tuple[Step, ...]) -> None:
        self._ctx = ctx
        self._cart = cart
        self.shown = shown
        self.steps = steps

    @classmethod
    async def of(cls, ctx: Context, cart: Cart) -> "_Checkout":
        shown = await view(ctx, cart)
        return cls(ctx, cart, shown, await steps_of(ctx, cart, needs_shipping=shown.needs_shipping))

    def step(self, code: str) -> Step:
        found = next((step for step in self.steps if step.code == code), None)
        if found is None:
            raise NotFound("There is no such step.")
        return found

    def place(self, step: Step) -> int:
        return self.steps.index(step)

    def after(self, code: str) -> str:
        """Give the address of the step that follows."""
        return step_after(self.steps, code).url

    def step_of(self, pointers: set[str]) -> Step:
        """Give the step where what the pointers name can be mended."""
        where = {
            "/email": "contact",
            "/shipping_address": "contact",
            "/shipping_address/country": "contact",
            "/shipping_code": "delivery",
        }
        where |= {f"/attributes/{field.code}": step.code for step in self.steps for field in step.fields}
        codes = {where[pointer] for pointer in pointers if pointer in where}
        return next((step for step in self.steps if step.code in codes), self.steps[-1])

    def read(self, code: str, raw: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Give what was answered on a step, and what is wrong with it."""
        fields = next((step.fields for step in self.steps if step.code == code), ())
        typed = answers.typed(fields, raw)
        return typed, answers.problems(self._ctx, fields, typed)

    async def page(
        self, code: str, *, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 200
    ) -> web.Response:
        ctx, step = self._ctx, self.step(code)
        values: dict[str, Any] = {
            "cart": self.shown, "step": step, "steps": self.steps, "place": self.place(step),
            "title": step.title, "typed": typed, "errors": errors, "next": step_after(self.steps, code),
            "codes": await codes.field_of(ctx, self._cart, self.shown),
        }  # fmt: skip
        if code == "contact":
            values["countries"] = _countries(ctx, await markets.countries_of(ctx))
        if code == "payment":
            values["methods"] = await _methods(ctx, self.shown)
        template = f"checkout/{code}.html" if step.is_own else "checkout/own-step.html"
        return await page(ctx, template, values, status=status)


async def _posted(request: web.Request) -> dict[str, str]:
    return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}


def _countries(ctx: Context, codes: frozenset[str]) -> list[tuple[str, str]]:
    names = Locale.parse(ctx.locale, sep="-").territories
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])


async def _methods(ctx: Context, shown: CartView) -> list[dict[str, Any]]:
    return [
        {"code": m.code, "label": m.label(ctx), "description": m.description(ctx), "fields": m.fields(ctx)}
        for m in ctx.hooks.registered(payment_providers).values()
        if await m.is_available(ctx, shown.due)
    ]


def _typed(cart: Cart) -> dict[str, str]:
    typed = {**cart.attributes, "email": cart.email, "note": cart.note}
    if cart.shipping_address is not None:
        fields = cart.shipping_address.__slots__
        typed |= {name: str(getattr(cart.shipping_address, name)) for name in fields}
    return typed
