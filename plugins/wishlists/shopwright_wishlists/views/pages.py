# SPDX-License-Identifier: Apache-2.0
"""The wishlist's pages; each form works without JavaScript."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound, Rejected
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_checkout import api as checkout
from shopwright_wishlists.services import lists, own
from shopwright_wishlists.services.entries import entries

routes = Routes("wishlists", Scope.STOREFRONT)


class VariantForm(BaseModel):
    """A variant."""

    variant_id: UUID


@routes.get("/wishlist", permission=PUBLIC)
async def wishlist(ctx: Context) -> web.Response:
    """Show the visitor's list."""
    owner = own.customer_id(ctx)
    token = await lists.share_token(ctx, owner) if owner is not None else ""
    values = {
        "title": ctx.gettext("Your wishlist"), "entries": await entries(ctx, await own.read(ctx)),
        "is_guest": owner is None, "link": _link(ctx, token),
    }  # fmt: skip
    return await page(ctx, "wishlists/own.html", values)


@routes.get("/wishlist/shared/{token}", permission=PUBLIC)
async def shared_wishlist(ctx: Context, token: str) -> web.Response:
    """Show a list to whom its owner gave the link."""
    assert ctx.visit is not None
    found = await entries(ctx, await lists.shared(ctx, token))
    ctx.visit.headers |= {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return await page(ctx, "wishlists/shared.html", {"title": ctx.gettext("A wishlist"), "entries": found})


@routes.post("/wishlist/add", permission=PUBLIC, limit="60/60")
async def add_wish(ctx: Context, request: web.Request) -> web.Response:
    """Put a variant on the list."""
    assert ctx.visit is not None
    form = await read_form(request, VariantForm)
    if form.value is None:
        return _told(ctx, "error", " ".join(form.errors.values()))
    try:
        title = await own.add(ctx, form.value.variant_id)
    except (NotFound, Conflict) as error:
        return _told(ctx, "error", ctx.gettext(error.detail))
    return _told(ctx, "success", ctx.gettext("%(title)s is on your wishlist.", title=title))


@routes.post("/wishlist/remove", permission=PUBLIC)
async def remove_wish(ctx: Context, request: web.Request) -> web.Response:
    """Take a variant off the list."""
    form = await read_form(request, VariantForm)
    if form.value is not None:
        await own.remove(ctx, form.value.variant_id)
    return _told(ctx, "success", ctx.gettext("It is off your wishlist."))


@routes.post("/wishlist/move", permission=PUBLIC)
async def move_wish(ctx: Context, request: web.Request) -> web.Response:
    """Put a variant into the cart and take it off the list."""
    assert ctx.visit is not None
    form = await read_form(request, VariantForm)
    if form.value is None:
        return _told(ctx, "error", " ".join(form.errors.values()))
    try:
        await checkout.put_in(ctx, form.value.variant_id)
    except (NotFound, Conflict, Rejected, Invalid) as error:
        return _told(ctx, "error", ctx.gettext(error.detail or error.title))
    await own.remove(ctx, form.value.variant_id)
    ctx.visit.flash("success", ctx.gettext("It is in your cart."))
    return redirect(ctx, url(ctx, "checkout.cart"))


@routes.post("/wishlist/share", permission=SIGNED_IN_CUSTOMER)
async def share_wishlist(ctx: Context) -> web.Response:
    """Make the link to the own list."""
    assert ctx.actor.id is not None
    await lists.share(ctx, ctx.actor.id)
    return _told(ctx, "success", ctx.gettext("Everybody who has the link sees your wishlist."))


@routes.post("/wishlist/unshare", permission=SIGNED_IN_CUSTOMER)
async def unshare_wishlist(ctx: Context) -> web.Response:
    """Share the own list no more."""
    assert ctx.actor.id is not None
    await lists.unshare(ctx, ctx.actor.id)
    return _told(ctx, "success", ctx.gettext("Your wishlist is yours alone again."))


def _link(ctx: Context, token: str) -> str:
    assert ctx.visit is not None
    path = url(ctx, "wishlists.shared_wishlist", token=token) if token else ""
    return ctx.kernel.config.url_of(ctx.visit.host, path) if path else ""


def _told(ctx: Context, level: str, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash(level, message)
    return redirect(ctx, url(ctx, "wishlists.wishlist"))
