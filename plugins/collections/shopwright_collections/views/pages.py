# SPDX-License-Identifier: Apache-2.0
"""A collection's page, and collections in the storefront API."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.http.responses import themed_page, url
from shopwright.http.routing import Caching, Routes, Scope
from shopwright_catalog import api as catalog
from shopwright_catalog.api import CardInfo, ListingFilter, ListingPart
from shopwright_collections.api import ORDERS, CollectionInfo, Order
from shopwright_collections.services import read
from shopwright_collections.services.save import TAG
from shopwright_storefront.api import (
    FILTERING,
    Crumb,
    ListingPage,
    SitemapEntry,
    SitemapPage,
    SortChoice,
    addresses,
    filter_panel,
    listing_address,
    moved,
    product_cards,
)

routes = Routes("collections", Scope.STOREFRONT)
api = Routes("collections", Scope.API)
SIZE = 24


class CollectionQuery(BaseModel):
    """How a collection is ordered and narrowed, and where it goes on; without an order, its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sort: Literal["", "manual", "newest", "price", "price_desc", "title"] = ""
    cursor: str = Field(default="", max_length=2000)
    limit: int = Field(default=SIZE, ge=1, le=100)
    filter: tuple[str, ...] = Field(default=(), max_length=20)


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A collection with one page of its products; ``next_cursor`` is empty on the last one."""

    id: UUID
    handle: str
    title: str
    description: str
    items: tuple[CardInfo, ...]
    total: int
    next_cursor: str


@routes.get("/collections/{handle}", permission=PUBLIC, caching=Caching(page=600, unless=FILTERING))
async def collection(ctx: Context, handle: str, query: CollectionQuery) -> web.Response:
    """Show the products of a collection."""
    assert ctx.visit is not None
    known = await read.by_handle(ctx, handle)
    if known.handle != handle:
        return moved(ctx, query, "collections.collection", known.handle)
    base = url(ctx, "collections.collection", handle=handle)
    found, shown, next_cursor, total = await _page(ctx, known, query)
    ctx.visit.tag(TAG, f"collections.collection:{found.id}", "catalog.categories", "storefront")
    ctx.visit.tag(*(f"catalog.product:{card.id}" for card in shown))
    order = query.sort or found.order
    within = ListingFilter("", read.MEMBERS, (found.id,))
    part = ListingPart(within=within, name=f"collection:{found.id}")
    model = ListingPage(
        title=found.title,
        description=found.description,
        picture=None,
        cards=product_cards(ctx, shown),
        total=min(total, 1000),
        is_counted=total <= 1000,
        previous_url=_link(base, query, query.sort, "") if query.cursor else "",
        next_url=_link(base, query, query.sort, next_cursor) if next_cursor else "",
        breadcrumbs=(Crumb(ctx.store.name, url(ctx, "storefront.home")), Crumb(found.title)),
        sorts=tuple(
            SortChoice(code, order_label(ctx, code), _link(base, query, code, ""), code == order)
            for code in ORDERS
        ),
        filters=await filter_panel(ctx, part, base, [("sort", query.sort)], query.filter),
    )
    return await themed_page(
        ctx,
        "storefront/listing",
        model,
        title=found.title,
        description=found.description,
        locale_urls=addresses(ctx, "collections.collection", found.handles),
    )


async def in_sitemap(ctx: Context, after: str, limit: int) -> SitemapPage:
    """Give all collections for the sitemap at once: they are few."""
    del after, limit
    found = await read.visible(ctx)
    return SitemapPage([SitemapEntry.of(ctx, "collections.collection", x.handles) for x in found])


@api.get("/api/v1/collections", permission=PUBLIC)
async def list_collections(ctx: Context) -> tuple[CollectionInfo, ...]:
    """Give the collections in their order."""
    return await read.visible(ctx)


@api.get("/api/v1/collections/{handle}", permission=PUBLIC)
async def get_collection(ctx: Context, handle: str, query: CollectionQuery) -> CollectionPage:
    """Give a collection with one page of its products."""
    found, shown, next_cursor, total = await _page(ctx, await read.by_handle(ctx, handle), query)
    return CollectionPage(found.id, found.handle, found.title, found.description, shown, total, next_cursor)


async def _page(
    ctx: Context, found: CollectionInfo, query: CollectionQuery
) -> tuple[CollectionInfo, tuple[CardInfo, ...], str, int]:
    page = await read.products(
        ctx, found.id, query.sort or found.order, query.cursor, query.limit, query.filter
    )
    shown = (await catalog.cards(ctx, ids=page.ids)).cards if page.ids else ()
    return found, shown, page.next_cursor, page.total


def _link(base: str, query: CollectionQuery, sort: str, cursor: str) -> str:
    return listing_address(base, [("sort", sort), ("cursor", cursor)], query.filter)


def order_label(ctx: Context, order: Order) -> str:
    """Say how a collection is ordered."""
    return {
        "manual": ctx.gettext("Featured"),
        "newest": ctx.gettext("Newest"),
        "price": ctx.gettext("Price, low to high"),
        "price_desc": ctx.gettext("Price, high to low"),
        "title": ctx.gettext("Name"),
    }[order]
