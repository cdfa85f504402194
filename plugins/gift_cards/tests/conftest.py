# SPDX-License-Identifier: Apache-2.0
"""A furnished store with gift cards."""

import pytest
from tests.shop import furnish

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA

PLUGINS = ["gift_cards", "flat_shipping", "inventory", "manual_payment", "storefront", "customers"]


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now())


@pytest.fixture
async def ctx(make_kernel, clock):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA], clock=clock)
    assert kernel.registry.problems == []
    return await furnish(kernel, "alpha")
