# SPDX-License-Identifier: Apache-2.0
"""The markets plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.hookspecs import DemoSource, Market, PluginSwitched
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.jobs import Job, Schedule
from shopwright.memory import StoreMemory
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_catalog.api import ExchangeRate
from shopwright_markets import hookspecs, jobs
from shopwright_markets.admin import pages, rate_pages
from shopwright_markets.checks import checks
from shopwright_markets.services import changes, choose, kept, list_markets, rates, save_market
from shopwright_markets.services.rates import RateInput
from shopwright_markets.services.save_market import MarketInput
from shopwright_markets.views import admin_api, api

_TEXTS = {
    "markets_market": ("code", "title", "currency", "locale", "countries"),
    "markets_currency": ("currency",),
    "markets_rate": ("currency", "source", "actor"),
}


class Plugin(BasePlugin):
    """Markets with a currency, a language and countries of their own, and exchange rates."""

    manifest: ClassVar[Manifest] = Manifest(
        name="markets",
        version="0.1.0",
        title="Markets",
        summary="Markets with a currency, a language and countries of their own, and exchange rates.",
        requires=("admin", "catalog"),
        permissions=(
            Permission("markets.market.view", translatable("See markets and exchange rates")),
            Permission("markets.market.edit", translatable("Change markets and exchange rates")),
        ),
        pii=tuple(
            PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns
        ),
    )
    hookspecs = (hookspecs,)

    def __init__(self) -> None:
        self.memory = StoreMemory(kept.CHANNEL, kept.read)

    @hookimpl
    async def visitor_market(self, ctx: Context, wanted: str, country: str) -> Market | None:
        return await choose.chosen(ctx, wanted, country)

    @hookimpl
    async def exchange_rate(self, ctx: Context, currency: str) -> ExchangeRate | None:
        return (await kept.of(ctx)).rate(currency, ctx.clock.now())

    @hookimpl
    async def sales_markets(self, ctx: Context) -> Sequence[Market]:
        found = (await kept.of(ctx)).open_now(ctx.clock.now())
        return [Market(x.info.code, x.info.currency) for x in found]

    @hookimpl(optionalhook=True)
    async def checkout_countries(self, ctx: Context, value: frozenset[str]) -> frozenset[str] | None:
        market = await choose.current(ctx)
        return value & frozenset(market.countries) if market is not None and market.countries else None

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "footer.columns":
            return []
        found = [x.info for x in (await kept.of(ctx)).open_now(ctx.clock.now())]
        values = {"markets": found, "current": ctx.market, "path": ctx.visit.path if ctx.visit else "/"}
        return [Fragment("markets/slots/footer.html", values, priority=90)] if len(found) > 1 else []

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*api.pages, *api.calls, *admin_api.routes, *pages.routes, *rate_pages.routes]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.turn, jobs.fetch]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return jobs.schedules

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks

    @hookimpl
    async def plugin_enabled(self, ctx: Context, event: PluginSwitched) -> None:
        await _switched(ctx, event)

    @hookimpl
    async def plugin_disabled(self, ctx: Context, event: PluginSwitched) -> None:
        await _switched(ctx, event)

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        markets, exchange = url(ctx, "markets.admin_markets"), url(ctx, "markets.admin_rates")
        return [
            NavItem(ctx.gettext("Markets"), markets, "markets.market.view", "Settings", "globe", 55),
            NavItem(
                ctx.gettext("Exchange rates"), exchange, "markets.market.view", "Settings", "percent", 56
            ),
        ]

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        values = source.values.get("markets", {})
        known = {x.currency for x in await list_markets.currencies(ctx)}
        for rate in values.get("rates", ()):
            if rate["currency"] not in known:
                await rates.add(ctx, RateInput(rate["currency"], Decimal(rate["rate"])))
                if "step" in rate:
                    step, less = rate["step"], rate.get("less", 0)
                    await rates.set_rounding(ctx, rate["currency"], None, step=step, less=less)
        codes = {x.code for x in await list_markets.everything(ctx)}
        wanted = values.get("markets", ())
        for place, market in enumerate(wanted):
            if market["code"] not in codes:
                new = MarketInput(
                    market["title"], market["currency"], market.get("locale", ""),
                    tuple(market.get("countries", ())), place,
                )  # fmt: skip
                await save_market.add(ctx, market["code"], new)
        return [f"{len(wanted)} markets"] if wanted else []


async def _switched(ctx: Context, event: PluginSwitched) -> None:
    if event.plugin == "markets":
        await ctx.run(lambda session: changes.told(ctx, session))
