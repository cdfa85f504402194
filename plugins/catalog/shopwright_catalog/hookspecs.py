# SPDX-License-Identifier: Apache-2.0
"""The hooks of the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.hooks import hookspec
from shopwright.hookspecs import Market
from shopwright_catalog.api import (
    AudienceAnswer,
    Availability,
    CustomValues,
    ExchangeRate,
    ListingFilter,
    Price,
    PriceOffer,
    PriceRequest,
    ProductGroup,
    ProductInput,
    ProductType,
)
from shopwright_catalog.api.facets import FacetSource


@dataclass(frozen=True, slots=True)
class ProductSaved:
    """A product was created or changed."""

    product_id: UUID
    handle: str
    created: bool
    version: int = 1


@dataclass(frozen=True, slots=True)
class ProductDeleted:
    """A product was deleted."""

    product_id: UUID
    handle: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class HandleChanged:
    """Something has another handle, so its page another address. ``kind``: product, category, or a plugin's own."""

    kind: str
    id: UUID
    before: str
    after: str
    version: int = 1
    locale: str = ""
    """The language whose own handle it was; empty for the main one, which holds where a language has none."""


@hookspec("event")
async def handle_changed(ctx: Context, event: HandleChanged) -> None:
    """Learn that the page of a product, a category or a collection moved."""
    raise AssertionError


@hookspec("register")
def product_types() -> Sequence[ProductType]:
    """Give kinds of products; those of a kind whose plugin is off stay, but cannot be sold."""
    raise AssertionError


@hookspec("veto")
async def product_validate(ctx: Context, product: ProductInput) -> Sequence[Rejection]:
    """Object to a product before it is saved."""
    raise AssertionError


@hookspec("event")
async def product_saved(ctx: Context, event: ProductSaved) -> None:
    """Learn that a product was created or changed."""
    raise AssertionError


@hookspec("event")
async def product_deleted(ctx: Context, event: ProductDeleted) -> None:
    """Learn that a product was deleted."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=0.5)
async def product_groups(ctx: Context, product_ids: Sequence[UUID]) -> Sequence[ProductGroup]:
    """Say in which of your groups products are; asked for many at once, by what has rules about groups."""
    raise AssertionError


@hookspec("filter", on_error="core", budget=5.0)
async def stock_available(
    ctx: Context, value: Mapping[UUID, Availability], variant_ids: Sequence[UUID]
) -> Mapping[UUID, Availability] | None:
    """Say which variants can be bought and how many are left; asked for many at once."""
    raise AssertionError


@hookspec("first", on_error="closed", budget=0.5)
async def exchange_rate(ctx: Context, currency: str) -> ExchangeRate | None:
    """Give the rate from the store's currency to another; asked for each page in that currency, so from memory."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=0.5)
async def sales_markets(ctx: Context) -> Sequence[Market]:
    """Give the markets where the store sells, for what has to look at prices in each of them."""
    raise AssertionError


@hookspec("collect", on_error="core", budget=1.0, coded=True)
async def price_candidates(ctx: Context, requests: Sequence[PriceRequest]) -> Sequence[PriceOffer]:
    """Offer prices for variants to the context's actor; asked for many at once, in listing, page and cart."""
    raise AssertionError


@hookspec("first", on_error="core", budget=0.5)
async def price_select(
    ctx: Context, requests: Sequence[PriceRequest], offers: Sequence[PriceOffer]
) -> Mapping[UUID, str] | None:
    """Choose offers by code, for the variants you have a say in. Otherwise priority chooses, then the lower price."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=0.5)
async def customer_audience(ctx: Context) -> Sequence[AudienceAnswer]:
    """Tell what the context's actor is to prices, promotions and taxes; asked once a request, where a rule is for some.

    Answer nothing for who you do not know.
    """
    raise AssertionError


@hookspec("collect", on_error="open", budget=0.5)
async def customer_segments(ctx: Context, codes: Sequence[str]) -> Sequence[str]:
    """Give those of the segments that the context's actor is in; asked once a request, where a promotion is for one."""
    raise AssertionError


@hookspec("filter", on_error="core", budget=1.0)
async def price_adjust(
    ctx: Context, value: Mapping[UUID, Price], requests: Sequence[PriceRequest]
) -> Mapping[UUID, Price] | None:
    """Change chosen prices, each with an entry of its provenance; asked for many at once."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0)
async def product_fields(
    ctx: Context, product_ids: Sequence[UUID], variant_ids: Sequence[UUID]
) -> Sequence[CustomValues]:
    """Tell more of products and their variants than the catalogue knows; asked for many at once."""
    raise AssertionError


@hookspec("collect", on_error="closed")
async def listing_filters(ctx: Context, wanted: Sequence[tuple[str, str]]) -> Sequence[ListingFilter]:
    """Give conditions for the filters (key and value) of a listing that you know; all must hold."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=0.5)
async def listing_facets(ctx: Context) -> Sequence[FacetSource]:
    """Give what listings can be narrowed by, and SQL that counts it: all plugins' SQL runs as one statement."""
    raise AssertionError
