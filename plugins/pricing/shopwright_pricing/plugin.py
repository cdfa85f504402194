# SPDX-License-Identifier: Apache-2.0
"""The pricing plugin: its manifest and its hook implementations."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, cast

from shopwright.context import Context
from shopwright.hookspecs import DemoSource, PluginSwitched
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.jobs import Job
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_catalog import api as catalog
from shopwright_catalog.api import PriceOffer, PriceRequest
from shopwright_catalog.hookspecs import ProductDeleted, ProductSaved
from shopwright_pricing import jobs
from shopwright_pricing.admin import content_pages, pages, price_pages, why_page
from shopwright_pricing.services import candidates, history, lists, prices, save_list, shown
from shopwright_pricing.services.lists import ListInput
from shopwright_pricing.services.shown import PricedVariant
from shopwright_pricing.settings import PricingSettings
from shopwright_pricing.views import admin_api, api, content_api

_TEXTS = {
    "pricing_list": ("code", "title", "currency", "audience", "audience_tags", "market", "rounding"),
    "pricing_history": ("currency", "market", "rule"),
    "pricing_content": ("unit",),
}


class Plugin(BasePlugin):
    """Price lists by group, company, quantity and time, with a price history."""

    manifest: ClassVar[Manifest] = Manifest(
        name="pricing",
        version="0.1.0",
        title="Price lists",
        summary="Price lists by group, company, quantity and time, with a price history.",
        requires=("admin", "catalog"),
        settings=PricingSettings,
        permissions=(
            Permission("pricing.list.view", translatable("See price lists")),
            Permission("pricing.list.edit", translatable("Change price lists")),
        ),
        pii=tuple(
            PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns
        ),
    )

    @hookimpl
    async def price_candidates(self, ctx: Context, requests: Sequence[PriceRequest]) -> Sequence[PriceOffer]:
        return await candidates.offers(ctx, requests)

    @hookimpl
    async def product_saved(self, ctx: Context, event: ProductSaved) -> None:
        page = await catalog.cards(ctx, ids=[event.product_id])
        await history.record(ctx, [variant_id for card in page.cards for variant_id in card.variant_ids])

    @hookimpl
    async def product_deleted(self, ctx: Context, event: ProductDeleted) -> None:
        await prices.forget_product(ctx, event.product_id)

    @hookimpl
    async def plugin_enabled(self, ctx: Context, event: PluginSwitched) -> None:
        if event.plugin == "pricing":
            await ctx.run(lambda session: ctx.enqueue(session, jobs.record_all, jobs.RecordAll()))

    @hookimpl(optionalhook=True)
    async def markets_changed(self, ctx: Context, event: Any) -> None:
        await ctx.run(lambda session: ctx.enqueue(session, jobs.record_all, jobs.RecordAll()))

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.after_price":
            return []
        variants = cast("Sequence[PricedVariant]", getattr(model, "variants", ()))
        found = await shown.for_page(ctx, variants)
        words = [(x, x.unit_price.words(ctx) if x.unit_price else "") for x in found]
        return [Fragment("pricing/after-price.html", {"shown": words}, priority=10)] if found else []

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *api.routes,
            *admin_api.routes,
            *content_api.routes,
            *pages.routes,
            *price_pages.routes,
            *content_pages.routes,
            *why_page.routes,
        ]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.turn, jobs.record, jobs.record_all]

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        wanted = source.values.get("pricing", {}).get("lists", ())
        for each in wanted:
            if not await lists.has_code(ctx, each["code"]):
                await save_list.create(ctx, demo_list(ctx, each))
        return [f"{len(wanted)} price lists"] if wanted else []

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        lists, contents, why = (url(ctx, f"pricing.admin_{name}") for name in ("lists", "contents", "why"))
        return [
            NavItem(ctx.gettext("Price lists"), lists, "pricing.list.view", "Catalogue", "percent", 60),
            NavItem(ctx.gettext("Unit prices"), contents, "pricing.list.view", "Catalogue", "percent", 62),
            NavItem(ctx.gettext("Why this price?"), why, "pricing.list.view", "Catalogue", "dot", 65),
        ]


def demo_list(ctx: Context, values: Mapping[str, Any]) -> ListInput:
    """Make a list of the demo's description: a percentage for groups."""
    return ListInput(
        code=values["code"],
        title=values["title"][ctx.store.default_locale],
        currency=ctx.store.currency,
        audience="groups",
        audience_codes=tuple(values["groups"]),
        percent=Decimal(values["percent"]),
    )
