# SPDX-License-Identifier: Apache-2.0
"""Price lists in the admin: list, add, change, remove."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound, ShopwrightError
from shopwright.http.forms import Form, read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_admin.api import Column, ListView, admin_page, counted, list_page
from shopwright_pricing.admin.list_form import ListForm, typed
from shopwright_pricing.services import lists, prices, save_list
from shopwright_pricing.services.lists import COUNTED, SavedList, by_id, period

routes = Routes("pricing", Scope.ADMIN)
PAGE = 100


class ListQuery(BaseModel):
    """Which lists, and where they go on: behind a code."""

    q: str = Field(default="", max_length=80)
    after: str = Field(default="", max_length=40)


class PageQuery(BaseModel):
    """Where the list's prices go on."""

    cursor: str = Field(default="", max_length=100)


class VersionForm(BaseModel):
    """The version of the list that was on the screen."""

    version: int


@routes.get("/admin/pricing/lists", permission="pricing.list.view")
async def admin_lists(ctx: Context, query: ListQuery) -> web.Response:
    """List price lists."""
    found = await lists.page(ctx, search=query.q, after=query.after, limit=PAGE + 1)
    more = {"after": found[PAGE - 1].code, "q": query.q} if len(found) > PAGE else {}
    can_edit = ctx.actor.can("pricing.list.edit")
    view = ListView(
        title=ctx.gettext("Price lists"),
        columns=[
            Column("title", ctx.gettext("Name"), "link"),
            Column("state", ctx.gettext("State"), "badge"),
            Column("audience", ctx.gettext("For")),
            Column("currency", ctx.gettext("Currency")),
            Column("prices", ctx.gettext("Prices"), "number"),
            Column("percent", ctx.gettext("Percent"), "number"),
            Column("priority", ctx.gettext("Priority"), "number"),
        ],
        rows=[_row(ctx, each) for each in found[:PAGE]],
        total=len(found),
        search=query.q,
        next_url=f"?{urlencode(more)}" if more else "",
        empty_title=ctx.gettext("No price lists yet"),
        empty_text=ctx.gettext("Everybody pays the catalogue's prices until you add a list."),
        create_url=url(ctx, "pricing.admin_new_list") if can_edit else "",
        create_label=ctx.gettext("Add a price list"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/pricing/lists/new", permission="pricing.list.edit")
async def admin_new_list(ctx: Context) -> web.Response:
    """Show an empty form."""
    start = {"currency": ctx.store.currency, "priority": "10", "enabled": "true", "audience": "everybody"}
    return await list_form_page(ctx, None, shown=start)


@routes.post("/admin/pricing/lists/new", permission="pricing.list.edit")
async def admin_create_list(ctx: Context, request: web.Request) -> web.Response:
    """Add a price list."""
    return await _saved(ctx, await read_form(request, ListForm), None)


@routes.get("/admin/pricing/lists/{list_id}", permission="pricing.list.view")
async def admin_list(ctx: Context, list_id: UUID, query: PageQuery) -> web.Response:
    """Show a list in its form, with its prices."""
    return await list_form_page(ctx, await list_of(ctx, list_id), cursor=query.cursor)


@routes.post("/admin/pricing/lists/{list_id}", permission="pricing.list.edit")
async def admin_update_list(ctx: Context, request: web.Request, list_id: UUID) -> web.Response:
    """Change a price list."""
    return await _saved(ctx, await read_form(request, ListForm), await list_of(ctx, list_id))


@routes.post("/admin/pricing/lists/{list_id}/delete", permission="pricing.list.edit")
async def admin_delete_list(ctx: Context, request: web.Request, list_id: UUID) -> web.Response:
    """Remove a price list."""
    assert ctx.visit is not None
    form = await read_form(request, VersionForm)
    try:
        await save_list.delete(ctx, list_id, form.value.version if form.value else 0)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "pricing.admin_list", list_id=list_id))
    ctx.visit.flash("success", ctx.gettext("The price list is removed."))
    return redirect(ctx, url(ctx, "pricing.admin_lists"))


async def list_of(ctx: Context, list_id: UUID) -> SavedList:
    found = await by_id(ctx, list_id)
    if found is None:
        raise NotFound("There is no such price list.")
    return found


async def list_form_page(
    ctx: Context,
    each: SavedList | None,
    *,
    shown: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    cursor: str = "",
    status: int = 200,
    **values: Any,
) -> web.Response:
    """Answer with the page of a list, or of a new one."""
    title = each.title if each else ctx.gettext("New price list")
    rows = await prices.page(ctx, each, after=prices.after(cursor), limit=PAGE + 1) if each else []
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return await admin_page(
        ctx,
        "pricing/admin/list.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Price lists"), url(ctx, "pricing.admin_lists")), (title, "")],
        list=each,
        counted=counted(ctx, each.prices, COUNTED) if each else "",
        typed=shown if shown is not None else typed(ctx, each) if each else {},
        errors=errors or {},
        prices=rows[:PAGE],
        next_url=f"?cursor={last.variant_id}:{last.min_quantity}" if last else "",
        can_edit=ctx.actor.can("pricing.list.edit"),
        **{"refused": [], "added": {}, "price_errors": {}} | values,
    )


async def _saved(ctx: Context, form: Form[ListForm], each: SavedList | None) -> web.Response:
    assert ctx.visit is not None
    if form.value is None:
        return await list_form_page(ctx, each, shown=form.raw, errors=form.errors, status=422)
    try:
        if each is None:
            list_id = await save_list.create(ctx, form.value.list(ctx))
        else:
            list_id = each.id
            await save_list.update(ctx, list_id, form.value.version, form.value.list(ctx))
    except (Invalid, Conflict) as error:
        return await list_form_page(ctx, each, shown=form.raw, errors=told(ctx, error), status=error.status)
    ctx.visit.flash("success", ctx.gettext("The price list is saved."))
    return redirect(ctx, url(ctx, "pricing.admin_list", list_id=list_id))


def told(ctx: Context, error: ShopwrightError) -> dict[str, str]:
    """Give the words of an error by field."""
    errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
    return errors or {"": ctx.gettext(error.detail)}


def _row(ctx: Context, each: SavedList) -> dict[str, Any]:
    return {
        "url": url(ctx, "pricing.admin_list", list_id=each.id),
        "title": each.title,
        "state": period(each.starts_at, each.ends_at, ctx.clock.now())
        if each.enabled
        else translatable("switched off"),
        "audience": {
            "everybody": ctx.gettext("Everybody"),
            "groups": ctx.gettext("Groups"),
            "companies": ctx.gettext("Companies"),
            "customer": ctx.gettext("One customer"),
        }[each.audience],
        "currency": each.currency,
        "prices": counted(ctx, each.prices, COUNTED),
        "percent": "" if each.percent is None else f"{each.percent:f}",
        "priority": each.priority,
    }
