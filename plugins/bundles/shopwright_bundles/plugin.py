# SPDX-License-Identifier: Apache-2.0
"""The plugin of bundles: its manifest and its hook implementations."""

from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import Card, NavItem
from shopwright_bundles.admin import pages as admin_pages
from shopwright_bundles.services import bundles, news, pricing, shown, stock
from shopwright_bundles.views import admin_api, api
from shopwright_catalog.api import Availability, PriceOffer, PriceRequest, ProductType, VariantInfo
from shopwright_catalog.hookspecs import ProductDeleted, ProductSaved
from shopwright_checkout.api import Cart, Stage, Totals
from shopwright_inventory.api import Demand
from shopwright_inventory.hookspecs import StockChanged
from shopwright_storefront.api import ProductPage


class Plugin(BasePlugin):
    """Products made of other products: fixed bundles with the stock of their components."""

    manifest: ClassVar[Manifest] = Manifest(
        name="bundles",
        version="0.1.0",
        title="Bundles",
        summary="Products made of other products: fixed bundles with the stock of their components.",
        requires=("admin", "catalog", "checkout", "inventory", "storefront"),
        permissions=(
            Permission("bundles.bundle.view", translatable("See what bundles are made of")),
            Permission("bundles.bundle.edit", translatable("Change what bundles are made of")),
        ),
        pii=(PiiColumn("bundles_bundle", "pricing", "none"),),
    )

    @hookimpl
    def product_types(self) -> Sequence[ProductType]:
        return [bundles.KIND]

    @hookimpl
    async def stock_demand(
        self, ctx: Context, value: Sequence[Demand], session: AsyncSession
    ) -> Sequence[Demand] | None:
        return await stock.expand(session, value)

    @hookimpl
    async def stock_available(
        self, ctx: Context, value: Mapping[UUID, Availability], variant_ids: Sequence[UUID]
    ) -> Mapping[UUID, Availability] | None:
        return await stock.available(ctx, value, variant_ids)

    @hookimpl
    async def price_candidates(self, ctx: Context, requests: Sequence[PriceRequest]) -> Sequence[PriceOffer]:
        return await pricing.offers(ctx, requests)

    @hookimpl
    async def cart_item_add(
        self, ctx: Context, cart: Cart, variant: VariantInfo, quantity: int
    ) -> Sequence[Rejection]:
        return await stock.too_much(ctx, cart, variant, quantity)

    @hookimpl
    async def cart_process(self, ctx: Context, value: Totals, stage: Stage) -> Totals | None:
        return await shown.in_cart(ctx, value) if stage == "discounts" else None

    @hookimpl
    async def order_validate(self, ctx: Context, totals: Totals) -> Sequence[Rejection]:
        return await stock.objections(ctx, totals)

    @hookimpl
    async def stock_changed(self, ctx: Context, event: StockChanged) -> None:
        await news.component_changed(ctx, variant_id=event.variant_id)

    @hookimpl
    async def product_saved(self, ctx: Context, event: ProductSaved) -> None:
        await news.component_changed(ctx, product_id=event.product_id)

    @hookimpl
    async def product_deleted(self, ctx: Context, event: ProductDeleted) -> None:
        await news.component_changed(ctx, product_id=event.product_id)

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.after_price" or not isinstance(model, ProductPage):
            return []
        if model.kind != bundles.KIND.code:
            return []
        found = await shown.parts(ctx, [variant.id for variant in model.variants])
        groups = [(variant.title, found[variant.id]) for variant in model.variants if found.get(variant.id)]
        return [Fragment("bundles/slots/parts.html", {"groups": groups})] if groups else []

    @hookimpl
    async def admin_slot(self, ctx: Context, zone: str, subject: object) -> Sequence[Card]:
        return await admin_pages.cards(ctx, zone, subject)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*api.routes, *admin_pages.routes, *admin_api.routes]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "bundles.admin_bundles")
        return [NavItem(ctx.gettext("Bundles"), path, "bundles.bundle.view", "Catalogue", "box", 30)]
