# SPDX-License-Identifier: Apache-2.0
"""The view models of storefront pages: frozen, and all that themes see. Plugins with pages of their own use them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from markupsafe import Markup
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.http.responses import localized, redirect, url
from shopwright.money import Money
from shopwright_catalog.api import CardInfo, CustomValue, Facet, ListingPart, Picture


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product in a listing."""

    handle: str
    title: str
    url: str
    image: Picture | None
    price: Money
    price_from: bool
    compare_at: Money | None
    badges: tuple[str, ...]
    available: bool


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to a page; the last one has no address."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class CategoryTile:
    """A category as a picture that leads to it."""

    title: str
    url: str
    picture: Picture | None
    product_count: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page of a store."""

    hero_title: str
    hero_text: str
    hero_picture: Picture | None
    hero_url: str
    featured: tuple[ProductCard, ...]
    categories: tuple[CategoryTile, ...]


@dataclass(frozen=True, slots=True)
class SortChoice:
    """A way to order a listing."""

    code: str
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter that is chosen, and where the listing is without it."""

    label: str
    url: str
    count: int | None = None
    """How many products there are without it; None where that was not counted."""


@dataclass(frozen=True, slots=True)
class FilterPanel:
    """By what a listing can be narrowed: a form that works without JavaScript."""

    action: str
    hidden: tuple[tuple[str, str], ...]
    """Where the listing is, and what else stands in its address: the form keeps it."""
    facets: tuple[Facet, ...]
    chips: tuple[FilterChip, ...]
    clear_url: str


@dataclass(frozen=True, slots=True)
class ListingPage:
    """A page of products."""

    title: str
    description: str
    picture: Picture | None
    cards: tuple[ProductCard, ...]
    total: int
    is_counted: bool
    """Whether ``total`` is exact; a long listing is not counted to its end."""
    previous_url: str
    next_url: str
    breadcrumbs: tuple[Crumb, ...]
    sorts: tuple[SortChoice, ...] = ()
    filters: FilterPanel | None = None
    children: tuple[Crumb, ...] = ()
    """Categories within this one that have products."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """An option customers choose by."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariantView:
    """A variant on its product's page."""

    id: UUID
    title: str
    sku: str
    options: tuple[str, ...]
    price: Money
    compare_at: Money | None
    available: bool
    left: int | None
    image: Picture | None
    custom_fields: Mapping[str, CustomValue] = field(default_factory=dict)
    note: str = ""
    """That it is delivered later, and when, in the customer's words."""
    tax_category: str = "standard"


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product with everything its page shows."""

    id: UUID
    handle: str
    title: str
    description_html: Markup
    vendor: str
    images: tuple[Picture, ...]
    options: tuple[OptionView, ...]
    variants: tuple[VariantView, ...]
    selected: VariantView
    breadcrumbs: tuple[Crumb, ...]
    url: str
    add_url: str
    """Where the form that puts it into the cart goes; empty when the store has no checkout."""
    custom_fields: Mapping[str, CustomValue] = field(default_factory=dict)
    """By key: ``page.custom_fields["custom.material"].text``."""
    kind: str = ""
    """Code of the product's type, like ``catalog.digital``."""


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page that search engines should know. Paths have no language in front."""

    path: str
    changed_at: datetime | None = None
    paths: Mapping[str, str] = field(default_factory=dict)
    """By locale, where a language has another path."""

    @classmethod
    def of(
        cls, ctx: Context, code: str, handles: Mapping[str, str], changed_at: datetime | None = None
    ) -> "SitemapEntry":
        """Make the entry of a thing by its route and its handle in each language of the store."""
        paths = {x: ctx.kernel.routes.path_of(code, {"handle": handle}) for x, handle in handles.items()}
        return cls(paths[ctx.store.default_locale], changed_at, paths)


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """Some pages of a kind, and after what the next ones come; ``next`` is empty when these are the last."""

    entries: Sequence[SitemapEntry]
    next: str = ""


@dataclass(frozen=True, slots=True)
class SitemapSource:
    """A kind of pages for the sitemap, registered by ``sitemap_entries``."""

    code: str
    """``<plugin>.<name>``, of small letters."""
    page: Callable[[Context, str, int], Awaitable[SitemapPage]]
    """Gives up to so many pages after a ``next`` of before; the first ones after an empty text."""
    starts: Callable[[Context, int], Awaitable[Sequence[str]]] | None = None
    """Tells after what parts of so many pages begin, first the empty text; without it all pages are walked through."""


def addresses(ctx: Context, code: str, handles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give the address of a page in each language, by its route and its handles: for ``themed_page``."""
    return [
        (locale, localized(ctx, ctx.kernel.routes.path_of(code, {"handle": handle}), locale))
        for locale, handle in handles.items()
    ]


def moved(ctx: Context, query: BaseModel, code: str, handle: str) -> web.Response:
    """Send the browser for good to the page of a thing that was asked for by its handle in another language."""
    asked = urlencode(query.model_dump(mode="json", exclude_defaults=True), doseq=True)
    location = url(ctx, code, handle=handle)
    return redirect(ctx, f"{location}?{asked}" if asked else location, status=301)


FILTERING = frozenset({"filter"})
"""Names of the query by which listings are filtered: for ``unless`` of their ``Caching``."""


class FilterQuery(BaseModel):
    """Filters of a listing: ``key:value``."""

    filter: tuple[str, ...] = Field(default=(), max_length=20)


def listing_address(base: str, pairs: Sequence[tuple[str, str]], filters: Sequence[str] = ()) -> str:
    """Give the address of a listing with what else stands in it (empty values are left out) and its filters."""
    from shopwright_storefront.services import filtering

    return filtering.address(base, pairs, filters)


async def filter_panel(
    ctx: Context, part: ListingPart, base: str, pairs: Sequence[tuple[str, str]], filters: Sequence[str]
) -> FilterPanel | None:
    """Make the filter panel of a listing; None where nothing narrows it.

    Args:
        ctx: the reader's.
        part: of which products the listing is.
        base: its address.
        pairs: what else stands in the address, like its order.
        filters: those that are chosen.
    """
    from shopwright_storefront.services import filtering

    return await filtering.panel(ctx, part, base, pairs, filters)


def product_cards(ctx: Context, cards: Sequence[CardInfo]) -> tuple[ProductCard, ...]:
    """Make the cards of a listing page."""
    return tuple(_card(ctx, card) for card in cards)


def _card(ctx: Context, card: CardInfo) -> ProductCard:
    badges = []
    if not card.available:
        badges.append(ctx.gettext("Sold out"))
    elif card.compare_at is not None and card.compare_at > card.price:
        badges.append(ctx.gettext("Sale"))
    return ProductCard(
        handle=card.handle,
        title=card.title,
        url=url(ctx, "storefront.product", handle=card.handle),
        image=card.picture,
        price=card.price,
        price_from=card.price_from,
        compare_at=card.compare_at,
        badges=tuple(badges),
        available=card.available,
    )
