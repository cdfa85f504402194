# SPDX-License-Identifier: Apache-2.0
"""The end of a stock-take in the admin: look at the differences, confirm and apply them, or give it up."""

from typing import Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_inventory.admin.count_pages import crumbs, told
from shopwright_inventory.services import list_stock_takes, stock_take_apply, stock_takes

routes = Routes("inventory", Scope.ADMIN)
EDIT = "inventory.stock.edit"
_TAKE = "/admin/stock/counts/{take_id}"


class DifferencesQuery(BaseModel):
    """Where the list goes on."""

    cursor: str = Field(default="", max_length=10)


class CloseForm(BaseModel):
    """What is to be done with the stock-take as it was on the screen."""

    version: int
    do: Literal["apply", "cancel"]


@routes.get(_TAKE + "/differences", permission=EDIT)
async def admin_differences(ctx: Context, take_id: UUID, query: DifferencesQuery) -> web.Response:
    """Show what a stock-take would change, or did."""
    take = await list_stock_takes.by_id(ctx, take_id)
    found = await list_stock_takes.lines(ctx, take, show="differences", cursor=query.cursor, limit=100)
    title = ctx.gettext("Differences")
    return await admin_page(
        ctx,
        "inventory/admin/differences.html",
        title=title,
        crumbs=crumbs(ctx, take, (title, "")),
        take=take,
        lines=found.items,
        next_url=f"?cursor={found.next_cursor}" if found.next_cursor else "",
    )


@routes.post(_TAKE + "/close", permission=EDIT)
async def admin_close_count(ctx: Context, request: web.Request, take_id: UUID) -> web.Response:
    """Apply the differences, or give the stock-take up."""
    assert ctx.visit is not None
    await list_stock_takes.by_id(ctx, take_id)
    back = redirect(ctx, url(ctx, "inventory.admin_differences", take_id=take_id))
    form = await read_form(request, CloseForm)
    if form.value is None:
        ctx.visit.flash("error", next(iter(form.errors.values())))
        return back
    try:
        if form.value.do == "cancel":
            await stock_takes.cancel(ctx, take_id, form.value.version)
        else:
            await stock_take_apply.apply(ctx, take_id, form.value.version)
    except Conflict as error:
        ctx.visit.flash("error", told(ctx, error)[""])
        return back
    take = await list_stock_takes.by_id(ctx, take_id)
    if take.held:
        words = ctx.gettext(
            "Some differences would take away what is reserved or sold: they are not applied."
        )
        ctx.visit.flash("warning", words)
        return back
    return redirect(ctx, url(ctx, "inventory.admin_stock_take", take_id=take_id))
