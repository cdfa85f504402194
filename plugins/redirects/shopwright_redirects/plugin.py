# SPDX-License-Identifier: Apache-2.0
"""The redirects plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin.api import NavItem
from shopwright_catalog.hookspecs import HandleChanged
from shopwright_redirects.admin import pages
from shopwright_redirects.services import redirects
from shopwright_redirects.views import admin_api

_PAGES = {
    "product": "/products/",
    "category": "/categories/",
    "collection": "/collections/",
    "brand": "/brands/",
}
_COLUMNS = ("source", "target", "origin")


class Plugin(BasePlugin):
    """Old addresses lead to new ones."""

    manifest: ClassVar[Manifest] = Manifest(
        name="redirects",
        version="0.1.0",
        title="Redirects",
        summary="Old addresses lead to new ones: by themselves when a product is renamed, and by hand.",
        requires=("admin", "catalog"),
        permissions=(
            Permission("redirects.redirect.view", "See redirects"),
            Permission("redirects.redirect.edit", "Change redirects"),
        ),
        pii=tuple(PiiColumn("redirects_redirect", column, "none") for column in _COLUMNS),
    )

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *admin_api.routes]

    @hookimpl
    async def url_resolve(self, ctx: Context, path: str) -> str | None:
        return await redirects.find(ctx, path)

    @hookimpl
    async def handle_changed(self, ctx: Context, event: HandleChanged) -> None:
        folder = _PAGES.get(event.kind)
        if folder is not None:
            await redirects.renamed(ctx, f"{folder}{event.before}", f"{folder}{event.after}")

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "redirects.admin_redirects")
        return [NavItem(ctx.gettext("Redirects"), path, "redirects.redirect.view", "Store", "arrow", 40)]
