# SPDX-License-Identifier: Apache-2.0
"""A furnished store that sells at home in euros, in Switzerland in francs, and in Japan in yen."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.shop import furnish

from shopwright.clock import FakeClock, SystemClock
from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.testing.kernels import ALPHA
from shopwright_markets.api import RateQuote
from shopwright_markets.services import rates, save_market
from shopwright_markets.services.rates import RateInput
from shopwright_markets.services.save_market import MarketInput

PLUGINS = [
    "discounts",
    "flat_shipping",
    "gift_cards",
    "manual_payment",
    "markets",
    "pricing",
    "storefront",
]


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Bank(BasePlugin):
    """A plugin that supplies rates, not all of them usable."""

    manifest = Manifest(name="bank", version="1.0.0", title="Bank", summary="Rates.", requires=("markets",))

    @hookimpl
    async def exchange_rates(self, ctx, base, currencies):
        assert (base, list(currencies)) == ("EUR", ["CHF", "JPY"])
        return [
            RateQuote("CHF", Decimal("0.9"), NOON - timedelta(days=1)),
            RateQuote("CHF", Decimal("0.95"), NOON),
            RateQuote("JPY", Decimal("171.3"), NOON),
            RateQuote("USD", Decimal("1.1"), NOON),
            RateQuote("CHF", Decimal(-1), NOON),
        ]


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now())


@pytest.fixture
async def ctx(make_kernel, clock):
    kernel = await make_kernel(plugins=[*PLUGINS, Bank], stores=[ALPHA], clock=clock)
    assert kernel.registry.problems == []
    return await furnish(kernel, "alpha")


@pytest.fixture
async def markets(ctx):
    """Open three markets: ``home`` (EUR), ``ch`` (CHF, rounded to 0.05) and ``jp`` (JPY, like 4,980)."""
    await rates.add(ctx, RateInput("CHF", Decimal("0.9412")))
    await rates.set_rounding(ctx, "CHF", 1, step=5, less=0)
    await rates.add(ctx, RateInput("JPY", Decimal("171.3")))
    await rates.set_rounding(ctx, "JPY", 1, step=100, less=20)
    await save_market.add(ctx, "home", MarketInput("Germany", "EUR", position=0))
    await save_market.add(ctx, "ch", MarketInput("Switzerland", "CHF", countries=("CH", "LI"), position=1))
    await save_market.add(ctx, "jp", MarketInput("Japan", "JPY", countries=("JP",), position=2))


@pytest.fixture
async def client(ctx, make_client):
    return await make_client(ctx.kernel, ctx.store)
