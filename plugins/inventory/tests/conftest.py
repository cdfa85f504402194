# SPDX-License-Identifier: Apache-2.0
"""A store with a catalogue and stock, and a look at its levels."""

from uuid import UUID

import pytest
from tests.shop import bearer, system

from shopwright.clock import FakeClock, SystemClock
from shopwright.doctor_run import examine
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


@pytest.fixture
async def call(ctx, make_client):
    """Ask the API as a program that may change stock; gives status, body and ETag."""
    client = await make_client(ctx.kernel, "alpha")
    headers = await bearer(ctx, "inventory.stock.view", "inventory.stock.edit")

    async def ask(method: str, path: str, body=None, match: str | None = None):
        extra = {} if match is None else {"If-Match": match}
        answer = await client.send(method, path, body, headers=headers | extra)
        return answer.status, await answer.json(), answer.headers.get("ETag")

    return ask


@pytest.fixture
def offenders(kernel):
    async def look():
        report = await examine(kernel)
        return [(f.code, f.offenders, f.error) for f in report.findings if f.offenders or f.error]

    return look


@pytest.fixture
def moves_of(ctx):
    """The moves that something made, like a transfer."""

    async def look(reference_id):
        rows = await ctx.fetch_rows(
            "SELECT o.code, m.quantity, m.reason, m.reference_kind FROM inventory_move m "
            "JOIN inventory_location o ON o.store_id = m.store_id AND o.id = m.location_id "
            "WHERE m.reference_id = $1 ORDER BY m.id",
            reference_id,
        )
        return [tuple(row) for row in rows]

    return look
