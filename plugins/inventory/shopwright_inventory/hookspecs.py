# SPDX-License-Identifier: Apache-2.0
"""The hooks of the inventory."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.hooks import hookspec


@dataclass(frozen=True, slots=True)
class StockChanged:
    """What is left to sell of a variant, over all locations, went from ``before`` to ``after``.

    Told of each count that changes it, and of a sale or release that takes it to zero or away from it.
    """

    variant_id: UUID
    before: int
    after: int
    version: int = 1


@hookspec("event")
async def stock_changed(ctx: Context, event: StockChanged) -> None:
    """Learn that a variant was counted, sold out or came back."""
    raise AssertionError
