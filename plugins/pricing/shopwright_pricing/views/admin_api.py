# SPDX-License-Identifier: Apache-2.0
"""Price lists and their prices in the admin API."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright.money import Money
from shopwright_pricing.services import lists, prices, save_list
from shopwright_pricing.services.lists import Audience, ListInput, SavedList, by_id
from shopwright_pricing.services.prices import PriceInput
from shopwright_pricing.services.rounding import RoundTo

routes = Routes("pricing", Scope.ADMIN_API)
Percent = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]


class ListBody(BaseModel):
    """A price list to save; ``percent`` is text like ``"90"``, of the catalogue's price."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=80)
    currency: str = Field(default="", max_length=3)
    """Empty: the store's."""
    priority: int = 10
    enabled: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: Audience = "everybody"
    audience_codes: list[str] = Field(default_factory=list, max_length=200)
    market: str = Field(default="", max_length=40)
    percent: Decimal | None = Field(default=None, ge=0, le=1000, decimal_places=4)
    rounding: RoundTo = "none"
    shows_before: bool = False

    def list(self, ctx: Context) -> ListInput:
        values = {name: getattr(self, name) for name in ListBody.model_fields}
        codes = tuple(self.audience_codes)
        return ListInput(
            **values | {"audience_codes": codes, "currency": self.currency or ctx.store.currency}
        )


class ChangedList(ListBody):
    """A price list to replace, with the version the caller has seen (or by ``If-Match``)."""

    version: int | None = None


class VersionQuery(BaseModel):
    """The version of the list the caller has seen, if not by ``If-Match``."""

    version: int | None = None


class ListView(BaseModel):
    """A price list of the store."""

    id: UUID
    code: str
    title: str
    currency: str
    priority: int
    enabled: bool
    starts_at: datetime | None
    ends_at: datetime | None
    audience: Audience
    audience_codes: tuple[str, ...]
    market: str
    percent: Percent | None
    rounding: RoundTo
    shows_before: bool
    prices: int
    version: int


class PriceBody(BaseModel):
    """A price in minor units of the list's currency, of a variant by id or SKU; without an amount it is removed."""

    model_config = ConfigDict(extra="forbid")

    variant_id: UUID | None = None
    sku: str = Field(default="", max_length=200)
    min_quantity: int = 1
    amount: int | None = None
    compare_at: int | None = None


class PricesBody(BaseModel):
    """Prices to set and remove, all or none of them; ``version`` is of the list, if that matters."""

    model_config = ConfigDict(extra="forbid")

    prices: list[PriceBody] = Field(max_length=prices.MOST)
    version: int | None = None


class PageQuery(ListQuery):
    """Where the list of prices goes on."""

    limit: int = Field(default=100, ge=1, le=500)


class PriceView(BaseModel):
    """A price of a list."""

    variant_id: UUID
    sku: str
    title: str
    min_quantity: int
    amount: Money
    compare_at: Money | None


class ListsQuery(PageQuery):
    """Which lists."""

    q: str = Field(default="", max_length=80)


@routes.get("/api/admin/v1/price-lists", permission="pricing.list.view")
async def list_price_lists(ctx: Context, query: ListsQuery) -> Page[ListView]:
    """List price lists by code; ``q`` looks into codes and names."""
    (after,) = query.after(str) or ("",)
    found = await lists.page(ctx, search=query.q, after=after, limit=query.limit + 1)
    return query.page([_view(each) for each in found], "code")


@routes.post("/api/admin/v1/price-lists", permission="pricing.list.edit", idempotent=True, status=201)
async def create_price_list(ctx: Context, body: ListBody) -> Reply[ListView]:
    """Add a price list."""
    return await _reply(ctx, await save_list.create(ctx, body.list(ctx)), 201)


@routes.get("/api/admin/v1/price-lists/{list_id}", permission="pricing.list.view")
async def get_price_list(ctx: Context, list_id: UUID) -> Reply[ListView]:
    """Give one price list, with its version as the ETag."""
    return await _reply(ctx, list_id)


@routes.put("/api/admin/v1/price-lists/{list_id}", permission="pricing.list.edit")
async def update_price_list(
    ctx: Context, list_id: UUID, body: ChangedList, if_match: int | None
) -> Reply[ListView]:
    """Replace a price list; ``If-Match`` or ``version`` say which version is replaced."""
    await save_list.update(ctx, list_id, seen(if_match, body.version), body.list(ctx))
    return await _reply(ctx, list_id)


@routes.delete("/api/admin/v1/price-lists/{list_id}", permission="pricing.list.edit", status=204)
async def delete_price_list(ctx: Context, list_id: UUID, query: VersionQuery, if_match: int | None) -> None:
    """Remove a price list with its prices; orders keep the prices they were placed with."""
    await save_list.delete(ctx, list_id, seen(if_match, query.version))


@routes.get("/api/admin/v1/price-lists/{list_id}/prices", permission="pricing.list.view")
async def list_prices(ctx: Context, list_id: UUID, query: PageQuery) -> Page[PriceView]:
    """List the prices of a price list by variant and quantity."""
    of = await _list(ctx, list_id)
    seen_last = query.after(UUID, int)
    found = await prices.page(ctx, of, after=seen_last, limit=query.limit + 1)
    items = [PriceView.model_validate(x, from_attributes=True) for x in found]
    return query.page(items, "variant_id", "min_quantity")


@routes.put("/api/admin/v1/price-lists/{list_id}/prices", permission="pricing.list.edit")
async def change_prices(
    ctx: Context, list_id: UUID, body: PricesBody, if_match: int | None
) -> Reply[ListView]:
    """Set and remove prices of a price list, all or none of them; others stay."""
    await _list(ctx, list_id)
    await prices.change(
        ctx, list_id, await _inputs(ctx, body.prices), version=body.version if if_match is None else if_match
    )
    return await _reply(ctx, list_id)


async def _inputs(ctx: Context, bodies: Sequence[PriceBody]) -> list[PriceInput]:
    by_sku = await prices.by_sku(ctx, list({x.sku for x in bodies if x.variant_id is None and x.sku}))
    made, errors = [], []
    for index, body in enumerate(bodies):
        found = [body.variant_id] if body.variant_id is not None else by_sku.get(body.sku, [])
        if len(found) == 1:
            made.append(PriceInput(found[0], body.amount, body.min_quantity, body.compare_at))
        else:
            words = (
                "Several variants have this SKU; give the variant_id." if found else "There is no such SKU."
            )
            errors.append(FieldError(f"/prices/{index}/sku", "ambiguous" if found else "unknown", words))
    if errors:
        raise Invalid(errors=errors)
    return made


async def _list(ctx: Context, list_id: UUID) -> SavedList:
    found = await by_id(ctx, list_id)
    if found is None:
        raise NotFound("There is no such price list.")
    return found


async def _reply(ctx: Context, list_id: UUID, status: int = 200) -> Reply[ListView]:
    found = await _list(ctx, list_id)
    return Reply(_view(found), status, etag(found.version))


def _view(each: SavedList) -> ListView:
    return ListView.model_validate(each, from_attributes=True)
