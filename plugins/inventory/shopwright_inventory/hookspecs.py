# SPDX-License-Identifier: Apache-2.0
"""The hooks of the inventory."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.hooks import hookspec
from shopwright_inventory.api import Allocation, Demand, Destination, StockAt


@dataclass(frozen=True, slots=True)
class StockChanged:
    """What can be sold of a variant from stock, over all locations, went from ``before`` to ``after``.

    Told of each change of what is on hand, of changed rules, and of a sale or release that takes the number to
    zero or away from it. Below zero as many are promised on back-order. ``location`` is the code of the one
    where it happened, empty for several.
    """

    variant_id: UUID
    before: int
    after: int
    version: int = 1
    location: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StockLow:
    """What can be sold of a variant from stock fell to ``threshold`` or below; told once, until it has risen again."""

    variant_id: UUID
    left: int
    threshold: int
    version: int = 1


@hookspec("event")
async def stock_changed(ctx: Context, event: StockChanged) -> None:
    """Learn that a variant was counted, sold out or came back."""
    raise AssertionError


@hookspec("event")
async def stock_low(ctx: Context, event: StockLow) -> None:
    """Learn that few are left of a variant."""
    raise AssertionError


@hookspec("filter")
async def stock_demand(
    ctx: Context, value: Sequence[Demand], session: AsyncSession
) -> Sequence[Demand] | None:
    """Replace what an order wants of a variant by what it wants of its parts, before stock is locked.

    Runs in the transaction of the order. Give each part ``part_of``, the variant it stands for, so that customers
    are told of what they ordered. What is left of such a variant is said in the catalogue's ``stock_available``,
    which the cart asks as well: ``inventory.api.combined`` works it out from ``inventory.api.availability`` of
    its parts.
    """
    raise AssertionError


@hookspec("first", on_error="core", budget=0.5)
async def fulfilment_route(
    ctx: Context, demand: Sequence[Demand], stock: Sequence[StockAt], destination: Destination | None
) -> Sequence[Allocation] | None:
    """Choose the locations that send an order, all lines at once; asked only when there is a choice.

    An answer that does not give each variant exactly what is wanted, from where it can be taken, is left out, and
    the strategy of the store's settings decides.
    """
    raise AssertionError
