# SPDX-License-Identifier: Apache-2.0
"""The pages of brands, and brands in the storefront API."""

from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import BadRequest, FieldError
from shopwright.http.responses import page, themed_page, url
from shopwright.http.routing import Caching, Routes, Scope
from shopwright_brands.api import BrandInfo
from shopwright_brands.services import read
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ListingPart, Sort
from shopwright_storefront.api import (
    FILTERING,
    Crumb,
    FilterQuery,
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

routes = Routes("brands", Scope.STOREFRONT)
api = Routes("brands", Scope.API)
SIZE = 24
COUNTED = 1000


class BrandQuery(FilterQuery):
    """How the products of a brand are ordered and narrowed, and where they go on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sort: Sort = "featured"
    cursor: str = Field(default="", max_length=2000)


class BrandsQuery(BaseModel):
    """Where the list of brands goes on: ``after`` is a cursor of ours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: str = Field(default="", max_length=600)
    limit: int = Field(default=50, ge=1, le=100)


@dataclass(frozen=True, slots=True)
class BrandsPage:
    """One page of brands; ``next_cursor`` is empty on the last one."""

    items: tuple[BrandInfo, ...]
    next_cursor: str


@routes.get("/brands", permission=PUBLIC, caching=Caching(page=600))
async def brands(ctx: Context, query: BrandsQuery) -> web.Response:
    """List the brands of the store."""
    assert ctx.visit is not None
    ctx.visit.tag(read.TAG, "storefront")
    found, following = await _page(ctx, query.cursor, query.limit)
    base = url(ctx, "brands.brands")
    values = {
        "title": ctx.gettext("Brands"), "brands": found,
        "next_url": f"{base}?{urlencode({'cursor': following})}" if following else "",
        "previous_url": base if query.cursor else "",
        "breadcrumbs": (Crumb(ctx.store.name, url(ctx, "storefront.home")), Crumb(ctx.gettext("Brands"))),
    }  # fmt: skip
    return await page(ctx, "brands/index.html", values)


@routes.get("/brands/{handle}", permission=PUBLIC, caching=Caching(page=600, unless=FILTERING))
async def brand(ctx: Context, handle: str, query: BrandQuery) -> web.Response:
    """Show a brand with its products."""
    assert ctx.visit is not None
    found = await read.by_handle(ctx, handle)
    if found.handle != handle:
        return moved(ctx, query, "brands.brand", found.handle)
    base = url(ctx, "brands.brand", handle=handle)
    kept = [("sort", query.sort if query.sort != "featured" else "")]
    ctx.visit.tag(read.TAG, "catalog.products", "storefront")
    part = ListingPart(fixed=(f"vendor:{found.name}",), name=f"brand:{found.id}")
    filters = [*part.fixed, *query.filter]
    cards = await catalog.cards(ctx, sort=query.sort, cursor=query.cursor, limit=SIZE, filters=filters)
    ctx.visit.tag(*(f"catalog.product:{card.id}" for card in cards.cards))
    crumbs = (
        Crumb(ctx.store.name, url(ctx, "storefront.home")),
        Crumb(ctx.gettext("Brands"), url(ctx, "brands.brands")),
        Crumb(found.name),
    )
    model = ListingPage(
        title=found.name,
        description=found.description,
        picture=found.logo,
        cards=product_cards(ctx, cards.cards),
        total=min(cards.total, COUNTED),
        is_counted=cards.total <= COUNTED,
        previous_url=_link(base, query, query.sort, cards.previous_cursor) if cards.previous_cursor else "",
        next_url=_link(base, query, query.sort, cards.next_cursor) if cards.next_cursor else "",
        breadcrumbs=crumbs,
        sorts=tuple(
            SortChoice(code, _label(ctx, code), _link(base, query, code, ""), code == query.sort)
            for code in get_args(Sort)
        ),
        filters=await filter_panel(ctx, part, base, kept, query.filter),
    )
    title, description = found.seo_title or found.name, found.seo_description or found.description[:300]
    urls = addresses(ctx, "brands.brand", found.handles)
    return await themed_page(
        ctx, "storefront/listing", model, title=title, description=description, locale_urls=urls
    )


@api.get("/api/v1/brands", permission=PUBLIC, caching=Caching(page=600))
async def list_brands(ctx: Context, query: BrandsQuery) -> BrandsPage:
    """List the brands by name; their products are ``/api/v1/products?filter=vendor:<name>``."""
    if ctx.visit is not None:
        ctx.visit.tag(read.TAG)
    found, following = await _page(ctx, query.cursor, query.limit)
    return BrandsPage(tuple(found), following)


@api.get("/api/v1/brands/{handle}", permission=PUBLIC, caching=Caching(page=600))
async def get_brand(ctx: Context, handle: str) -> BrandInfo:
    """Give a brand; its products are ``/api/v1/products?filter=vendor:<name>``."""
    if ctx.visit is not None:
        ctx.visit.tag(read.TAG)
    return await read.by_handle(ctx, handle)


async def in_sitemap(ctx: Context, after: str, limit: int) -> SitemapPage:
    """Give brands for the sitemap, and with the first of them the page of all."""
    found, following = await _page(ctx, after, limit)
    entries = [] if after else [SitemapEntry(ctx.kernel.routes.path_of("brands.brands", {}))]
    entries += [SitemapEntry.of(ctx, "brands.brand", x.handles) for x in found]
    return SitemapPage(entries, following)


async def _page(ctx: Context, cursor: str, limit: int) -> tuple[list[BrandInfo], str]:
    """Give a page of brands, and the cursor of the next one: an id and the name it stands after."""
    after = None
    if cursor:
        id_, _, name = cursor.partition(" ")
        try:
            after = name, UUID(id_)
        except ValueError:
            words = "This cursor is not one of ours; begin again without a cursor."
            raise BadRequest(words, errors=[FieldError("/cursor", "unknown_cursor", words)]) from None
    found = await read.visible(ctx, after=after, limit=limit + 1)
    shown = found[:limit]
    return shown, f"{shown[-1].id} {shown[-1].name}" if len(found) > limit else ""


def _link(base: str, query: BrandQuery, sort: str, cursor: str) -> str:
    pairs = [("sort", sort if sort != "featured" else ""), ("cursor", cursor)]
    return listing_address(base, pairs, query.filter)


def _label(ctx: Context, sort: Sort) -> str:
    return {
        "featured": ctx.gettext("Featured"),
        "newest": ctx.gettext("Newest"),
        "price": ctx.gettext("Price, low to high"),
        "price_desc": ctx.gettext("Price, high to low"),
        "title": ctx.gettext("Name"),
    }[sort]
