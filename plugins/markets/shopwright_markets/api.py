# SPDX-License-Identifier: Apache-2.0
"""What other plugins may ask about markets."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shopwright.context import Context


@dataclass(frozen=True, slots=True)
class MarketInfo:
    """A market as customers see it."""

    code: str
    title: str
    currency: str
    locale: str
    """The language it is shown in; empty: the one the visitor reads."""
    countries: tuple[str, ...]
    """Countries that are delivered to, by their two letters; empty: everywhere."""


@dataclass(frozen=True, slots=True)
class RateQuote:
    """What one unit of the store's currency is in another, by the word of a source."""

    currency: str
    rate: Decimal
    as_of: datetime
    """When the source set it; it holds from when we hear of it."""


async def markets(ctx: Context) -> list[MarketInfo]:
    """Give the markets that are open in their order; the first is where a visitor is who chose none."""
    from shopwright_markets.services import kept

    return [x.info for x in (await kept.of(ctx)).open_now(ctx.clock.now())]
