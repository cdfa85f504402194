# SPDX-License-Identifier: Apache-2.0
"""Codes in carts, on the pages of cart and checkout and for the storefront API."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import Form, read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_checkout.api import OWN_STEPS, EnteredCode
from shopwright_checkout.services import carts, codes
from shopwright_checkout.services.codes import CodeTaken

routes = Routes("checkout", Scope.STOREFRONT)
api = Routes("checkout", Scope.API)


class CodeForm(BaseModel):
    """A code as it is typed in or shown, the cart that was on the screen, and the step it was on."""

    code: str = Field(min_length=1, max_length=160)
    cart_id: UUID
    step: str = Field(default="", max_length=120)


class CodeBody(BaseModel):
    """A code of any kind; small letters and spaces are fine."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=80)


@routes.post("/cart/codes", permission=PUBLIC, limit="10/60")
async def enter_code(ctx: Context, request: web.Request) -> web.Response:
    """Enter a code: a discount, a gift card, or what a plugin takes."""
    assert ctx.visit is not None
    form = await read_form(request, CodeForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return _back(ctx, form)
    try:
        taken = await codes.enter(ctx, form.value.cart_id, form.value.code)
    except (Invalid, NotFound, Conflict) as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    else:
        ctx.visit.flash("success" if taken.applies else "warning", taken.message)
    return _back(ctx, form)


@routes.post("/cart/codes/remove", permission=PUBLIC)
async def remove_code(ctx: Context, request: web.Request) -> web.Response:
    """Take a code out of the cart."""
    assert ctx.visit is not None
    form = await read_form(request, CodeForm)
    if form.value is not None:
        try:
            await codes.remove(ctx, form.value.cart_id, form.value.code)
        except (NotFound, Conflict) as error:
            ctx.visit.flash("error", ctx.gettext(error.detail))
    return _back(ctx, form)


@api.get("/api/v1/carts/{cart_id}/codes", permission=PUBLIC)
async def list_cart_codes(ctx: Context, cart_id: UUID) -> tuple[EnteredCode, ...]:
    """List the codes of all kinds in a cart, and why one does not apply now."""
    cart = await carts.read(ctx, cart_id)
    if cart is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    return await codes.entered(ctx, cart)


@api.post("/api/v1/carts/{cart_id}/codes", permission=PUBLIC, idempotent=True, status=201, limit="10/60")
async def enter_cart_code(ctx: Context, cart_id: UUID, body: CodeBody) -> CodeTaken:
    """Enter a code of any kind in a cart; 422 says why it is refused, or that nobody knows it."""
    return await codes.enter(ctx, cart_id, body.code)


@api.delete("/api/v1/carts/{cart_id}/codes/{code}", permission=PUBLIC, status=204)
async def remove_cart_code(ctx: Context, cart_id: UUID, code: str) -> None:
    """Take a code out of a cart; ``code`` is the one of the list, like ``discounts.TEN``."""
    await codes.remove(ctx, cart_id, code)


def _back(ctx: Context, form: Form[CodeForm]) -> web.Response:
    """Lead back to the page with the field."""
    step = form.raw.get("step", "")
    if step in OWN_STEPS:
        return redirect(ctx, url(ctx, f"checkout.{step}"))
    return redirect(ctx, url(ctx, "checkout.own_step", code=step) if step else url(ctx, "checkout.cart"))
