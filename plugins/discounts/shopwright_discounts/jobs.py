# SPDX-License-Identifier: Apache-2.0
"""The jobs of discounts: what begins and ends by the clock, and what confirmed orders used."""

from dataclasses import dataclass

from shopwright.context import Context
from shopwright.jobs import Job, Schedule
from shopwright_discounts.services import redeem, turn


@dataclass(frozen=True, slots=True)
class Turn:
    """Nothing to say: whatever has begun or ended."""


async def _turn(ctx: Context, payload: Turn) -> None:
    await turn.turn(ctx)
    await redeem.count(ctx)


turn_prices = Job("discounts.turn", Turn, _turn)
schedules = [Schedule("discounts.turn", "* * * * *", turn_prices, Turn())]
