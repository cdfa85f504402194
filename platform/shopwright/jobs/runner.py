# SPDX-License-Identifier: Apache-2.0
"""Runs one job taken from the queue, in the store it was put there for."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text

from shopwright.actor import SYSTEM
from shopwright.events.delivery import Deliveries
from shopwright.ids import new_id
from shopwright.jobs.outcome import GaveUpError, Outcome, describe, later
from shopwright.jobs.queue import DELIVER, Entry, Queue, QueuedJob
from shopwright.jobs.types import Job

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)

_BURY = text("""
    INSERT INTO kernel_dead_job
        (store_id, id, queue_id, code, payload, request_id, attempts, error, died_at)
    VALUES (:store_id, :id, :queue_id, :code, CAST(:payload AS jsonb), :request_id, :attempts, :error, :now)
    ON CONFLICT (store_id, queue_id) DO UPDATE
    SET attempts = EXCLUDED.attempts, error = EXCLUDED.error, died_at = EXCLUDED.died_at
""")


@dataclass(frozen=True)
class Known:
    """A job that a plugin declared."""

    plugin: str
    job: Job[Any]

    @cached_property
    def payloads(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.job.payload)


class Runner:
    """Runs what a worker or ``drain`` took. Failures are part of the outcome; only the unforeseen raises."""

    def __init__(self, kernel: "Kernel", known: Mapping[str, Known]) -> None:
        self._kernel = kernel
        self._known = known
        self._deliveries = Deliveries(kernel)

    @property
    def codes(self) -> list[str]:
        """The jobs this process can run; others wait for a process that can."""
        return [DELIVER, *self._known]

    async def run(self, row: QueuedJob, queue: Queue) -> Outcome:
        entry = Entry.of(row)
        store = self._kernel.directory.by_id(entry.store_id)
        if store is None:
            log.warning("Job %s (%s) is dropped: its store is gone", row.id, entry.code)
            return Outcome("canceled")
        ctx = self._kernel.context(store, actor=SYSTEM, request_id=entry.request_id)
        if entry.code == DELIVER:
            return await self._deliveries.run(ctx, UUID(entry.data), row.id)
        known = self._known[entry.code]
        if not ctx.is_active(known.plugin):
            log.info("Job %s of store %s is skipped: %s is off", entry.code, store.code, known.plugin)
            return Outcome("canceled")
        return await self._run_job(ctx, known, entry, row, queue)

    async def _run_job(
        self, ctx: "Context", known: Known, entry: Entry, row: QueuedJob, queue: Queue
    ) -> Outcome:
        job, attempt = known.job, await queue.begin(row.id)
        try:
            await _call(ctx, known, entry, attempt)
        except asyncio.CancelledError:
            await queue.give_back(row.id)
            raise
        except Exception as error:
            log.warning(
                "Job %s failed, attempt %d in store %s", job.code, attempt, ctx.store.code, exc_info=error
            )
            if attempt < job.retry.attempts:
                return later(job.retry.delay(attempt), describe(error))
            await self._bury(ctx, entry, row.id, min(attempt, job.retry.attempts), error)
            return Outcome("exception", reason=describe(error), deaths=(error,))
        return Outcome()

    async def _bury(
        self, ctx: "Context", entry: Entry, queue_id: int, attempts: int, error: Exception
    ) -> None:
        values = {
            "store_id": ctx.store.id,
            "id": new_id(),
            "queue_id": queue_id,
            "code": entry.code,
            "payload": json.dumps(entry.data),
            "request_id": entry.request_id,
            "attempts": attempts,
            "error": describe(error),
            "now": ctx.clock.now(),
        }
        await ctx.run(lambda session: session.execute(_BURY, values))


async def _call(ctx: "Context", known: Known, entry: Entry, attempt: int) -> None:
    job = known.job
    if attempt > job.retry.attempts:
        raise GaveUpError(f"{job.code} was begun {job.retry.attempts} times and never came to an end")
    payload = known.payloads.validate_json(json.dumps(entry.data))
    async with asyncio.timeout(job.timeout):
        await job.handler(ctx, payload)
