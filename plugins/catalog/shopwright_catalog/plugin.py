# SPDX-License-Identifier: Apache-2.0
"""The catalogue plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.jobs import Job, Schedule
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin.api import NavItem
from shopwright_catalog import checks, hookspecs, jobs
from shopwright_catalog.admin import bulk_pages, category_pages, pages
from shopwright_catalog.api import ProductType
from shopwright_catalog.services import field_entities, kinds
from shopwright_catalog.views import admin_api, api, bulk_api

_TEXTS = {
    "catalog_product": (
        "markets",
        "handle", "title", "description_html", "vendor", "product_type", "kind", "tags", "seo_title", "seo_description",
        "option_names", "translations", "fingerprint",
    ),
    "catalog_product_handle": ("handle",),
    "catalog_category_handle": ("handle",),
    "catalog_facet_value": ("key", "value"),
    "catalog_image": ("source", "alt"),
    "catalog_rendition": ("source", "state", "reason"),
    "catalog_variant": ("sku", "barcode", "options", "tax_category", "image_source"),
    "catalog_category_product": ("title",),
    "catalog_bulk_edit": ("action", "value", "state"),
    "catalog_bulk_item": ("state", "reason", "before", "after"),
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
            Permission("catalog.category.view", "See categories"),
            Permission("catalog.category.edit", "Change categories"),
        ),
        pii=tuple(
            PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns
        ),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *api.routes,
            *bulk_api.routes,
            *admin_api.routes,
            *bulk_pages.routes,
            *pages.routes,
            *category_pages.routes,
        ]

    @hookimpl
    def product_types(self) -> Sequence[ProductType]:
        return kinds.BUILT_IN

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.make_renditions, jobs.turn_publication, jobs.run_bulk_edit, jobs.refill_category]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return [jobs.hourly, jobs.every_five_minutes]

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks

    @hookimpl(optionalhook=True)
    def custom_field_entities(self) -> Sequence[Any]:
        return field_entities.ENTITIES

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        products, categories = url(ctx, "catalog.admin_products"), url(ctx, "catalog.admin_categories")
        return [
            NavItem(ctx.gettext("Products"), products, "catalog.product.view", "Catalogue", "box", 10),
            NavItem(ctx.gettext("Categories"), categories, "catalog.category.view", "Catalogue", "list", 20),
        ]
