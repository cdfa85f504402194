# SPDX-License-Identifier: Apache-2.0
"""A shop with everything on, and steps that tests of placing orders share."""

from uuid import UUID

import pytest
from tests.shop import EVERYTHING, furnish

from shopwright.clock import FakeClock, SystemClock
from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_checkout.services import carts
from shopwright_orders.api import Address

HOME = Address(name="Ada", line1="Hafenstraße 7", city="Lübeck", postal_code="23552", country="DE")


@pytest.fixture
def clock():
    """A clock that starts with the database's: the doctor's checks go by that one."""
    return FakeClock(SystemClock().now())


@pytest.fixture
async def kernel(make_kernel, clock):
    return await make_kernel(plugins=EVERYTHING, stores=[ALPHA, BETA], clock=clock)


@pytest.fixture
async def ctx(kernel):
    return await furnish(kernel, "alpha")


@pytest.fixture
def cart_of():
    return make_cart


async def make_cart(
    ctx, lines: dict[UUID, int], *, outcome: str = "succeed", payment: str = "manual_payment.test"
) -> UUID:
    """Make a cart that can be ordered; gives its id."""
    cart_id = None
    for variant_id, quantity in lines.items():
        cart_id = (await carts.add(ctx, cart_id, variant_id, quantity)).cart.id
    assert cart_id is not None
    values = {
        "email": "ada@example.com", "shipping_address": HOME, "shipping_code": "flat_shipping.standard",
        "payment_method": payment, "payment_data": {"outcome": outcome},
    }  # fmt: skip
    await carts.update(ctx, cart_id, values)
    return cart_id


@pytest.fixture
def assert_clean(kernel):
    async def check() -> None:
        report = await examine(kernel)
        wrong = [(f.code, f.store, f.offenders, f.error) for f in report.findings if f.offenders or f.error]
        assert wrong == []

    return check


@pytest.fixture
def stock_of(ctx):
    async def look(variant_id: UUID) -> tuple[int, int, int]:
        rows = await ctx.fetch_rows(
            "SELECT coalesce(sum(on_hand), 0)::int a, coalesce(sum(reserved), 0)::int b, "
            "coalesce(sum(allocated), 0)::int c FROM inventory_level WHERE variant_id = $1",
            variant_id,
        )
        return tuple(rows[0])

    return look
