# SPDX-License-Identifier: Apache-2.0
"""Puts scheduled jobs into the queue: once for each store and point in time, however many workers run."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from croniter import croniter  # type: ignore[import-untyped]
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import SYSTEM
from shopwright.hookspecs import register_schedules
from shopwright.ids import new_id
from shopwright.jobs.drivers import DatabaseDriver
from shopwright.jobs.queue import Queue
from shopwright.jobs.types import Schedule

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)

_LONGEST_SLEEP = 30.0
_PRUNE_EVERY = 3600.0
# A schedule seen for the first time starts with its next point in time.
_ADVANCE = text("""
    INSERT INTO kernel_schedule AS s (store_id, id, code, last_due_at)
    VALUES (:store_id, :id, :code, :due)
    ON CONFLICT (store_id, code) DO UPDATE SET last_due_at = EXCLUDED.last_due_at
    WHERE s.last_due_at < EXCLUDED.last_due_at
    RETURNING xmax <> 0 AS known
""")


class Scheduler:
    """Watches the clock for the schedules of all stores.

    Points in time that were missed, because no worker ran or the plugin was off, are made up for by one run.
    """

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._seen: dict[tuple[UUID, str], datetime] = {}

    async def tick(self) -> int:
        """Put what is due now into the queue, and tell how many jobs that were."""
        count = 0
        for store in self._kernel.directory.all():
            ctx = self._kernel.context(store, actor=SYSTEM)
            for code, schedule in ctx.plans.registered(register_schedules).items():
                due = latest(schedule.cron, ctx.clock.now())
                if self._seen.get((store.id, code)) != due:
                    count += await self._advance(ctx, schedule, due)
                    self._seen[store.id, code] = due
        return count

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until told to stop; trouble with the database is waited out."""
        pruned = self._kernel.clock.monotonic()
        while not stop.is_set():
            try:
                await self.tick()
                if self._kernel.clock.monotonic() - pruned > _PRUNE_EVERY:
                    pruned = self._kernel.clock.monotonic()
                    await Queue(DatabaseDriver(self._kernel.db), self._kernel.clock).prune()
            except Exception:
                log.exception("Schedules cannot be read; trying again")
                self._seen.clear()
            try:
                async with asyncio.timeout(self._pause()):
                    await stop.wait()
            except TimeoutError:
                continue

    async def _advance(self, ctx: "Context", schedule: Schedule, due: datetime) -> int:
        values = {"store_id": ctx.store.id, "id": new_id(), "code": schedule.code, "due": due}

        async def advance(session: AsyncSession) -> int:
            known = (await session.execute(_ADVANCE, values)).scalar()
            if not known:
                return 0
            await ctx.enqueue(session, schedule.job, schedule.payload, dedupe_key=f"schedule:{schedule.code}")
            return 1

        return await ctx.run(advance)

    def _pause(self) -> float:
        """Sleep until shortly after the next minute at most: no schedule is due in between."""
        now = self._kernel.clock.now()
        return min(60.05 - now.second - now.microsecond / 1e6, _LONGEST_SLEEP)


def latest(cron: str, now: datetime) -> datetime:
    """Give the last point in time of an expression that is not after ``now``."""
    next_minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    found: datetime = croniter(cron, next_minute).get_prev(datetime)
    return found
