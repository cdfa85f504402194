# SPDX-License-Identifier: Apache-2.0
"""Gift cards and credit on the cart's page; works without JavaScript."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_gift_cards.services import carts

routes = Routes("gift_cards", Scope.STOREFRONT)


class CodeForm(BaseModel):
    """A code as it is typed in, and the cart that was on the screen."""

    code: str = Field(min_length=1, max_length=80)
    cart_id: UUID


class CardForm(BaseModel):
    """A card in the cart that was on the screen."""

    card_id: UUID
    cart_id: UUID


class CreditForm(BaseModel):
    """Whether credit pays for the cart that was on the screen."""

    use: bool
    cart_id: UUID


@routes.post("/cart/gift-cards", permission=PUBLIC, limit="10/60")
async def enter_card(ctx: Context, request: web.Request) -> web.Response:
    """Enter the code of a gift card."""
    assert ctx.visit is not None
    form = await read_form(request, CodeForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, url(ctx, "checkout.cart"))
    try:
        await carts.enter(ctx, form.value.cart_id, form.value.code)
    except Invalid as error:
        ctx.visit.flash("error", ctx.gettext(error.errors[0].message))
    except (NotFound, Conflict) as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "checkout.cart"))


@routes.post("/cart/gift-cards/remove", permission=PUBLIC)
async def remove_card(ctx: Context, request: web.Request) -> web.Response:
    """Take a gift card out of the cart."""
    assert ctx.visit is not None
    form = await read_form(request, CardForm)
    if form.value is not None:
        try:
            await carts.leave(ctx, form.value.cart_id, form.value.card_id)
        except (NotFound, Conflict) as error:
            ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "checkout.cart"))


@routes.post("/cart/store-credit", permission=PUBLIC)
async def choose_credit(ctx: Context, request: web.Request) -> web.Response:
    """Let credit pay for the cart, or keep it."""
    assert ctx.visit is not None
    form = await read_form(request, CreditForm)
    if form.value is not None:
        try:
            await carts.choose_credit(ctx, form.value.cart_id, use=form.value.use)
        except (NotFound, Conflict) as error:
            ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "checkout.cart"))
