# SPDX-License-Identifier: Apache-2.0
"""Markets and currencies as staff see them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from shopwright.context import Context
from shopwright.errors import NotFound

_MARKETS = """
SELECT code, title, currency, locale, countries, position, enabled, version FROM markets_market
WHERE $1 = '' OR code = $1 ORDER BY position, code
"""
_CURRENCIES = """
SELECT c.currency, c.step, c.less, c.version, r.rate, r.valid_from, r.source
FROM markets_currency c LEFT JOIN LATERAL (SELECT x.rate, x.valid_from, x.source FROM markets_rate x
    WHERE x.store_id = c.store_id AND x.currency = c.currency AND x.valid_from <= $2
    ORDER BY x.valid_from DESC, x.id DESC LIMIT 1) r ON true
WHERE $1 = '' OR c.currency = $1 ORDER BY c.currency
"""
_RATES = """
SELECT rate, valid_from, source, actor FROM markets_rate WHERE currency = $1
ORDER BY valid_from DESC, id DESC LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class SavedMarket:
    """A market as it is kept; ``position`` orders them, and the first is the default."""

    code: str
    title: str
    currency: str
    locale: str
    countries: tuple[str, ...]
    position: int
    enabled: bool
    version: int


@dataclass(frozen=True, slots=True)
class SavedCurrency:
    """A currency with its rounding and the rate that holds now; ``rate`` is of one unit of the store's currency."""

    currency: str
    step: int
    less: int
    version: int
    rate: Decimal | None
    valid_from: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class SavedRate:
    """A rate that was entered or fetched."""

    rate: Decimal
    valid_from: datetime
    source: str
    actor: str


async def everything(ctx: Context) -> list[SavedMarket]:
    return [_market(row) for row in await ctx.fetch_rows(_MARKETS, "")]


async def by_code(ctx: Context, code: str) -> SavedMarket:
    """Give a market.

    Raises:
        NotFound: there is none of this code.
    """
    rows = await ctx.fetch_rows(_MARKETS, code) if code else []
    if not rows:
        raise NotFound("There is no such market.", code="market_not_found")
    return _market(rows[0])


async def currencies(ctx: Context) -> list[SavedCurrency]:
    return [_currency(row) for row in await ctx.fetch_rows(_CURRENCIES, "", ctx.clock.now())]


async def currency(ctx: Context, code: str) -> SavedCurrency:
    """Give a currency.

    Raises:
        NotFound: no rate was ever entered for it.
    """
    rows = await ctx.fetch_rows(_CURRENCIES, code, ctx.clock.now()) if code else []
    if not rows:
        raise NotFound("There is no exchange rate for this currency.", code="currency_not_found")
    return _currency(rows[0])


async def rates(ctx: Context, code: str, limit: int = 100) -> list[SavedRate]:
    """Give the rates of a currency, the newest first."""
    rows = await ctx.fetch_rows(_RATES, code, limit)
    return [
        SavedRate(row["rate"].normalize(), row["valid_from"], row["source"], row["actor"]) for row in rows
    ]


def _market(row: Any) -> SavedMarket:
    return SavedMarket(**dict(row) | {"countries": tuple(row["countries"])})


def _currency(row: Any) -> SavedCurrency:
    rate = None if row["rate"] is None else row["rate"].normalize()
    return SavedCurrency(**dict(row) | {"rate": rate, "source": row["source"] or ""})
