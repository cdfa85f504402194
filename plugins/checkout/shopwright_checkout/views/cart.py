# SPDX-License-Identifier: Apache-2.0
"""The cart's pages; each form works without JavaScript."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, NotFound, Rejected
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_checkout.forms import AddForm, QuantityForm
from shopwright_checkout.services import carts, codes, visitor_cart
from shopwright_checkout.services.view import view
from shopwright_inventory.api import OutOfStock

routes = Routes("checkout", Scope.STOREFRONT)


@dataclass(frozen=True, slots=True)
class Badge:
    """How much is in the cart, for the header."""

    quantity: int


@routes.get("/cart", permission=PUBLIC)
async def cart(ctx: Context) -> web.Response:
    """Show the cart."""
    found = await visitor_cart.current(ctx)
    values: dict[str, Any] = {"cart": None, "title": ctx.gettext("Cart")}
    if found is not None:
        values["cart"] = shown = await view(ctx, found)
        values["codes"] = await codes.field_of(ctx, found, shown)
    return await page(ctx, "checkout/cart.html", values)


@routes.get("/cart/badge", permission=PUBLIC)
async def badge(ctx: Context) -> Badge:
    """Tell how much is in the cart."""
    found = await visitor_cart.current(ctx)
    return Badge(sum(line.quantity for line in found.lines) if found else 0)


@routes.post("/cart/add", permission=PUBLIC)
async def add_to_cart(ctx: Context, request: web.Request) -> web.Response:
    """Put a variant into the cart."""
    assert ctx.visit is not None
    form = await read_form(request, AddForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, url(ctx, "checkout.cart"))
    try:
        changed = await visitor_cart.put(ctx, UUID(form.value.variant_id), form.value.quantity)
    except OutOfStock as error:
        ctx.visit.flash("error", out_of_stock_text(ctx, error))
    except (NotFound, Conflict, Rejected, ValueError) as error:
        ctx.visit.flash("error", getattr(error, "detail", "") or ctx.gettext("This product is not for sale."))
    else:
        title = changed.variant.product_title
        ctx.visit.flash("success", ctx.gettext("%(title)s is in your cart.", title=title))
    return redirect(ctx, url(ctx, "checkout.cart"))


@routes.post("/cart/lines/{line_id}", permission=PUBLIC)
async def change_line(ctx: Context, request: web.Request, line_id: UUID) -> web.Response:
    """Change the quantity of a line, or remove it."""
    assert ctx.visit is not None
    found = await visitor_cart.current(ctx)
    form = await read_form(request, QuantityForm)
    if found is None or form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()) or ctx.gettext("Your cart is empty."))
        return redirect(ctx, url(ctx, "checkout.cart"))
    try:
        await carts.set_quantity(ctx, found.id, line_id, form.value.quantity)
    except OutOfStock as error:
        ctx.visit.flash("error", out_of_stock_text(ctx, error))
    return redirect(ctx, url(ctx, "checkout.cart"))


def out_of_stock_text(ctx: Context, error: OutOfStock) -> str:
    left = min((line["left"] for line in error.extra.get("lines", [])), default=0)
    if left:
        return ctx.gettext("Only %(left)s left. Please choose a smaller quantity.", left=left)
    return ctx.gettext("This is sold out.")
