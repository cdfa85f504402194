# SPDX-License-Identifier: Apache-2.0
"""The search page, and the search of the storefront API."""

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.http.responses import page, url
from shopwright.http.routing import Routes, Scope
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_search.services.find import COUNTED, find, part_of
from shopwright_storefront.api import filter_panel, product_cards

routes = Routes("search", Scope.STOREFRONT)
api = Routes("search", Scope.API)


class SearchQuery(BaseModel):
    """What is looked for, and behind which filters."""

    q: str = Field(default="", max_length=200)
    filter: tuple[str, ...] = Field(default=(), max_length=20)


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that was found."""

    id: UUID
    handle: str
    title: str
    price: Money
    available: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """Products that were found, best first."""

    items: list[Hit]
    total: int
    """Counted up to 1,001."""
    suggestion: str


@routes.get("/search", permission=PUBLIC)
async def search(ctx: Context, query: SearchQuery) -> web.Response:
    """Show the products that were found."""
    base, kept = url(ctx, "search.search"), [("q", query.q)]
    found = await find(ctx, query.q, query.filter)
    part = part_of(ctx, query.q) if found.ids or query.filter else None
    shown = await catalog.cards(ctx, ids=found.ids)
    values = {
        "query": query.q,
        "cards": product_cards(ctx, shown.cards),
        "total": min(found.total, COUNTED),
        "is_counted": found.total <= COUNTED,
        "suggestion": found.suggestion,
        "filters": await filter_panel(ctx, part, base, kept, query.filter) if part else None,
        "title": ctx.gettext("Search"),
    }
    return await page(ctx, "search/results.html", values)


@api.get("/api/v1/search", permission=PUBLIC)
async def search_products(ctx: Context, query: SearchQuery) -> Hits:
    """Find products by words."""
    found = await find(ctx, query.q, query.filter)
    shown = await catalog.cards(ctx, ids=found.ids)
    items = [Hit(card.id, card.handle, card.title, card.price, card.available) for card in shown.cards]
    return Hits(items, found.total, found.suggestion)
