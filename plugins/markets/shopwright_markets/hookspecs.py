# SPDX-License-Identifier: Apache-2.0
"""The hooks of markets."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.context import Context
from shopwright.hooks import hookspec
from shopwright_markets.api import RateQuote


@dataclass(frozen=True, slots=True)
class MarketsChanged:
    """Markets or exchange rates changed, so that prices are others now. ``code`` is the market, or empty."""

    code: str = ""
    currency: str = ""
    version: int = 1


@hookspec("collect", on_error="open", budget=10.0, concurrent=True)
async def exchange_rates(ctx: Context, base: str, currencies: Sequence[str]) -> Sequence[RateQuote]:
    """Give what one unit of ``base`` is in other currencies; asked once a day, and when staff press the button."""
    raise AssertionError


@hookspec("event")
async def markets_changed(ctx: Context, event: MarketsChanged) -> None:
    """Learn that prices in a market or in a currency are others now."""
    raise AssertionError
