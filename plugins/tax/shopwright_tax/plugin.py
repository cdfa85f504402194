# SPDX-License-Identifier: Apache-2.0
"""The tax plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, cast

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.hookspecs import DemoSource
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.memory import StoreMemory
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_checkout.api import Cart, CheckoutField, OwnStep, Stage, TaxResult, Totals
from shopwright_orders.api import Address
from shopwright_tax.admin import exemption_pages, pages
from shopwright_tax.services import rates, shown, standing
from shopwright_tax.services.calculate import taxes
from shopwright_tax.services.save_rate import RateInput, save
from shopwright_tax.services.shown import TaxedVariant
from shopwright_tax.settings import TaxSettings
from shopwright_tax.views import api, exemption_api, storefront_api


class Plugin(BasePlugin):
    """Tax rates by region and category, inclusive or exclusive."""

    manifest: ClassVar[Manifest] = Manifest(
        name="tax",
        version="0.1.0",
        title="Tax",
        summary="Tax rates by region and category, inclusive or exclusive.",
        requires=("admin", "catalog", "checkout", "orders"),
        settings=TaxSettings,
        permissions=(
            Permission("tax.rate.view", "See tax rates"),
            Permission("tax.rate.edit", "Change tax rates"),
        ),
        pii=(
            PiiColumn("tax_rate", "country", "none"),
            PiiColumn("tax_rate", "region", "none"),
            PiiColumn("tax_rate", "category", "none"),
            PiiColumn("tax_rate", "label", "none"),
            PiiColumn("tax_exemption", "subject", "none"),
            PiiColumn("tax_exemption", "reason", "free_text"),
            PiiColumn("tax_exemption", "certificate", "free_text"),
        ),
    )

    def __init__(self) -> None:
        self.memory = StoreMemory(rates.CHANNEL, rates.read_places)

    @hookimpl
    async def tax_calculate(
        self, ctx: Context, totals: Totals, destination: Address | None
    ) -> TaxResult | None:
        found = standing.read(totals)
        return (
            await taxes(ctx, totals, destination) if found is None else standing.untaxed(ctx, totals, found)
        )

    @hookimpl
    async def cart_process(self, ctx: Context, value: Totals, cart: Cart, stage: Stage) -> Totals | None:
        if stage == "shipping":
            return await standing.noted(ctx, value, cart)
        return await standing.without_tax(ctx, value) if stage == "fees" else None

    @hookimpl
    async def checkout_fields(self, ctx: Context, step: OwnStep) -> Sequence[CheckoutField]:
        if step != "contact" or not ctx.settings(TaxSettings).ask_vat_id:
            return []
        words = ctx.gettext("For companies; leave it empty otherwise.")
        return [CheckoutField(standing.VAT_ID, ctx.gettext("VAT number"), help=words)]

    @hookimpl
    async def order_validate(self, ctx: Context, cart: Cart) -> Sequence[Rejection]:
        return standing.check_number(ctx, cart)

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot == "footer.columns" and (included := await shown.is_included(ctx)) is not None:
            return [Fragment("tax/slots/footer.html", {"included": included}, priority=5)]
        if slot != "storefront.product.after_price":
            return []
        found = await shown.for_page(ctx, cast("Sequence[TaxedVariant]", getattr(model, "variants", ())))
        return [Fragment("tax/slots/after-price.html", {"shown": found}, priority=90)] if found else []

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *storefront_api.routes,
            *pages.routes,
            *exemption_pages.routes,
            *api.routes,
            *exemption_api.routes,
        ]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "tax.admin_rates")
        exempt = url(ctx, "tax.admin_exemptions")
        return [
            NavItem(ctx.gettext("Taxes"), path, "tax.rate.view", "Settings", "percent", 60),
            NavItem(ctx.gettext("Tax exemptions"), exempt, "tax.rate.view", "Settings", "percent", 61),
        ]

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        values = source.values["tax"]
        country = source.values["address"]["country"]
        included = values["prices_include_tax"]
        settings = {"prices_include_tax": included, "home_country": country}
        await ctx.kernel.settings.save(ctx, "tax", settings, "store")
        wanted = values.get("rates", ())

        async def work(session: AsyncSession) -> None:
            for rate in wanted:
                label = f"{rate['percent']} % {rate['title'][ctx.store.default_locale]}"
                percent = Decimal(rate["percent"])
                await save(ctx, session, RateInput(rate["country"], percent, label))

        await ctx.run(work)
        return [f"{len(wanted)} tax rates"]
