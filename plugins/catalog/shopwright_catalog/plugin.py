# SPDX-License-Identifier: Apache-2.0
"""The catalogue plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin.api import NavItem
from shopwright_catalog import checks, hookspecs
from shopwright_catalog.admin import pages
from shopwright_catalog.views import api

_TEXTS = {
    "catalog_product": (
        "handle", "title", "description_html", "vendor", "product_type", "tags", "seo_title", "seo_description",
        "option_names", "translations", "fingerprint",
    ),
    "catalog_image": ("source", "alt"),
    "catalog_variant": ("sku", "barcode", "options", "tax_category", "image_source"),
    "catalog_category": ("handle", "title", "description", "image_source", "image_alt", "translations"),
}  # fmt: skip


class Plugin(BasePlugin):
    """Products with options and variants, categories, images and publication."""

    manifest: ClassVar[Manifest] = Manifest(
        name="catalog",
        version="0.1.0",
        title="Catalogue",
        summary="Products with options and variants, categories, images and publication.",
        requires=("admin",),
        permissions=(
            Permission("catalog.product.view", "See products"),
            Permission("catalog.product.edit", "Change products"),
        ),
        pii=tuple(
            PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns
        ),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*api.api, *api.admin_api, *pages.routes]

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "catalog.admin_products")
        return [NavItem(ctx.gettext("Products"), path, "catalog.product.view", "Catalogue", "box", 10)]
