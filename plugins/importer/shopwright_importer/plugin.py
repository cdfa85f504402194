# SPDX-License-Identifier: Apache-2.0
"""The importer plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar

from shopwright.context import Context
from shopwright.hookspecs import Command, DemoSource
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.jobs import Job, Schedule
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin.api import NavItem
from shopwright_importer import jobs
from shopwright_importer.admin import exports, imports_api, pages
from shopwright_importer.commands import app, export_app
from shopwright_importer.services import demo

_TEXTS = {
    "importer_run": ("fingerprint", "file_name", "path", "state", "counts", "message", "values"),
    "importer_finding": ("kind", "handle", "code", "message", "values"),
    "importer_picture": ("address", "digest", "state", "code", "words", "values", "source"),
    "importer_wanted": ("handle",),
    "importer_stock": ("handle", "counted"),
}


class Plugin(BasePlugin):
    """Takes in product files of other platforms."""

    manifest: ClassVar[Manifest] = Manifest(
        name="importer",
        version="0.1.0",
        title="Importer",
        summary="Takes in product files of other platforms.",
        requires=("admin", "catalog", "inventory"),
        hosts=("*",),
        permissions=(
            Permission("importer.run.edit", "Import files"),
            Permission("importer.export.view", "Export products"),
        ),
        pii=tuple(
            PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns
        ),
    )

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *exports.pages, *exports.api, *imports_api.routes]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.take_in, jobs.fetch_pictures, jobs.export]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return [jobs.hourly]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "importer.admin_import")
        export = url(ctx, "importer.admin_export")
        return [
            NavItem(ctx.gettext("Import"), path, "importer.run.edit", "Catalogue", "upload", 90),
            NavItem(ctx.gettext("Export"), export, "importer.export.view", "Catalogue", "download", 91),
        ]

    @hookimpl
    def register_commands(self) -> Sequence[Command]:
        return [Command("importer.import", app), Command("importer.export", export_app)]

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        return await demo.load(ctx, source)
