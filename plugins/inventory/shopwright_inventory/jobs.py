# SPDX-License-Identifier: Apache-2.0
"""The inventory's jobs: reservations that expire, stock-takes and files of many lines."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.jobs import Job, Schedule
from shopwright_inventory.services import reservations, stock_take_apply
from shopwright_inventory.services import take_in_file as take_in_file_service


@dataclass(frozen=True, slots=True)
class Sweep:
    """Nothing to say: everything that is due."""


@dataclass(frozen=True, slots=True)
class ApplyStockTake:
    """The stock-take whose differences are to be moved."""

    take_id: UUID


@dataclass(frozen=True, slots=True)
class TakeInFile:
    """The file of stock that waits."""

    file_id: UUID


async def _sweep(ctx: Context, payload: Sweep) -> None:
    await reservations.release_expired(ctx)


async def _apply_stock_take(ctx: Context, payload: ApplyStockTake) -> None:
    await stock_take_apply.go_on(ctx, payload.take_id)


async def _take_in_file(ctx: Context, payload: TakeInFile) -> None:
    await take_in_file_service.take_in(ctx, payload.file_id)


sweep = Job("inventory.sweep", Sweep, _sweep)
apply_stock_take = Job("inventory.apply_stock_take", ApplyStockTake, _apply_stock_take, timeout=1800.0)
take_in_file = Job("inventory.take_in_file", TakeInFile, _take_in_file, timeout=1800.0)
schedules = [Schedule("inventory.sweep", "* * * * *", sweep, Sweep())]
