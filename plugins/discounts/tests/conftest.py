# SPDX-License-Identifier: Apache-2.0
"""A furnished store with discounts, and short ways to make promotions and carts."""

import pytest
from tests.shop import furnish

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA
from shopwright_discounts.services import coupons, save_promotion
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput

PLUGINS = [
    "collections",
    "discounts",
    "flat_shipping",
    "inventory",
    "manual_payment",
    "storefront",
    "customers",
]


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now())


@pytest.fixture
async def kernel(make_kernel, clock):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA], clock=clock)
    assert kernel.registry.problems == []
    return kernel


@pytest.fixture
async def ctx(kernel):
    return await furnish(kernel, "alpha")


def part(kind, **values):
    return PartInput(f"discounts.{kind}", values)


async def promote(ctx, code, *actions, conditions=(), coupon="", coupon_limit=None, **values):
    """Save a promotion, with a code when one is given; gives its id."""
    given = PromotionInput(
        code, code.title(), actions, conditions=conditions, needs_coupon=bool(coupon), **values
    )
    promotion_id = await save_promotion.create(ctx, given)
    if coupon:
        await coupons.add(ctx, promotion_id, coupon, coupon_limit)
    return promotion_id
