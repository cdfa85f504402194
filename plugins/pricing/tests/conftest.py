# SPDX-License-Identifier: Apache-2.0
"""A shop with price lists, and a clock that tests move."""

import pytest
from tests.shop import THEMES, furnish

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_pricing.services import save_list
from shopwright_pricing.services.lists import ListInput
from shopwright_pricing.services.prices import PriceInput, change

PLUGINS = (
    "checkout", "customers", "flat_shipping", "inventory", "manual_payment", "pricing", "storefront",
)  # fmt: skip


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now())


@pytest.fixture
async def ctx(make_kernel, clock):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA, BETA], config=THEMES, clock=clock)
    assert kernel.registry.problems == []
    return await furnish(kernel, "alpha")


@pytest.fixture
def add_list(ctx):
    """Adds a list with prices, as (variant, quantity, amount); gives its id."""

    async def add(code, *prices, **values):
        list_id = await save_list.create(
            ctx, ListInput(code=code, title=code.title(), currency="EUR", **values)
        )
        if prices:
            made = [PriceInput(variant, amount, quantity) for variant, quantity, amount in prices]
            await change(ctx, list_id, made)
        return list_id

    return add
