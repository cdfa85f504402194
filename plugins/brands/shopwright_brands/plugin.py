# SPDX-License-Identifier: Apache-2.0
"""The brands plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_brands.admin import pages as admin_pages
from shopwright_brands.api import brand_handles
from shopwright_brands.services import read, save
from shopwright_brands.settings import BrandsSettings
from shopwright_brands.views import admin_api, pages
from shopwright_catalog.api import FacetDefinition, FacetSource
from shopwright_catalog.hookspecs import ProductSaved
from shopwright_storefront.api import ProductPage, SitemapSource

_COLUMNS = (
    "handle", "name", "description", "logo", "logo_alt", "seo_title", "seo_description", "translations",
)  # fmt: skip


class Plugin(BasePlugin):
    """The vendors of products, with pages of their own."""

    manifest: ClassVar[Manifest] = Manifest(
        name="brands",
        version="0.1.0",
        title="Brands",
        summary="Brands with pages of their own: the vendors of products, with logo and text.",
        requires=("admin", "catalog", "storefront"),
        settings=BrandsSettings,
        permissions=(
            Permission("brands.brand.view", translatable("See brands")),
            Permission("brands.brand.edit", translatable("Change brands")),
        ),
        pii=(
            *(PiiColumn("brands_brand", column, "none") for column in _COLUMNS),
            PiiColumn("brands_brand_handle", "handle", "none"),
        ),
    )

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *pages.api, *admin_api.routes, *admin_pages.routes]

    @hookimpl
    def sitemap_entries(self) -> Sequence[SitemapSource]:
        return [SitemapSource("brands.brands", pages.in_sitemap)]

    @hookimpl
    async def listing_facets(self, ctx: Context) -> Sequence[FacetSource]:
        # The catalogue counts vendors; where they are brands, customers know them by that name.
        return [FacetSource((FacetDefinition("vendor", ctx.gettext("Brand"), "choice", 20),))]

    @hookimpl
    async def product_saved(self, ctx: Context, event: ProductSaved) -> None:
        await save.of_product(ctx, event.product_id)

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.after_form" or not isinstance(model, ProductPage) or not model.vendor:
            return []
        if ctx.visit is not None:
            ctx.visit.tag(read.TAG)
        handle = (await brand_handles(ctx, [model.vendor])).get(model.vendor)
        return [Fragment("brands/slots/brand.html", {"handle": handle}, priority=150)] if handle else []

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "brands.admin_brands")
        return [NavItem(ctx.gettext("Brands"), path, "brands.brand.view", "Catalogue", "star", 40)]
