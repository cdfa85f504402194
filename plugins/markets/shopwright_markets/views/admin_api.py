# SPDX-License-Identifier: Apache-2.0
"""Markets, currencies and exchange rates of the admin API."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_markets.services import list_markets, rates, save_market
from shopwright_markets.services.list_markets import SavedMarket
from shopwright_markets.services.rates import RateInput
from shopwright_markets.services.save_market import MarketInput

routes = Routes("markets", Scope.ADMIN_API)
VIEW, EDIT = "markets.market.view", "markets.market.edit"
Rate = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
Currency = Annotated[str, StringConstraints(min_length=3, max_length=3)]


class Input(BaseModel):
    """Base of bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MarketBody(Input):
    """A market; ``version`` is the one that was read: 0 for a new one, absent to save over whatever is there."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    currency: Currency
    locale: Annotated[str, StringConstraints(max_length=20)] = ""
    countries: tuple[Annotated[str, StringConstraints(min_length=2, max_length=2)], ...] = Field(
        default=(), max_length=300
    )
    position: int = Field(default=0, ge=-1000, le=1000)
    enabled: bool = True
    version: int | None = Field(default=None, ge=0)

    def market(self) -> MarketInput:
        return MarketInput(**self.model_dump(exclude={"version"}))


class RateBody(Input):
    """A rate: ``rate`` is text like ``"0.9412"``, so much of ``currency`` for one unit of the store's."""

    currency: Currency
    rate: Annotated[Decimal, Field(gt=0)]
    valid_from: AwareDatetime | None = None


class RoundingBody(Input):
    """Prices become multiples of ``step`` minor units, less ``less``: 100 and 1 give 9.99."""

    step: int = Field(ge=1, le=1_000_000)
    less: int = Field(default=0, ge=0)
    version: int | None = Field(default=None, ge=1)


class CurrencyView(BaseModel):
    """A currency with its rounding and the rate that holds now."""

    currency: str
    rate: Rate | None
    valid_from: datetime | None
    source: str
    step: int
    less: int
    version: int


class RateView(BaseModel):
    """A rate that was entered or fetched; an empty ``source`` was entered."""

    rate: Rate
    valid_from: datetime
    source: str
    actor: str


@routes.get("/api/admin/v1/markets", permission=VIEW)
async def list_all_markets(ctx: Context, query: ListQuery) -> Page[SavedMarket]:
    """List markets in their order, those that are off included."""
    return query.whole(await list_markets.everything(ctx), "code")


@routes.get("/api/admin/v1/markets/{code}", permission=VIEW)
async def get_market(ctx: Context, code: str) -> Reply[SavedMarket]:
    """Give a market with its version as the ETag."""
    return await _reply(ctx, code)


@routes.put("/api/admin/v1/markets/{code}", permission=EDIT)
async def put_market(ctx: Context, code: str, body: MarketBody, if_match: int | None) -> Reply[SavedMarket]:
    """Add or replace a market; ``If-Match`` or ``version`` say which version is replaced."""
    created = await _save(ctx, code, body, if_match)
    return await _reply(ctx, code, 201 if created else 200)


@routes.delete("/api/admin/v1/markets/{code}", permission=EDIT, status=204)
async def delete_market(ctx: Context, code: str, if_match: int | None) -> None:
    """Remove a market; with ``If-Match`` only when nobody was faster. Orders stay as they are."""
    await save_market.delete(ctx, code, if_match)


@routes.get("/api/admin/v1/currencies", permission=VIEW)
async def list_currencies(ctx: Context, query: ListQuery) -> Page[CurrencyView]:
    """List the currencies that have exchange rates."""
    found = await list_markets.currencies(ctx)
    views = [CurrencyView.model_validate(x, from_attributes=True) for x in found]
    return query.whole(views, "currency")


@routes.get("/api/admin/v1/currencies/{currency}", permission=VIEW)
async def get_currency(ctx: Context, currency: str) -> Reply[CurrencyView]:
    """Give a currency with its version as the ETag."""
    return await _currency(ctx, currency)


@routes.put("/api/admin/v1/currencies/{currency}", permission=EDIT)
async def put_rounding(
    ctx: Context, currency: str, body: RoundingBody, if_match: int | None
) -> Reply[CurrencyView]:
    """Say how prices are rounded in a currency; ``If-Match`` or ``version`` say which version is replaced."""
    version = body.version if if_match is None else if_match
    await rates.set_rounding(ctx, currency, version, step=body.step, less=body.less)
    return await _currency(ctx, currency)


@routes.get("/api/admin/v1/currencies/{currency}/rates", permission=VIEW)
async def list_rates(ctx: Context, currency: str, query: ListQuery) -> Page[RateView]:
    """List the latest 100 rates of a currency, the newest first."""
    found = await list_markets.rates(ctx, currency)
    return query.whole([RateView.model_validate(x, from_attributes=True) for x in found], "valid_from")


@routes.post("/api/admin/v1/exchange-rates", permission=EDIT, idempotent=True, status=201)
async def add_rate(ctx: Context, body: RateBody) -> Reply[CurrencyView]:
    """Add an exchange rate; it holds from now or from a later moment on, until another one does."""
    await rates.add(ctx, RateInput(body.currency, body.rate, body.valid_from))
    return await _currency(ctx, body.currency, 201)


async def _save(ctx: Context, code: str, body: MarketBody, if_match: int | None) -> bool:
    """Replace a market, or add it where there is none and none was insisted on; tells whether it was added."""
    version = body.version if if_match is None else if_match
    try:
        await save_market.update(ctx, code, version, body.market())
    except NotFound:
        if version:
            raise
        try:
            await save_market.add(ctx, code, body.market())
        except Conflict as error:
            if error.error_code != "market_exists":
                raise
            await save_market.update(ctx, code, version, body.market())
            return False
        return True
    return False


async def _reply(ctx: Context, code: str, status: int = 200) -> Reply[SavedMarket]:
    found = await list_markets.by_code(ctx, code)
    return Reply(found, status, etag(found.version))


async def _currency(ctx: Context, code: str, status: int = 200) -> Reply[CurrencyView]:
    found = await list_markets.currency(ctx, code)
    view = CurrencyView.model_validate(found, from_attributes=True)
    return Reply(view, status, etag(found.version))
