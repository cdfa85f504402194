# SPDX-License-Identifier: Apache-2.0
"""Markets in the admin: list, add, change, remove."""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_markets.services import list_markets, save_market
from shopwright_markets.services.list_markets import SavedMarket
from shopwright_markets.services.save_market import MarketInput

routes = Routes("markets", Scope.ADMIN)
VIEW, EDIT = "markets.market.view", "markets.market.edit"


class MarketForm(BaseModel):
    """A market as it is typed in; ``version`` is of the one that was on the screen."""

    title: str = Field(default="", max_length=80)
    currency: str = ""
    locale: str = ""
    countries: str = ""
    position: int = Field(default=0, ge=-1000, le=1000)
    enabled: bool = False
    version: int = 0

    def market(self) -> MarketInput:
        countries = tuple(re.findall(r"\w+", self.countries.upper()))
        currency = self.currency.strip().upper()
        return MarketInput(self.title, currency, self.locale, countries, self.position, self.enabled)


class NewMarketForm(MarketForm):
    """A new market."""

    code: str = Field(default="", max_length=40)


class VersionForm(BaseModel):
    """The version of the market that was on the screen."""

    version: int


@routes.get("/admin/markets", permission=VIEW)
async def admin_markets(ctx: Context) -> web.Response:
    """List markets."""
    found = await list_markets.everything(ctx)
    view = ListView(
        title=ctx.gettext("Markets"),
        columns=[
            Column("title", ctx.gettext("Name"), "link"),
            Column("code", ctx.gettext("Code")),
            Column("currency", ctx.gettext("Currency")),
            Column("locale", ctx.gettext("Language")),
            Column("countries", ctx.gettext("Countries")),
            Column("state", ctx.gettext("State"), "badge"),
        ],
        rows=[_row(ctx, market) for market in found],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No markets yet"),
        empty_text=ctx.gettext(
            "Everybody pays in the store's currency. Add a market to sell in another one, or to certain countries."
        ),
        create_url=url(ctx, "markets.admin_new_market") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a market"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/markets/new", permission=EDIT)
async def admin_new_market(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, {"currency": ctx.store.currency, "position": "0", "enabled": "true"}, {})


@routes.post("/admin/markets/new", permission=EDIT)
async def admin_create_market(ctx: Context, request: web.Request) -> web.Response:
    """Add a market."""
    form = await read_form(request, NewMarketForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    try:
        await save_market.add(ctx, form.value.code, form.value.market())
    except (Invalid, Conflict) as error:
        return await _page(ctx, form.raw, told(ctx, error), status=error.status)
    return _done(ctx, ctx.gettext("The market is added."))


@routes.get("/admin/markets/{code}", permission=VIEW)
async def admin_market(ctx: Context, code: str) -> web.Response:
    """Show a market in its form."""
    market = await list_markets.by_code(ctx, code)
    return await _page(ctx, _typed(market), {}, market=market)


@routes.post("/admin/markets/{code}", permission=EDIT)
async def admin_update_market(ctx: Context, request: web.Request, code: str) -> web.Response:
    """Change a market."""
    market = await list_markets.by_code(ctx, code)
    form = await read_form(request, MarketForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, market=market, status=422)
    try:
        await save_market.update(ctx, code, form.value.version, form.value.market())
    except (Invalid, Conflict) as error:
        return await _page(ctx, form.raw, told(ctx, error), market=market, status=error.status)
    return _done(ctx, ctx.gettext("The market is saved."))


@routes.post("/admin/markets/{code}/delete", permission=EDIT)
async def admin_delete_market(ctx: Context, request: web.Request, code: str) -> web.Response:
    """Remove a market."""
    assert ctx.visit is not None
    form = await read_form(request, VersionForm)
    try:
        await save_market.delete(ctx, code, form.value.version if form.value else 0)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "markets.admin_market", code=code))
    return _done(ctx, ctx.gettext("The market is removed."))


def told(ctx: Context, error: ShopwrightError) -> dict[str, str]:
    """Give the words of an error by field."""
    errors = {e.pointer.strip("/").partition("/")[0]: ctx.gettext(e.message) for e in error.errors}
    return errors or {"": ctx.gettext(error.detail)}


def _done(ctx: Context, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("success", message)
    return redirect(ctx, url(ctx, "markets.admin_markets"))


def _row(ctx: Context, market: SavedMarket) -> dict[str, str]:
    return {
        "url": url(ctx, "markets.admin_market", code=market.code),
        "title": market.title,
        "code": market.code,
        "currency": market.currency,
        "locale": market.locale or ctx.gettext("the visitor's"),
        "countries": ", ".join(market.countries) or ctx.gettext("everywhere"),
        "state": "enabled" if market.enabled else "disabled",
    }


def _typed(market: SavedMarket) -> dict[str, str]:
    return {
        "title": market.title,
        "currency": market.currency,
        "locale": market.locale,
        "countries": " ".join(market.countries),
        "position": str(market.position),
        "enabled": "true" if market.enabled else "",
        "version": str(market.version),
    }


async def _page(
    ctx: Context,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    market: SavedMarket | None = None,
    status: int = 200,
) -> web.Response:
    title = market.title if market else ctx.gettext("New market")
    return await admin_page(
        ctx,
        "markets/admin/market.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Markets"), url(ctx, "markets.admin_markets")), (title, "")],
        market=market,
        typed=typed,
        errors=errors,
        locales=[("", ctx.gettext("The language the visitor reads")), *((x, x) for x in ctx.store.locales)],
        can_edit=ctx.actor.can(EDIT),
    )
