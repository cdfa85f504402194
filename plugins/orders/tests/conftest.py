# SPDX-License-Identifier: Apache-2.0
"""A shop with everything on, and orders in it."""

import pytest
from plugins.checkout.tests.conftest import make_cart
from tests.shop import EVERYTHING, add_product, furnish

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_checkout.services.place_order import place


@pytest.fixture
async def kernel(make_kernel):
    clock = FakeClock(SystemClock().now())
    return await make_kernel(plugins=EVERYTHING, stores=[ALPHA, BETA], clock=clock)


@pytest.fixture
async def ctx(kernel):
    return await furnish(kernel, "alpha")


@pytest.fixture
async def lamp(ctx):
    return await add_product(ctx, "lamp", stock=10)


@pytest.fixture
def order_of(ctx, lamp):
    async def order(payment="manual_payment.bank_transfer", outcome="succeed"):
        cart_id = await make_cart(ctx, {lamp: 2}, payment=payment, outcome=outcome)
        return (await place(ctx, cart_id)).order

    return order
