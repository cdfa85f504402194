# SPDX-License-Identifier: Apache-2.0
"""The kernel's own routes: API documents, their viewer, and tokens."""

import orjson
from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.auth.routes import routes as auth_routes
from shopwright.context import Context
from shopwright.http import api_docs
from shopwright.http.openapi import document
from shopwright.http.routing import Caching, RawJson, Route, Routes, Scope

storefront = Routes("kernel", Scope.API)
admin = Routes("kernel", Scope.ADMIN_API)
system = Routes("kernel", Scope.SYSTEM)
_KEPT = Caching(page=3600, browser=60)


@storefront.get("/api/v1/openapi.json", permission=PUBLIC, caching=_KEPT)
async def storefront_openapi(ctx: Context) -> RawJson:
    """Describe the storefront API of this store."""
    return RawJson(orjson.dumps(document(ctx, Scope.API)))


@admin.get("/api/admin/v1/openapi.json", permission=PUBLIC, caching=_KEPT)
async def admin_openapi(ctx: Context) -> RawJson:
    """Describe the admin API of this store."""
    return RawJson(orjson.dumps(document(ctx, Scope.ADMIN_API)))


@system.get("/api/docs", permission=PUBLIC)
async def docs(ctx: Context) -> web.Response:
    """Show the API documents."""
    return api_docs.page(ctx)


def kernel_routes() -> list[Route]:
    """Give the routes that exist in every store."""
    return [*storefront, *admin, *system, *auth_routes]
