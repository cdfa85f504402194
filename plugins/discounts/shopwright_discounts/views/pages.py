# SPDX-License-Identifier: Apache-2.0
"""Entering and removing codes on the cart's page; works without JavaScript."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_discounts.services import coupons

routes = Routes("discounts", Scope.STOREFRONT)


class CodeForm(BaseModel):
    """A code as it is typed in, and the cart that was on the screen."""

    code: str = Field(min_length=1, max_length=80)
    cart_id: UUID


@routes.post("/cart/coupons", permission=PUBLIC, limit="60/60")
async def enter_code(ctx: Context, request: web.Request) -> web.Response:
    """Enter a code."""
    assert ctx.visit is not None
    form = await read_form(request, CodeForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, url(ctx, "checkout.cart"))
    try:
        await coupons.enter(ctx, form.value.cart_id, form.value.code)
    except (Invalid, NotFound, Conflict) as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "checkout.cart"))


@routes.post("/cart/coupons/remove", permission=PUBLIC)
async def remove_code(ctx: Context, request: web.Request) -> web.Response:
    """Remove a code."""
    assert ctx.visit is not None
    form = await read_form(request, CodeForm)
    if form.value is not None:
        try:
            await coupons.leave(ctx, form.value.cart_id, form.value.code)
        except (NotFound, Conflict) as error:
            ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "checkout.cart"))
