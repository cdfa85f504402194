# SPDX-License-Identifier: Apache-2.0
"""The files that search engines ask for: robots.txt and the sitemap."""

import gzip

from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.http.routing import Caching, Routes, Scope
from shopwright_storefront.services import sitemap

routes = Routes("storefront", Scope.STOREFRONT)
_KEPT = Caching(browser=sitemap.KEPT)


@routes.get("/robots.txt", permission=PUBLIC, caching=_KEPT)
async def robots(ctx: Context) -> web.Response:
    """Tell search engines what to leave alone, and where the sitemap is."""
    path = ctx.kernel.routes.path_of("storefront.sitemap_index", {})
    address = ctx.kernel.config.url_of(ctx.store.hosts[0], path)
    return web.Response(text=f"User-agent: *\nDisallow: /admin\nDisallow: /api/\n\nSitemap: {address}\n")


@routes.get("/sitemap.xml", permission=PUBLIC, caching=_KEPT)
async def sitemap_index(ctx: Context) -> web.Response:
    """Give the index of the sitemap."""
    return _xml(await sitemap.index(ctx))


@routes.get("/sitemap-{part}.xml", permission=PUBLIC, caching=_KEPT)
async def sitemap_part(ctx: Context, request: web.Request, part: str) -> web.Response:
    """Give a part of the sitemap."""
    packed = await sitemap.part(ctx, part)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return _xml(gzip.decompress(packed))
    response = _xml(packed)
    response.headers["Content-Encoding"] = "gzip"
    return response


def _xml(body: bytes) -> web.Response:
    headers = {"Content-Type": "application/xml; charset=utf-8", "Vary": "Accept-Encoding"}
    return web.Response(body=body, headers=headers)
