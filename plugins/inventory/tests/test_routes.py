# SPDX-License-Identifier: Apache-2.0
"""From which locations orders are sent: the strategies, and a plugin that knows better."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from tests.shop import add_product, system

from shopwright.clock import FakeClock, SystemClock
from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA
from shopwright_inventory import api as inventory
from shopwright_inventory.api import Allocation, Demand, Destination, StockAt, StockLocation
from shopwright_inventory.services import locations, routes
from shopwright_inventory.services.locations import LocationInput

LAMP, DESK = UUID(int=1), UUID(int=2)
HAMBURG = StockLocation("hamburg", 1, "DE", "20095", 53.55, 10.0)
MUNICH = StockLocation("munich", 2, "DE", "80331", 48.14, 11.58)
VIENNA = StockLocation("vienna", 3, "AT", "1010", 48.21, 16.37)


def stock(**ready: dict[UUID, int]) -> list[StockAt]:
    places = {place.code: place for place in (HAMBURG, MUNICH, VIENNA)}
    return [
        StockAt(variant_id, places[code], number, number)
        for code, numbers in ready.items()
        for variant_id, number in numbers.items()
    ]


def sent(strategy, wants, places, destination=None) -> dict[tuple[UUID, str], int]:
    demand = [Demand(variant_id, quantity) for variant_id, quantity in wants.items()]
    answer = routes.by_strategy(strategy, demand, places, destination)
    assert routes.is_possible(demand, places, answer)
    return {(part.variant_id, part.location): part.quantity for part in answer}


def test_by_priority_each_line_takes_from_the_first_location_and_then_from_the_next():
    places = stock(munich={LAMP: 9, DESK: 9}, hamburg={LAMP: 2})
    assert sent("priority", {LAMP: 3, DESK: 1}, places) == {
        (LAMP, "hamburg"): 2, (LAMP, "munich"): 1, (DESK, "munich"): 1,
    }  # fmt: skip


def test_one_location_that_has_everything_goes_first_then_one_for_each_line_then_several():
    places = stock(hamburg={LAMP: 5}, munich={LAMP: 3, DESK: 2}, vienna={DESK: 4})
    one = "single_location_first"
    assert sent(one, {LAMP: 3, DESK: 2}, places) == {(LAMP, "munich"): 3, (DESK, "munich"): 2}
    assert sent(one, {LAMP: 4, DESK: 3}, places) == {(LAMP, "hamburg"): 4, (DESK, "vienna"): 3}
    assert sent(one, {LAMP: 7}, places) == {(LAMP, "hamburg"): 5, (LAMP, "munich"): 2}


@pytest.mark.parametrize(
    ("destination", "first"),
    [
        (Destination("DE", "81667"), "munich"),
        (Destination("DE", "2"), "hamburg"),
        (Destination("AT", "5020"), "vienna"),
        (Destination("CH", "8001"), "hamburg"),
        (Destination("DE", "20095", 48.3, 16.0), "vienna"),
        (None, "hamburg"),
    ],
)
def test_near_is_the_country_then_the_postal_code_or_the_distance_where_it_is_known(destination, first):
    places = stock(hamburg={LAMP: 1}, munich={LAMP: 1}, vienna={LAMP: 1})
    assert sent("nearest", {LAMP: 1}, places, destination) == {(LAMP, first): 1}


def test_an_answer_must_give_what_is_wanted_from_where_it_can_be_taken():
    places, demand = stock(hamburg={LAMP: 2}, munich={LAMP: 2}), [Demand(LAMP, 3)]
    good = [Allocation(LAMP, "hamburg", 1), Allocation(LAMP, "munich", 2)]
    assert routes.is_possible(demand, places, good)
    for bad in ([], good[:1], [Allocation(LAMP, "hamburg", 3)], [Allocation(LAMP, "attic", 3)],
                [*good, Allocation(DESK, "hamburg", 1)], [*good, Allocation(LAMP, "hamburg", -1)]):  # fmt: skip
        assert not routes.is_possible(demand, places, bad)


class Courier(Plugin):
    """Sends what goes to Switzerland from the attic, and everything to Austria from a place that is not there."""

    manifest: ClassVar[Manifest] = Manifest(
        name="courier", version="1.0", title="Courier", summary="Sends", requires=("inventory",)
    )

    @hookimpl
    async def fulfilment_route(
        self,
        ctx: Context,
        demand: Sequence[Demand],
        stock: Sequence[StockAt],
        destination: Destination | None,
    ) -> Sequence[Allocation] | None:
        place = {"CH": "attic", "AT": "nowhere"}.get(destination.country if destination else "")
        return [Allocation(want.variant_id, place, want.quantity) for want in demand] if place else None


async def test_a_plugin_chooses_the_location_and_an_impossible_answer_is_left_out(make_kernel):
    clock = FakeClock(SystemClock().now())
    kernel = await make_kernel(plugins=["inventory", Courier], stores=[ALPHA], clock=clock)
    ctx = system(kernel, "alpha")
    lamp = await add_product(ctx, "lamp", stock=9)
    await locations.add(ctx, code="attic", new=LocationInput("Attic", priority=5, country="DE"))
    await ctx.run(
        lambda session: inventory.count(
            ctx, session, variant_id=lamp, on_hand=9, reason="counted", location="attic"
        )
    )

    for destination in (Destination("CH"), Destination("AT"), None):
        await ctx.run(
            lambda session, to=destination: inventory.reserve(
                ctx, session, owner=new_id(), demand=[Demand(lamp, 1), Demand(lamp, 1)],
                expires_at=clock.now() + timedelta(hours=1), destination=to,
            )
        )  # fmt: skip
    await kernel.settings.save(ctx, "inventory", {"strategy": "nearest"}, "store")
    near = system(kernel, "alpha")
    await near.run(
        lambda session: inventory.reserve(
            near, session, owner=new_id(), demand=[Demand(lamp, 3)],
            expires_at=clock.now() + timedelta(hours=1), destination=Destination("DE"),
        )
    )  # fmt: skip

    held = await ctx.fetch_rows(
        "SELECT p.code, l.reserved FROM inventory_level l JOIN inventory_location p "
        "ON p.store_id = l.store_id AND p.id = l.location_id ORDER BY p.code"
    )
    assert [tuple(row) for row in held] == [("attic", 5), ("main", 4)]
