# SPDX-License-Identifier: Apache-2.0
"""Exchange rates in the admin: what holds now, what held before, and how prices are rounded."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import format_date, translatable
from shopwright.money import Money, exponent
from shopwright_admin.api import admin_page
from shopwright_catalog.api import ExchangeRate
from shopwright_markets.admin.pages import EDIT, VIEW, told
from shopwright_markets.services import list_markets, rates
from shopwright_markets.services.list_markets import SavedCurrency
from shopwright_markets.services.rates import RateInput

routes = Routes("markets", Scope.ADMIN)


class RateForm(BaseModel):
    """A rate as it is typed in."""

    currency: str = ""
    rate: str = ""
    valid_from: str = ""

    def read(self, ctx: Context) -> RateInput:
        """Read what was typed.

        Raises:
            Invalid: the rate is no number, or the moment none of ours.
        """
        errors, rate, since = [], Decimal(0), None
        try:
            rate = Decimal(self.rate.strip().replace(",", "."))
        except InvalidOperation:
            errors.append(FieldError("/rate", "no_number", translatable("Give a rate above 0, like 0.9412.")))
        try:
            if self.valid_from:
                since = datetime.fromisoformat(self.valid_from).replace(tzinfo=ZoneInfo(ctx.store.timezone))
        except ValueError:
            errors.append(FieldError("/valid_from", "no_moment", translatable("Give a day and a time.")))
        if errors:
            raise Invalid(errors=errors)
        return RateInput(self.currency.strip().upper(), rate, since)


class RoundingForm(BaseModel):
    """The rounding of a currency; ``version`` is of the one that was on the screen."""

    rounding: str = ""
    version: int = 0


@routes.get("/admin/exchange-rates", permission=VIEW)
async def admin_rates(ctx: Context) -> web.Response:
    """List the currencies with the rates that hold now."""
    return await _list(ctx, {}, {})


@routes.post("/admin/exchange-rates", permission=EDIT)
async def admin_add_rate(ctx: Context, request: web.Request) -> web.Response:
    """Add a rate."""
    assert ctx.visit is not None
    form = await read_form(request, RateForm)
    try:
        if form.value is None:
            raise Invalid(
                errors=[FieldError(f"/{name}", "wrong", text) for name, text in form.errors.items()]
            )
        new = form.value.read(ctx)
        await rates.add(ctx, new)
    except Invalid as error:
        return await _list(ctx, form.raw, told(ctx, error), status=422)
    ctx.visit.flash("success", ctx.gettext("The exchange rate is saved."))
    return redirect(ctx, url(ctx, "markets.admin_currency", currency=new.currency))


@routes.post("/admin/exchange-rates/fetch", permission=EDIT)
async def admin_fetch_rates(ctx: Context) -> web.Response:
    """Ask plugins for rates now."""
    assert ctx.visit is not None
    added = await rates.fetch(ctx)
    names = ", ".join(x.currency for x in added)
    if added:
        ctx.visit.flash("success", ctx.gettext("New rates: %(currencies)s.", currencies=names))
    else:
        ctx.visit.flash("info", ctx.gettext("There are no new rates. Plugins that supply rates are asked."))
    return redirect(ctx, url(ctx, "markets.admin_rates"))


@routes.get("/admin/exchange-rates/{currency}", permission=VIEW)
async def admin_currency(ctx: Context, currency: str) -> web.Response:
    """Show the rates of a currency, and how prices are rounded in it."""
    return await _page(ctx, await list_markets.currency(ctx, currency), "")


@routes.post("/admin/exchange-rates/{currency}", permission=EDIT)
async def admin_set_rounding(ctx: Context, request: web.Request, currency: str) -> web.Response:
    """Say how prices are rounded in a currency."""
    assert ctx.visit is not None
    found = await list_markets.currency(ctx, currency)
    form = await read_form(request, RoundingForm)
    rounding = form.value.rounding if form.value else ""
    if rounding not in {value for value, _ in _roundings(ctx, found)}:
        return await _page(ctx, found, ctx.gettext("Choose one of the list."), status=422)
    step, less = map(int, rounding.split("-"))
    try:
        version = form.value.version if form.value else 0
        await rates.set_rounding(ctx, currency, version, step=step, less=less)
    except Conflict as error:
        return await _page(ctx, found, ctx.gettext(error.detail), status=409)
    ctx.visit.flash("success", ctx.gettext("Prices are rounded this way from now on."))
    return redirect(ctx, url(ctx, "markets.admin_currency", currency=currency))


async def _list(
    ctx: Context, typed: Mapping[str, Any], errors: Mapping[str, str], *, status: int = 200
) -> web.Response:
    found = await list_markets.currencies(ctx)
    return await admin_page(
        ctx,
        "markets/admin/rates.html",
        title=ctx.gettext("Exchange rates"),
        status=status,
        rows=[_row(ctx, x) for x in found],
        own=ctx.store.currency,
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
    )


def _row(ctx: Context, found: SavedCurrency) -> dict[str, Any]:
    since = "" if found.valid_from is None else _day(ctx, found.valid_from)
    example = "" if found.rate is None else ctx.format_money(_exchange(ctx, found).price(_hundred(ctx)))
    source = found.source or ctx.gettext("entered")
    return {
        "currency": found.currency,
        "rate": found.rate,
        "since": since,
        "source": source,
        "example": example,
    }


async def _page(ctx: Context, found: SavedCurrency, error: str, *, status: int = 200) -> web.Response:
    history = await list_markets.rates(ctx, found.currency)
    return await admin_page(
        ctx,
        "markets/admin/currency.html",
        title=found.currency,
        status=status,
        crumbs=[
            (ctx.gettext("Exchange rates"), url(ctx, "markets.admin_rates")),
            (found.currency, ""),
        ],
        currency=found,
        own=ctx.store.currency,
        row=_row(ctx, found),
        hundred=ctx.format_money(_hundred(ctx)),
        roundings=_roundings(ctx, found),
        rounding=f"{found.step}-{found.less}",
        history=[(x, _day(ctx, x.valid_from), x.valid_from > ctx.clock.now()) for x in history],
        error=error,
        can_edit=ctx.actor.can(EDIT),
    )


def _roundings(ctx: Context, found: SavedCurrency) -> list[tuple[str, str]]:
    """Give the ways to round that make sense in a currency, and the one it has."""
    whole = 10 ** exponent(found.currency)
    ways = [
        (1, 0),
        (5, 0),
        (10, 0),
        (50, 0),
        (whole, 0),
        (whole, 1),
        (whole, 5),
        (whole, 10),
        (10 * whole, 0),
    ]
    if whole == 1:
        ways = [(1, 0), (10, 0), (50, 0), (100, 0), (100, 1), (100, 2), (1000, 0)]
    kept = [(step, less) for step, less in ways if less < step]
    if (found.step, found.less) not in kept:
        kept.append((found.step, found.less))
    return [(f"{step}-{less}", _words(ctx, found.currency, step, less)) for step, less in dict.fromkeys(kept)]


def _words(ctx: Context, currency: str, step: int, less: int) -> str:
    if (step, less) == (1, 0):
        return ctx.gettext("To the smallest unit")
    if less:
        first, second = (ctx.format_money(Money(n * step - less, currency)) for n in (1, 2))
        return ctx.gettext("Like %(first)s, %(second)s", first=first, second=second)
    return ctx.gettext("To %(amount)s", amount=ctx.format_money(Money(step, currency)))


def _exchange(ctx: Context, found: SavedCurrency) -> ExchangeRate:
    assert found.rate is not None
    return ExchangeRate(ctx.store.currency, found.currency, found.rate, found.step, found.less)


def _hundred(ctx: Context) -> Money:
    return Money(100 * 10 ** exponent(ctx.store.currency), ctx.store.currency)


def _day(ctx: Context, moment: datetime) -> str:
    return format_date(moment.astimezone(ZoneInfo(ctx.store.timezone)).date(), ctx.locale)
