# SPDX-License-Identifier: Apache-2.0
"""Stock-takes in the admin: list, open, count with a scanner or in the list."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_inventory.services import (
    list_locations,
    list_stock_takes,
    stock,
    stock_take_counts,
    stock_take_scope,
    stock_takes,
)
from shopwright_inventory.services.list_stock_takes import Show, StockTake
from shopwright_inventory.services.stock_take_counts import Count
from shopwright_inventory.services.stock_takes import StockTakeInput

routes = Routes("inventory", Scope.ADMIN)
VIEW, COUNT = "inventory.stock.view", "inventory.count.edit"
_BASE = "/admin/stock/counts"


class ListQuery(BaseModel):
    """Where the list goes on."""

    cursor: str = Field(default="", max_length=40)


class NewForm(BaseModel):
    """A stock-take as it is typed in; SKUs one a line."""

    name: str = Field(min_length=1, max_length=stock_takes.NAME_MOST)
    location: str = Field(default=stock.DEFAULT, max_length=40)
    scope: stock_takes.Scope = "location"
    handle: str = Field(default="", max_length=200)
    skus: str = Field(default="", max_length=500_000)
    blind: bool = False


class CountQuery(BaseModel):
    """Which lines are shown, and how codes are counted."""

    show: Show = "all"
    q: str = Field(default="", max_length=200)
    cursor: str = Field(default="", max_length=10)
    mode: Literal["add", "set"] = "add"


class ScanForm(CountQuery):
    """A code that was typed or scanned, with a number to add or to set."""

    code: str = Field(min_length=1, max_length=200)
    number: int = Field(default=1, ge=-1_000_000, le=stock.MAX_ON_HAND)


class LineForm(CountQuery):
    """The number of a line; nothing takes its count back."""

    variant_id: UUID
    counted: int | None = Field(default=None, ge=0, le=9_999_999)


@routes.get(_BASE, permission=VIEW)
async def admin_counts(ctx: Context, query: ListQuery) -> web.Response:
    """List stock-takes."""
    found = await list_stock_takes.page(ctx, cursor=query.cursor)
    title = ctx.gettext("Stock-takes")
    return await admin_page(
        ctx,
        "inventory/admin/stock_takes.html",
        title=title,
        crumbs=[(ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")), (title, "")],
        takes=found.items,
        next_url=f"?cursor={found.next_cursor}" if found.next_cursor else "",
        can_count=ctx.actor.can(COUNT),
    )


@routes.get(_BASE + "/new", permission=COUNT)
async def admin_new_count(ctx: Context) -> web.Response:
    """Show the form of a new stock-take."""
    return await _new(ctx, {}, {})


@routes.post(_BASE + "/new", permission=COUNT)
async def admin_open_count(ctx: Context, request: web.Request) -> web.Response:
    """Open a stock-take."""
    form = await read_form(request, NewForm)
    if form.value is None:
        return await _new(ctx, form.raw, form.errors, status=422)
    values = form.value.model_dump() | {"skus": form.value.skus.replace(",", "\n").splitlines()}
    try:
        take_id = await stock_takes.create(ctx, StockTakeInput(**values))
    except Invalid as error:
        return await _new(ctx, form.raw, told(ctx, error), status=422)
    return redirect(ctx, url(ctx, "inventory.admin_stock_take", take_id=take_id))


@routes.get(_BASE + "/{take_id}", permission=VIEW)
async def admin_stock_take(ctx: Context, take_id: UUID, query: CountQuery) -> web.Response:
    """Show a stock-take: what is to count, and what is counted."""
    return await _page(ctx, await list_stock_takes.by_id(ctx, take_id), query)


@routes.post(_BASE + "/{take_id}/scan", permission=COUNT)
async def admin_scan(ctx: Context, request: web.Request, take_id: UUID) -> web.Response:
    """Count what was scanned."""
    assert ctx.visit is not None
    take = await list_stock_takes.by_id(ctx, take_id)
    form = await read_form(request, ScanForm)
    if form.value is None:
        return await _page(ctx, take, CountQuery(), form.errors, status=422)
    code = form.value.code.strip()
    ids = (await stock_take_scope.found_by(ctx, [code], take_id)).get(code, [])
    errors = {}
    if len(ids) != 1:
        words = stock_take_scope.SEVERAL if ids else stock_take_scope.UNKNOWN
        errors = {"code": ctx.gettext(words, code=code)}
    else:
        try:
            adds = form.value.mode == "add"
            _, (done,) = await stock_take_counts.count(ctx, take_id, [Count(ids[0], form.value.number, adds)])
        except (Invalid, Conflict) as error:
            errors = {"code": next(iter(told(ctx, error).values()))}
    if errors:
        return await _page(ctx, take, form.value, errors, status=422)
    ctx.visit.flash("success", ctx.gettext("%(code)s: %(number)s counted.", code=code, number=done.counted))
    if done.moved:
        ctx.visit.flash("warning", ctx.gettext("%(code)s: some of it moved since you began to count it. Count it anew as a whole.", code=code))  # fmt: skip
    return _back(ctx, take_id, form.value)


@routes.post(_BASE + "/{take_id}/lines", permission=COUNT)
async def admin_count_line(ctx: Context, request: web.Request, take_id: UUID) -> web.Response:
    """Set the number of a line, or take its count back."""
    assert ctx.visit is not None
    form = await read_form(request, LineForm)
    if form.value is None:
        ctx.visit.flash("error", next(iter(form.errors.values())))
        return _back(ctx, take_id, CountQuery())
    try:
        await stock_take_counts.count(ctx, take_id, [Count(form.value.variant_id, form.value.counted)])
    except (Invalid, Conflict) as error:
        ctx.visit.flash("error", next(iter(told(ctx, error).values())))
    return _back(ctx, take_id, form.value)


def told(ctx: Context, error: ShopwrightError) -> dict[str, str]:
    """Give the words of an error by field."""
    errors = {e.pointer.strip("/").partition("/")[0]: ctx.gettext(e.message) for e in error.errors}
    return errors or {"": ctx.gettext(error.detail)}


def crumbs(ctx: Context, take: StockTake, *more: tuple[str, str]) -> list[tuple[str, str]]:
    path = url(ctx, "inventory.admin_stock_take", take_id=take.id) if more else ""
    return [
        (ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")),
        (ctx.gettext("Stock-takes"), url(ctx, "inventory.admin_counts")),
        (take.name, path),
        *more,
    ]


def _back(ctx: Context, take_id: UUID, query: CountQuery) -> web.Response:
    given = {name: getattr(query, name) for name in CountQuery.model_fields}
    words = {name: value for name, value in given.items() if value not in {"", "all", "add"}}
    path = url(ctx, "inventory.admin_stock_take", take_id=take_id)
    return redirect(ctx, f"{path}{'?' if words else ''}{urlencode(words)}")


async def _new(
    ctx: Context, typed: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> web.Response:
    title = ctx.gettext("New stock-take")
    places = [(place.code, place.name) for place in await list_locations.everything(ctx)]
    return await admin_page(
        ctx,
        "inventory/admin/stock_take_new.html",
        title=title,
        status=status,
        crumbs=[
            (ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")),
            (ctx.gettext("Stock-takes"), url(ctx, "inventory.admin_counts")),
            (title, ""),
        ],
        places=places or [(stock.DEFAULT, ctx.gettext("Main"))],
        typed=typed,
        errors=errors,
    )


async def _page(
    ctx: Context,
    take: StockTake,
    query: CountQuery,
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> web.Response:
    assert ctx.visit is not None
    if take.state == "applying":
        ctx.visit.headers["Refresh"] = "2"
    found = await list_stock_takes.lines(ctx, take, show=query.show, search=query.q, cursor=query.cursor)
    more = {"show": query.show, "q": query.q, "mode": query.mode, "cursor": found.next_cursor}
    return await admin_page(
        ctx,
        "inventory/admin/stock_take.html",
        title=take.name,
        status=status,
        crumbs=crumbs(ctx, take),
        take=take,
        lines=found.items,
        next_url=f"?{urlencode(more)}" if found.next_cursor else "",
        query=query,
        hides_expected=list_stock_takes.hides_expected(ctx, take),
        errors=errors or {},
        can_count=ctx.actor.can(COUNT) and take.state == "counting",
        can_apply=ctx.actor.can("inventory.stock.edit"),
    )
