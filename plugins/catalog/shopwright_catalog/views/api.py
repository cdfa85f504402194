# SPDX-License-Identifier: Apache-2.0
"""The catalogue in the storefront API."""

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Caching, Routes, Scope
from shopwright_catalog.api import CategoryInfo, ProductInfo
from shopwright_catalog.api.facets import Facets, ListingPart
from shopwright_catalog.services import facets, read_cards, read_categories, read_product
from shopwright_catalog.views.bodies import FacetQuery, ProductPage, ProductQuery

routes = Routes("catalog", Scope.API)


@routes.get("/api/v1/products", permission=PUBLIC, caching=Caching(page=60, unless=frozenset({"filter"})))
async def list_products(ctx: Context, query: ProductQuery) -> ProductPage:
    """List published products; ``fields`` names the ones that are wanted, separated by commas."""
    found = await read_cards.page(
        ctx,
        ids=None,
        category=query.category,
        sort=query.sort,
        cursor=query.cursor,
        limit=query.limit,
        filters=query.filter,
    )
    if ctx.visit is not None:
        ctx.visit.tag("catalog.products")
    return ProductPage(found.cards, found.total, found.next_cursor)


@routes.get("/api/v1/products/facets", permission=PUBLIC)
async def list_facets(ctx: Context, query: FacetQuery) -> Facets:
    """Count by what published products can be narrowed: the filters of ``/api/v1/products``."""
    known = query.category is None or any(
        query.category in x.handles.values() for x in await read_categories.visible(ctx)
    )
    name = f"category:{query.category or ''}" if known else ""
    return await facets.count(ctx, ListingPart(query.category, name=name), query.filter)


@routes.get("/api/v1/products/{handle}", permission=PUBLIC, caching=Caching(page=60))
async def get_product(ctx: Context, handle: str) -> ProductInfo:
    """Give a published product by handle."""
    found = await read_product.by_handle(ctx, handle)
    if found is None:
        raise NotFound("There is no such product.")
    if ctx.visit is not None:
        ctx.visit.tag(f"catalog.product:{found.id}")
    return found


@routes.get("/api/v1/categories", permission=PUBLIC, caching=Caching(page=60))
async def list_categories(ctx: Context) -> tuple[CategoryInfo, ...]:
    """List the store's categories."""
    if ctx.visit is not None:
        ctx.visit.tag("catalog.categories")
    return await read_categories.visible(ctx)
