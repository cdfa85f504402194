# SPDX-License-Identifier: Apache-2.0
"""Tax rates of the admin API."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_tax.services import save_rate
from shopwright_tax.services.rates import SavedRate, all_rates, by_id
from shopwright_tax.services.save_rate import RateInput

routes = Routes("tax", Scope.ADMIN_API)
Percent = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]


class RateBody(BaseModel):
    """A rate to save; ``percent`` is text like ``"19"`` or ``"8.875"``."""

    model_config = ConfigDict(extra="forbid")

    country: str = Field(min_length=2, max_length=2)
    region: str = Field(default="", max_length=40)
    category: str = Field(default="standard", min_length=1, max_length=40)
    label: str = Field(min_length=1, max_length=80)
    percent: Decimal = Field(ge=0, le=100, decimal_places=4)
    valid_from: date | None = None
    """The first day it holds, until a later rate of the place and category begins; null: for ever."""

    def rate(self) -> RateInput:
        return RateInput(self.country, self.percent, self.label, self.region, self.category, self.valid_from)


class ChangedRate(RateBody):
    """A rate to replace, with the version the caller has seen (or by ``If-Match``)."""

    version: int | None = None


class VersionQuery(BaseModel):
    """The version of the rate the caller has seen, if not by ``If-Match``."""

    version: int | None = None


class RatesQuery(ListQuery):
    """Which rates, and in which order."""

    country: str = Field(default="", max_length=2)
    category: str = Field(default="", max_length=40)
    sort: Literal["", "country", "-country", "label", "-label", "valid_from", "-valid_from"] = ""


class RateView(BaseModel):
    """A rate of the store."""

    id: UUID
    country: str
    region: str
    category: str
    label: str
    percent: Percent
    valid_from: date | None
    version: int


@routes.get("/api/admin/v1/tax-rates", permission="tax.rate.view")
async def list_rates(ctx: Context, query: RatesQuery) -> Page[RateView]:
    """List tax rates by place."""
    found = [
        _view(rate)
        for rate in await all_rates(ctx)
        if query.country in {"", rate.country} and query.category in {"", rate.category}
    ]
    return query.whole(found, "id")


@routes.post("/api/admin/v1/tax-rates", permission="tax.rate.edit", idempotent=True, status=201)
async def create_rate(ctx: Context, body: RateBody) -> Reply[RateView]:
    """Add a tax rate; a place and category has one from a day on."""
    return await _rate(ctx, await save_rate.create(ctx, body.rate()), 201)


@routes.get("/api/admin/v1/tax-rates/{rate_id}", permission="tax.rate.view")
async def get_rate(ctx: Context, rate_id: UUID) -> Reply[RateView]:
    """Give one tax rate, with its version as the ETag."""
    return await _rate(ctx, rate_id)


@routes.put("/api/admin/v1/tax-rates/{rate_id}", permission="tax.rate.edit")
async def update_rate(
    ctx: Context, rate_id: UUID, body: ChangedRate, if_match: int | None
) -> Reply[RateView]:
    """Replace a tax rate; ``If-Match`` or ``version`` say which version is replaced."""
    await save_rate.update(ctx, rate_id, seen(if_match, body.version), body.rate())
    return await _rate(ctx, rate_id)


@routes.delete("/api/admin/v1/tax-rates/{rate_id}", permission="tax.rate.edit", status=204)
async def delete_rate(ctx: Context, rate_id: UUID, query: VersionQuery, if_match: int | None) -> None:
    """Remove a tax rate; orders keep the taxes they were placed with."""
    await save_rate.delete(ctx, rate_id, seen(if_match, query.version))


async def _rate(ctx: Context, rate_id: UUID, status: int = 200) -> Reply[RateView]:
    rate = await by_id(ctx, rate_id)
    if rate is None:
        raise NotFound("There is no such tax rate.")
    return Reply(_view(rate), status, etag(rate.version))


def _view(rate: SavedRate) -> RateView:
    return RateView.model_validate(rate, from_attributes=True)
