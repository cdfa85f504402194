# SPDX-License-Identifier: Apache-2.0
"""Stock in the admin: what there is, and counting it."""

from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound, ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_inventory.services import list_stock, stock

routes = Routes("inventory", Scope.ADMIN)
Reason = Literal["counted", "received", "adjusted", "returned", "damaged"]


class ListQuery(BaseModel):
    """Which items, and where the list goes on."""

    q: str = ""
    cursor: str = ""
    show: Literal["", "low"] = ""


class CountForm(BaseModel):
    """A number that was counted; ``version`` is of the level that was on the screen."""

    on_hand: int = Field(ge=0, le=stock.MAX_ON_HAND)
    version: int
    location: str = Field(default=stock.DEFAULT, max_length=40)
    reason: Reason = "counted"
    note: str = Field(default="", max_length=500)
    q: str = ""
    show: Literal["", "low"] = ""
    back: Literal["list", "item"] = "list"


@routes.get("/admin/stock", permission="inventory.stock.view")
async def admin_stock(ctx: Context, query: ListQuery) -> web.Response:
    """List what is in stock."""
    found = await list_stock.page(ctx, search=query.q, cursor=query.cursor, only_low=query.show == "low")
    base = url(ctx, "inventory.admin_stock")
    words = {"cursor": found.next_cursor, "q": query.q, "show": query.show}
    more = f"{base}?{urlencode(words)}" if found.next_cursor else ""
    return await admin_page(
        ctx,
        "inventory/admin/stock.html",
        title=ctx.gettext("Stock"),
        items=found.items,
        next_url=more,
        search=query.q,
        show=query.show,
        can_edit=ctx.actor.can("inventory.stock.edit"),
    )


@routes.post("/admin/stock/{variant_id}/count", permission="inventory.stock.edit")
async def admin_count(ctx: Context, request: web.Request, variant_id: UUID) -> web.Response:
    """Set what is on hand at a location."""
    assert ctx.visit is not None
    form = await read_form(request, CountForm)
    if form.value is None:
        ctx.visit.flash("error", next(iter(form.errors.values())))
    else:
        ctx.visit.flash(*await _counted(ctx, variant_id, form.value))
    if form.raw.get("back") == "item":
        return redirect(ctx, url(ctx, "inventory.admin_stock_item", variant_id=variant_id))
    query = urlencode({name: form.raw[name] for name in ("q", "show") if form.raw.get(name)})
    return redirect(ctx, f"{url(ctx, 'inventory.admin_stock')}{'?' if query else ''}{query}")


async def _counted(ctx: Context, variant_id: UUID, form: CountForm) -> tuple[str, str]:
    """Count, and give the message for the next page."""
    if await list_stock.item(ctx, variant_id) is None:
        raise NotFound("There is no such item.")
    try:
        await ctx.run(
            lambda session: stock.count(
                ctx, session, variant_id=variant_id, on_hand=form.on_hand, reason=form.reason,
                location=form.location, note=form.note, expected_version=form.version,
            )
        )  # fmt: skip
    except Conflict as error:
        return "error", _why(ctx, error)
    except ShopwrightError as error:
        return "error", ctx.gettext(error.detail)
    return "success", ctx.gettext("%(number)s on hand now.", number=form.on_hand)


def _why(ctx: Context, error: Conflict) -> str:
    if error.error_code == "version_conflict":
        return ctx.gettext(
            "Somebody changed this meanwhile: %(number)s on hand now. Please look and save again.",
            number=error.extra["on_hand"],
        )
    return ctx.gettext(
        "%(number)s of these are reserved or sold already, so there must be at least as many.",
        number=error.extra["held"],
    )
