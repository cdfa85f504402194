# SPDX-License-Identifier: Apache-2.0
"""The collections plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from shopwright.context import Context
from shopwright.hookspecs import PluginSwitched
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.jobs import Job, Schedule
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin.api import NavItem
from shopwright_catalog.api import ProductGroup
from shopwright_catalog.hookspecs import ProductDeleted, ProductSaved
from shopwright_collections import hookspecs, jobs
from shopwright_collections.admin import pages as admin_pages
from shopwright_collections.api import ConditionKind, collections_of
from shopwright_collections.services import field_entities, kinds, members
from shopwright_collections.views import admin_api, pages
from shopwright_storefront.api import SitemapSource

_TEXTS = {
    "collections_collection": ("handle", "title", "description", "sorting", "match", "conditions", "translations"),
    "collections_collection_handle": ("handle",),
    "collections_member": ("title",),
}  # fmt: skip


class Plugin(BasePlugin):
    """Collections of products: hand-picked, or by rules."""

    manifest: ClassVar[Manifest] = Manifest(
        name="collections",
        version="0.1.0",
        title="Collections",
        summary="Collections of products: hand-picked, or by rules.",
        requires=("admin", "catalog", "storefront"),
        permissions=(
            Permission("collections.collection.view", "See collections"),
            Permission("collections.collection.edit", "Change collections"),
        ),
        pii=tuple(
            PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns
        ),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *pages.api, *admin_api.routes, *admin_pages.routes]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.refresh]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return [jobs.daily]

    @hookimpl
    def collection_conditions(self) -> Sequence[ConditionKind]:
        return kinds.KINDS

    @hookimpl(optionalhook=True)
    def custom_field_entities(self) -> Sequence[Any]:
        return field_entities.ENTITIES

    @hookimpl
    def sitemap_entries(self) -> Sequence[SitemapSource]:
        return [SitemapSource("collections.collections", pages.in_sitemap)]

    @hookimpl
    async def product_groups(self, ctx: Context, product_ids: Sequence[UUID]) -> Sequence[ProductGroup]:
        members: dict[str, set[UUID]] = {}
        for product_id, handles in (await collections_of(ctx, product_ids)).items():
            for handle in handles:
                members.setdefault(handle, set()).add(product_id)
        return [ProductGroup(f"collection:{handle}", frozenset(ids)) for handle, ids in members.items()]

    @hookimpl
    async def product_saved(self, ctx: Context, event: ProductSaved) -> None:
        await members.refresh_products(ctx, [event.product_id])

    @hookimpl
    async def product_deleted(self, ctx: Context, event: ProductDeleted) -> None:
        await members.refresh_products(ctx, [event.product_id])

    @hookimpl
    async def plugin_enabled(self, ctx: Context, event: PluginSwitched) -> None:
        # Products may have changed while this plugin was off, or conditions of another one came back.
        await members.refresh_all(ctx, None)

    @hookimpl
    async def plugin_disabled(self, ctx: Context, event: PluginSwitched) -> None:
        if event.plugin != "collections":
            await members.refresh_all(ctx, None)

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "collections.admin_collections")
        return [
            NavItem(
                ctx.gettext("Collections"), path, "collections.collection.view", "Catalogue", "layers", 30
            )
        ]
