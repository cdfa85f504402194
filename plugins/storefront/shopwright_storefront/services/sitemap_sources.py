# SPDX-License-Identifier: Apache-2.0
"""What the storefront has in the sitemap: its first page, the list of products, categories, and products."""

from uuid import UUID

from shopwright.context import Context
from shopwright_catalog import api as catalog
from shopwright_storefront.api import SitemapEntry, SitemapPage, SitemapSource


async def _pages(ctx: Context, after: str, limit: int) -> SitemapPage:
    del after, limit
    paths = ctx.kernel.routes.path_of
    entries = [
        SitemapEntry(paths("storefront.home", {})),
        SitemapEntry(paths("storefront.products", {})),
        *(SitemapEntry.of(ctx, "storefront.category", c.handles) for c in await catalog.categories(ctx)),
    ]
    return SitemapPage(entries)


async def _products(ctx: Context, after: str, limit: int) -> SitemapPage:
    found = await catalog.published_handles(ctx, after=UUID(after) if after else None, limit=limit)
    entries = [SitemapEntry.of(ctx, "storefront.product", x.handles, x.updated_at) for x in found]
    return SitemapPage(entries, str(found[-1].id) if len(found) == limit else "")


async def _starts(ctx: Context, size: int) -> list[str]:
    return [str(id_ or "") for id_ in await catalog.published_starts(ctx, size)]


SOURCES = (
    SitemapSource("storefront.pages", _pages),
    SitemapSource("storefront.products", _products, _starts),
)
