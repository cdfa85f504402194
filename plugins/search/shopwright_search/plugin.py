# SPDX-License-Identifier: Apache-2.0
"""The search plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar

from shopwright.context import Context
from shopwright.hookspecs import PluginSwitched
from shopwright.http.routing import Route
from shopwright.jobs import Job
from shopwright.plugin import Manifest, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_catalog.hookspecs import ProductDeleted, ProductSaved
from shopwright_search import jobs
from shopwright_search.services import index
from shopwright_search.views import pages


class Plugin(BasePlugin):
    """Full-text search in PostgreSQL, fast for every store."""

    manifest: ClassVar[Manifest] = Manifest(
        name="search",
        version="0.1.0",
        title="Search",
        summary="Full-text search in PostgreSQL, fast for every store.",
        requires=("admin", "catalog", "storefront"),
        pii=tuple(
            PiiColumn(table, column, "none")
            for table, columns in {
                "search_document": ("locale", "title"),
                "search_word": ("locale", "word"),
            }.items()
            for column in columns
        ),
    )

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *pages.api]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.reindex]

    @hookimpl
    async def product_saved(self, ctx: Context, event: ProductSaved) -> None:
        await index.index_product(ctx, event.product_id, event.handle)

    @hookimpl
    async def product_deleted(self, ctx: Context, event: ProductDeleted) -> None:
        await index.index_product(ctx, event.product_id, event.handle)

    @hookimpl
    async def plugin_enabled(self, ctx: Context, event: PluginSwitched) -> None:
        if event.plugin == "search":
            await index.index_all(ctx)
