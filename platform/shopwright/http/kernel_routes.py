# SPDX-License-Identifier: Apache-2.0
"""The kernel's own routes: API documents, their viewer, and tokens."""

import orjson
from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.auth.routes import routes as auth_routes
from shopwright.context import Context
from shopwright.http.openapi import document
from shopwright.http.responses import page
from shopwright.http.routing import Caching, RawJson, Route, Routes, Scope

storefront = Routes("kernel", Scope.API)
admin = Routes("kernel", Scope.ADMIN_API)
system = Routes("kernel", Scope.SYSTEM)


@storefront.get("/api/v1/openapi.json", permission=PUBLIC, caching=Caching(browser=60))
async def storefront_openapi(ctx: Context) -> RawJson:
    """Describe the storefront API of this store."""
    return RawJson(orjson.dumps(document(ctx, Scope.API)))


@admin.get("/api/admin/v1/openapi.json", permission=PUBLIC, caching=Caching(browser=60))
async def admin_openapi(ctx: Context) -> RawJson:
    """Describe the admin API of this store."""
    return RawJson(orjson.dumps(document(ctx, Scope.ADMIN_API)))


@system.get("/api/docs", permission=PUBLIC)
async def api_docs(ctx: Context) -> web.Response:
    """Show the API documents."""
    return await page(ctx, "kernel/api-docs.html", {"title": f"{ctx.store.name} API"})


def kernel_routes() -> list[Route]:
    return [*storefront, *admin, *system, *auth_routes]
