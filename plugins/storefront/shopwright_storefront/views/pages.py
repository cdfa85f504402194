# SPDX-License-Identifier: Apache-2.0
"""The pages for customers: home, listings, products."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.responses import themed_page
from shopwright.http.routing import Caching, Routes, Scope
from shopwright_catalog import api as catalog
from shopwright_catalog.api import Sort
from shopwright_storefront.api import FILTERING, FilterQuery, addresses, moved
from shopwright_storefront.services import pages

routes = Routes("storefront", Scope.STOREFRONT)
KEPT = Caching(page=600)
LISTED = Caching(page=600, unless=FILTERING)


class ListingQuery(FilterQuery):
    """How a listing is ordered and narrowed, and where it goes on."""

    sort: Sort = "featured"
    cursor: str = ""


class ProductQuery(BaseModel):
    """Which variant to show first."""

    variant: str = ""


@routes.get("/", permission=PUBLIC, caching=KEPT)
async def home(ctx: Context) -> web.Response:
    """Show the first page of the store."""
    return await _page(ctx, "storefront/home", await pages.home(ctx), title=ctx.store.name)


@routes.get("/products", permission=PUBLIC, caching=LISTED)
async def products(ctx: Context, query: ListingQuery) -> web.Response:
    """List all products."""
    model = await pages.listing(
        ctx, category=None, sort=query.sort, cursor=query.cursor, filters=query.filter
    )
    return await _page(ctx, "storefront/listing", model, title=model.title)


@routes.get("/categories/{handle}", permission=PUBLIC, caching=LISTED)
async def category(ctx: Context, handle: str, query: ListingQuery) -> web.Response:
    """List the products of a category."""
    found = await pages.category(ctx, handle)
    if found is None:
        raise NotFound("There is no such category.")
    if found.handle != handle:
        return moved(ctx, query, "storefront.category", found.handle)
    model = await pages.listing(
        ctx, category=found, sort=query.sort, cursor=query.cursor, filters=query.filter
    )
    urls = addresses(ctx, "storefront.category", found.handles)
    return await _page(
        ctx, "storefront/listing", model, title=model.title, description=model.description, locale_urls=urls
    )


@routes.get("/products/{handle}", permission=PUBLIC, caching=KEPT)
async def product(ctx: Context, handle: str, query: ProductQuery) -> web.Response:
    """Show a product."""
    found = await catalog.product(ctx, handle)
    if found is None:
        raise NotFound("There is no such product.")
    if found.handle != handle:
        return moved(ctx, query, "storefront.product", found.handle)
    assert ctx.visit is not None
    ctx.visit.tag(f"catalog.product:{found.id}")
    model = await pages.product(ctx, found, query.variant)
    return await _page(
        ctx,
        "storefront/product",
        model,
        title=found.seo_title,
        description=found.seo_description,
        locale_urls=addresses(ctx, "storefront.product", found.handles),
    )


async def _page(
    ctx: Context,
    name: str,
    model: Any,
    *,
    title: str,
    description: str = "",
    locale_urls: Sequence[tuple[str, str]] = (),
) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.tag("catalog.categories", "storefront")
    return await themed_page(ctx, name, model, title=title, description=description, locale_urls=locale_urls)
