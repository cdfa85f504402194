# SPDX-License-Identifier: Apache-2.0
"""The inventory's jobs: reservations that expire."""

from dataclasses import dataclass

from shopwright.context import Context
from shopwright.jobs import Job, Schedule
from shopwright_inventory.services import reservations


@dataclass(frozen=True, slots=True)
class Sweep:
    """Nothing to say: everything that is due."""


async def _sweep(ctx: Context, payload: Sweep) -> None:
    await reservations.release_expired(ctx)


sweep = Job("inventory.sweep", Sweep, _sweep)
schedules = [Schedule("inventory.sweep", "* * * * *", sweep, Sweep())]
