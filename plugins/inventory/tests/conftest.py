# SPDX-License-Identifier: Apache-2.0
"""A store with a catalogue and stock, and a look at its levels."""

from uuid import UUID

import pytest
from tests.shop import system

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_inventory.services import stock


@pytest.fixture
def clock():
    """A clock that starts with the database's: the doctor's checks go by that one."""
    return FakeClock(SystemClock().now())


@pytest.fixture
async def kernel(make_kernel, clock):
    return await make_kernel(plugins=["inventory"], stores=[ALPHA, BETA], clock=clock)


@pytest.fixture
def ctx(kernel):
    return system(kernel, "alpha")


@pytest.fixture
def levels(ctx):
    async def look(variant_id: UUID) -> dict[str, tuple[int, int, int]]:
        rows = await ctx.fetch_rows(
            "SELECT p.code, l.on_hand, l.reserved, l.allocated FROM inventory_level l "
            "JOIN inventory_location p ON p.store_id = l.store_id AND p.id = l.location_id "
            "WHERE l.variant_id = $1",
            variant_id,
        )
        return {row["code"]: tuple(row)[1:] for row in rows}

    return look


@pytest.fixture
def put(ctx):
    async def count(variant_id: UUID, on_hand: int, location: str = "", **values) -> None:
        await ctx.run(
            lambda session: stock.count(
                ctx, session, variant_id=variant_id, on_hand=on_hand, location=location,
                **{"reason": "counted"} | values,
            )
        )  # fmt: skip

    return count
