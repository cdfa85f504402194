# SPDX-License-Identifier: Apache-2.0
"""The form of the product page, and what the links of the mails lead to; works without JavaScript."""

from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound, TooManyRequests
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_catalog import api as catalog
from shopwright_stock_notices.services import sign_up as service
from shopwright_stock_notices.services.links import Purpose
from shopwright_stock_notices.services.mails import title_of

routes = Routes("stock_notices", Scope.STOREFRONT)


class NoticeForm(BaseModel):
    """Who wants to be told of what."""

    variant_id: UUID
    email: str = Field(min_length=1, max_length=254)


@routes.post("/stock-notices", permission=PUBLIC, limit="10/60")
async def sign_up(ctx: Context, request: web.Request) -> web.Response:
    """Put an address on the list of a variant."""
    assert ctx.visit is not None
    form = await read_form(request, NoticeForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, await _product(ctx, _uuid(form.raw.get("variant_id", ""))))
    try:
        made = await service.sign_up(ctx, form.value.variant_id, form.value.email)
    except TooManyRequests:
        ctx.visit.flash("error", ctx.gettext("Too many attempts. Please wait a while."))
    except Invalid as error:
        ctx.visit.flash("error", ctx.gettext(error.errors[0].message))
    except (Conflict, NotFound) as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    else:
        ctx.visit.flash("success", _said(ctx, made, form.value.email))
    return redirect(ctx, await _product(ctx, form.value.variant_id))


@routes.get("/stock-notices/confirm/{token}", permission=PUBLIC)
async def confirm(ctx: Context, token: str) -> web.Response:
    """Ask once more before an address is put on the list."""
    return await _ask(ctx, "confirm", token)


@routes.post("/stock-notices/confirm/{token}", permission=PUBLIC, name="confirm_submit", limit="20/60")
async def confirm_submit(ctx: Context, token: str) -> web.Response:
    """Put an address on the list."""
    assert ctx.visit is not None
    variant_id = await service.confirm(ctx, token)
    ctx.visit.flash("success", ctx.gettext("You are on the list: we write to you when it is back."))
    return redirect(ctx, await _product(ctx, variant_id))


@routes.get("/stock-notices/stop/{token}", permission=PUBLIC)
async def stop(ctx: Context, token: str) -> web.Response:
    """Ask once more before an address is taken off the list."""
    return await _ask(ctx, "stop", token)


@routes.post("/stock-notices/stop/{token}", permission=PUBLIC, name="stop_submit", limit="20/60")
async def stop_submit(ctx: Context, token: str) -> web.Response:
    """Take an address off the list."""
    assert ctx.visit is not None
    variant_id = await service.stop(ctx, token)
    ctx.visit.flash("success", ctx.gettext("Your address is deleted from this list."))
    return redirect(ctx, await _product(ctx, variant_id))


async def _ask(ctx: Context, purpose: Purpose, token: str) -> web.Response:
    variant_id = await service.look(ctx, purpose, token)
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    values: dict[str, Any] = {
        "purpose": purpose, "action": url(ctx, f"stock_notices.{purpose}_submit", token=token),
        "product": title_of(variant) if variant else ctx.gettext("A product that is gone"),
        "title": ctx.gettext("Tell me when it is back"),
    }  # fmt: skip
    assert ctx.visit is not None
    ctx.visit.headers["X-Robots-Tag"] = "noindex"
    return await page(ctx, "stock_notices/ask.html", values)


def _said(ctx: Context, made: service.SignedUp, email: str) -> str:
    if made.status == "waiting":
        return ctx.gettext("You are on the list: we write to you when it is back.")
    return ctx.gettext(
        "A link is on its way to %(email)s. Follow it, and we write to you when it is back.", email=email
    )


async def _product(ctx: Context, variant_id: UUID | None) -> str:
    """Give the page of a variant, or the list of products when there is none."""
    found = (await catalog.variants(ctx, [variant_id])).get(variant_id) if variant_id else None
    if found is None or not found.published:
        return url(ctx, "storefront.products")
    return url(ctx, "storefront.product", handle=found.product_handle) + f"?variant={found.id}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
