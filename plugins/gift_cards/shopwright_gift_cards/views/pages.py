# SPDX-License-Identifier: Apache-2.0
"""Credit on the cart's page; works without JavaScript."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_gift_cards.services import carts

routes = Routes("gift_cards", Scope.STOREFRONT)


class CreditForm(BaseModel):
    """Whether credit pays for the cart that was on the screen."""

    use: bool
    cart_id: UUID


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
