# SPDX-License-Identifier: Apache-2.0
"""The storefront plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.context import Context
from shopwright.hookspecs import DemoSource
from shopwright.http.routing import Route
from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment, Slot
from shopwright_storefront import hookspecs
from shopwright_storefront.api import ProductPage, SitemapSource
from shopwright_storefront.services import pages as page_models
from shopwright_storefront.services import sitemap_sources
from shopwright_storefront.services.demo import load
from shopwright_storefront.settings import StorefrontSettings
from shopwright_storefront.views import files, filtering, pages


class Plugin(BasePlugin):
    """Home, category and product pages, and the slots other plugins fill."""

    manifest: ClassVar[Manifest] = Manifest(
        name="storefront",
        version="0.1.0",
        title="Storefront",
        summary="Home, category and product pages, and the slots other plugins fill.",
        requires=("catalog",),
        settings=StorefrontSettings,
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *filtering.routes, *files.routes]

    @hookimpl
    def register_slots(self) -> Sequence[Slot]:
        return [
            Slot("storefront.product.after_price", "Below the price of a product", ProductPage),
            Slot("storefront.product.after_form", "Below the button that adds to the cart", ProductPage),
            Slot("storefront.product.end", "Below everything a product's page tells of it", ProductPage),
        ]

    @hookimpl
    def sitemap_entries(self) -> Sequence[SitemapSource]:
        return sitemap_sources.SOURCES

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str) -> Sequence[Fragment]:
        if slot == "header.navigation":
            return [
                Fragment(
                    "storefront/slots/categories.html", {"categories": await page_models.navigation(ctx)}
                )
            ]
        return []

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        return await load(ctx, source)
