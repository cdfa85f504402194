# SPDX-License-Identifier: Apache-2.0
"""The markets and rates of a store as every process keeps them in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol, cast

from shopwright.context import Context
from shopwright.memory import StoreMemory
from shopwright_catalog.api import ExchangeRate
from shopwright_markets.api import MarketInfo

CHANNEL = "markets_changed"
_MARKETS = """
SELECT code, title, currency, locale, countries FROM markets_market WHERE enabled ORDER BY position, code
"""
# Those that hold by now come with the ones that begin later; the clock tells which holds.
_RATES = """
SELECT c.currency, c.step, c.less, r.rate, r.valid_from, r.source
FROM markets_currency c JOIN markets_rate r ON r.store_id = c.store_id AND r.currency = c.currency
WHERE r.valid_from >= coalesce((SELECT max(x.valid_from) FROM markets_rate x
    WHERE x.store_id = c.store_id AND x.currency = c.currency AND x.valid_from <= $1), '-infinity')
ORDER BY r.valid_from DESC, r.id DESC
"""


@dataclass(frozen=True, slots=True)
class Dated:
    """A rate and since when it holds."""

    valid_from: datetime
    rate: ExchangeRate


@dataclass(frozen=True, slots=True)
class Market:
    """An enabled market, and whether its currency is the store's own."""

    info: MarketInfo
    is_own: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What a process knows of a store's markets; rates are the newest first."""

    markets: tuple[Market, ...]
    rates: tuple[Dated, ...]

    def rate(self, currency: str, now: datetime) -> ExchangeRate | None:
        """Give the rate of a currency that holds at a moment."""
        return next((x.rate for x in self.rates if x.rate.target == currency and x.valid_from <= now), None)

    def open_now(self, now: datetime) -> list[Market]:
        """Give the markets where things can be bought: one without an exchange rate waits for it."""
        return [x for x in self.markets if x.is_own or self.rate(x.info.currency, now) is not None]


class _WithMemory(Protocol):
    memory: StoreMemory[Kept]


def memory_of(ctx: Context) -> StoreMemory[Kept]:
    return cast("_WithMemory", ctx.kernel.registry.plugins["markets"]).memory


async def of(ctx: Context) -> Kept:
    """Give what is known of the store's markets, without a statement after the first time."""
    return await memory_of(ctx).of(ctx)


async def read(ctx: Context) -> Kept:
    """Read what is kept."""
    own = ctx.store.currency
    markets = tuple(_market(row, own) for row in await ctx.fetch_rows(_MARKETS))
    return Kept(markets, _dated(await ctx.fetch_rows(_RATES, ctx.clock.now()), own))


def _market(row: Sequence[object], own: str) -> Market:
    code, title, currency, locale, countries = row
    info = MarketInfo(str(code), str(title), str(currency), str(locale), tuple(cast("list[str]", countries)))
    return Market(info, info.currency == own)


def _dated(rows: Sequence[Sequence[object]], own: str) -> tuple[Dated, ...]:
    found = []
    for currency, step, less, rate, since, source in rows:
        moment = cast("datetime", since)
        detail = f"{source or 'entered'}, {moment:%Y-%m-%d}"
        value = ExchangeRate(
            own, str(currency), cast("Decimal", rate), cast("int", step), cast("int", less), detail
        )
        found.append(Dated(moment, value))
    return tuple(found)
