# SPDX-License-Identifier: Apache-2.0
"""The jobs of discounts: what begins and ends by the clock, what confirmed orders used, codes by the thousand."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.jobs import Job, Schedule
from shopwright_discounts.services import bulk, redeem, turn


@dataclass(frozen=True, slots=True)
class Turn:
    """Nothing to say: whatever has begun or ended."""


@dataclass(frozen=True, slots=True)
class MakeCodes:
    """The batch whose codes are to be made."""

    batch_id: UUID


async def _turn(ctx: Context, payload: Turn) -> None:
    await turn.turn(ctx)
    await redeem.count(ctx)


async def _make_codes(ctx: Context, payload: MakeCodes) -> None:
    await bulk.make(ctx, payload.batch_id)


turn_prices = Job("discounts.turn", Turn, _turn)
make_codes = Job("discounts.make_codes", MakeCodes, _make_codes)
schedules = [Schedule("discounts.turn", "* * * * *", turn_prices, Turn())]
