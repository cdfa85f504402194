# SPDX-License-Identifier: Apache-2.0
"""From which locations an order is sent: a plugin's answer if it is a possible one, else the store's strategy."""

import logging
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright_inventory.api import Allocation, Demand, Destination, StockAt, StockLocation
from shopwright_inventory.hookspecs import fulfilment_route
from shopwright_inventory.settings import InventorySettings, Strategy

log = logging.getLogger(__name__)

_EARTH_KM = 6371.0


async def choose(
    ctx: Context, demand: Sequence[Demand], stock: Sequence[StockAt], destination: Destination | None
) -> list[Allocation]:
    """Give what each location sends. There must be enough of each variant."""
    if len({place.location for place in stock if place.most}) > 1:
        answer, plugin = await ctx.hooks.first_recorded(
            fulfilment_route, demand=demand, stock=stock, destination=destination
        )
        if answer is not None:
            if is_possible(demand, stock, answer):
                return list(answer)
            log.warning("plugin %s: a route that cannot be taken; the store's strategy decides", plugin)
    return by_strategy(ctx.settings(InventorySettings).strategy, demand, stock, destination)


def is_possible(demand: Sequence[Demand], stock: Sequence[StockAt], answer: Sequence[Allocation]) -> bool:
    """Whether an answer gives what is wanted, from where it can be taken."""
    most = {(place.variant_id, place.location.code): place.most for place in stock}
    taken: Counter[tuple[UUID, str]] = Counter()
    for part in answer:
        if part.quantity < 1:
            return False
        taken[part.variant_id, part.location] += part.quantity
    given: Counter[UUID] = Counter()
    for (variant_id, _), quantity in taken.items():
        given[variant_id] += quantity
    enough = all(quantity <= most.get(key, 0) for key, quantity in taken.items())
    return enough and given == Counter({want.variant_id: want.quantity for want in demand})


def by_strategy(
    strategy: Strategy,
    demand: Sequence[Demand],
    stock: Sequence[StockAt],
    destination: Destination | None,
) -> list[Allocation]:
    """Do what the store's setting says: a pure function."""
    places: dict[object, list[StockAt]] = defaultdict(list)
    near = destination if strategy == "nearest" else None
    for place in sorted(
        stock, key=lambda x: (farness(x.location, near), x.location.priority, x.location.code)
    ):
        places[place.variant_id].append(place)
    if strategy == "single_location_first":
        whole = _one_for_all(demand, places)
        if whole:
            return [Allocation(want.variant_id, whole, want.quantity) for want in demand]
    allocations: list[Allocation] = []
    for want in demand:
        found = places[want.variant_id]
        if strategy == "single_location_first":
            found = [place for place in found if place.ready >= want.quantity][:1] or found
        allocations += _fill(want, found)
    return allocations


def farness(location: StockLocation, destination: Destination | None) -> tuple[int, float]:
    """Give how far a location is from a destination, to compare: by distance where both have coordinates.

    Else by the country, and in the same country by how many first letters of the postal codes are alike.
    """
    if destination is None:
        return (0, 0.0)
    is_abroad = int(not location.country or location.country != destination.country)
    if None not in (
        location.latitude, location.longitude, destination.latitude, destination.longitude
    ):  # fmt: skip
        return (0, _distance(location, destination))
    here, there = _plain(location.postal_code), _plain(destination.postal_code)
    alike = 0
    while not is_abroad and alike < min(len(here), len(there)) and here[alike] == there[alike]:
        alike += 1
    return (1 + is_abroad, -float(alike))


def _one_for_all(demand: Sequence[Demand], places: dict[object, list[StockAt]]) -> str:
    """Give the first location that has all of everything ready, or an empty text."""
    if not demand:
        return ""
    able = [
        {place.location.code for place in places[want.variant_id] if place.ready >= want.quantity}
        for want in demand
    ]
    common = set.intersection(*able)
    return next((x.location.code for x in places[demand[0].variant_id] if x.location.code in common), "")


def _fill(want: Demand, places: Sequence[StockAt]) -> list[Allocation]:
    """Take what is ready at one place after another, then what may be owed."""
    rest, taken = want.quantity, Counter[str]()
    for cap in ("ready", "most"):
        for place in places:
            code = place.location.code
            take = min(rest, max(getattr(place, cap) - taken[code], 0))
            taken[code] += take
            rest -= take
    return [Allocation(want.variant_id, code, quantity) for code, quantity in taken.items() if quantity]


def _distance(a: StockLocation, b: Destination) -> float:
    """Give kilometres along a great circle (haversine formula)."""
    lat_a, lat_b = math.radians(a.latitude or 0), math.radians(b.latitude or 0)
    turn = math.radians((b.longitude or 0) - (a.longitude or 0))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(turn / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _plain(postal_code: str) -> str:
    return postal_code.replace(" ", "").replace("-", "").upper()
