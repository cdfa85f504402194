# SPDX-License-Identifier: Apache-2.0
"""What other plugins may ask of the stock. Writes run in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright_catalog.api import Availability
from shopwright_catalog.hookspecs import stock_available


@dataclass(frozen=True, slots=True)
class Demand:
    """How many of a variant are wanted; ``part_of`` is the variant whose place it took in ``stock_demand``."""

    variant_id: UUID
    quantity: int
    part_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an order goes to, as far as it matters for from where it is sent; degrees of latitude and longitude."""

    country: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class StockLocation:
    """A place where stock lies; ``code`` names it in a store."""

    code: str
    priority: int = 0
    country: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class StockAt:
    """What an order could take of a variant at a location: what lies there, and with what may be owed for it."""

    variant_id: UUID
    location: StockLocation
    ready: int
    most: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """How many of a variant a location is to send."""

    variant_id: UUID
    location: str
    quantity: int


class OutOfStock(Conflict):
    """There is not enough. ``extra["lines"]`` is a list of ``{"variant_id", "requested", "left"}``."""

    code: ClassVar[str] = "out_of_stock"
    title: ClassVar[str] = "Not enough in stock"


async def availability(ctx: Context, variant_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    """Give what is left of each variant over all locations, as all plugins say (catalogue's ``stock_available``).

    Variants without stock-keeping are always sellable.
    """
    everything: Mapping[UUID, Availability] = dict.fromkeys(variant_ids, Availability())
    found = await ctx.hooks.filter(stock_available, everything, variant_ids=variant_ids)
    return dict(found)


def combined(parts: Sequence[tuple[Availability, int]]) -> Availability:
    """Give the availability of a whole that needs of each part a number of pieces: the scarcest part decides."""
    from shopwright_inventory.services import combining

    return combining.combined(parts)


async def reserve(
    ctx: Context,
    session: AsyncSession,
    *,
    owner: UUID,
    demand: Sequence[Demand],
    expires_at: datetime,
    destination: Destination | None = None,
) -> dict[UUID, Availability]:
    """Hold stock for an owner (an order id): repeated variants are summed, rows are locked in sorted order.

    Before that plugins replace demand by that of its parts (``stock_demand``). ``destination`` is where the order
    goes to, for the choice of locations. Gives the availability that each variant of ``demand`` had until then: it tells what has to wait.

    Raises:
        OutOfStock: at least one variant falls short; nothing is held.
    """
    from shopwright_inventory.services import reservations

    return await reservations.reserve(
        ctx, session, owner=owner, demand=demand, expires_at=expires_at, destination=destination
    )


async def waiting(ctx: Context, owner: UUID) -> dict[UUID, int]:
    """Give how many of each variant that an owner holds are not there yet: who held first is served first."""
    from shopwright_inventory.services import waiting as service

    return await service.of(ctx, owner)


async def extend(ctx: Context, session: AsyncSession, *, owner: UUID, expires_at: datetime) -> None:
    """Keep an owner's active reservations longer (a payment is in progress)."""
    from shopwright_inventory.services import reservations

    await reservations.extend(ctx, session, owner=owner, expires_at=expires_at)


async def claim(ctx: Context, session: AsyncSession, *, owner: UUID) -> bool:
    """Turn an owner's reservations into a sale: allocated to the order for good.

    False when they had been released (expired) and could not be taken again: the caller decides.
    """
    from shopwright_inventory.services import reservations

    return await reservations.claim(ctx, session, owner=owner)


async def release(ctx: Context, session: AsyncSession, *, owner: UUID, reason: str) -> None:
    """Give an owner's held (active or claimed) stock back; doing it twice changes nothing."""
    from shopwright_inventory.services import reservations

    await reservations.release(ctx, session, owner=owner, reason=reason)


async def count(
    ctx: Context, session: AsyncSession, *, variant_id: UUID, on_hand: int, reason: str, location: str = ""
) -> None:
    """Set what is on hand at a location (the default one when empty) by a stock move of the difference.

    Starts stock-keeping for the variant.
    """
    from shopwright_inventory.services import stock

    await stock.count(ctx, session, variant_id=variant_id, on_hand=on_hand, reason=reason, location=location)


async def count_many(
    ctx: Context, session: AsyncSession, *, on_hand: Mapping[UUID, int | None], reason: str
) -> None:
    """Do as ``count`` (or, for None, ``untrack``) for many variants at the default location, with few statements."""
    from shopwright_inventory.services import count_many as service

    await service.count_many(ctx, session, on_hand=on_hand, reason=reason)


async def untrack(ctx: Context, session: AsyncSession, *, variant_id: UUID) -> None:
    """Stop stock-keeping for a variant: it is always sellable."""
    from shopwright_inventory.services import stock

    await stock.untrack(ctx, session, variant_id=variant_id)
