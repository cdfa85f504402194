# SPDX-License-Identifier: Apache-2.0
"""Jobs: put in the queue with the change that asks for them, run at least once, and kept when they fail."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.hookspecs import register_jobs, register_schedules
from shopwright.jobs.dead import DeadLetter, list_dead, replay
from shopwright.jobs.drivers import DatabaseDriver, Ears, SessionDriver
from shopwright.jobs.queue import Entry, Queue, QueuedJob
from shopwright.jobs.runner import Known, Runner
from shopwright.jobs.schedules import Scheduler
from shopwright.jobs.types import Job
from shopwright.jobs.worker import Worker

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

P = TypeVar("P")


class Jobs:
    """The background jobs of an installation.

    A job runs in a store only where its plugin is on when its turn comes: otherwise it is dropped, which the
    log of the queue shows as ``canceled``. A job whose plugin is not loaded at all waits in the queue.
    """

    lost_after = timedelta(seconds=30)
    """How long a worker may be silent until its jobs are given to another one."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._known = _declared(kernel)
        self._runner = Runner(kernel, self._known)
        self._ears = Ears(kernel.db)
        self._scheduler = Scheduler(kernel)

    def queue(self, session: AsyncSession) -> Queue:
        """Give the queue as part of a session's transaction."""
        return Queue(SessionDriver(session), self._kernel.clock)

    async def enqueue(
        self,
        ctx: "Context",
        session: AsyncSession,
        job: Job[P],
        payload: P,
        *,
        delay: float = 0.0,
        dedupe_key: str | None = None,
    ) -> None:
        """Put a job into the queue in the caller's transaction, by one statement.

        Args:
            ctx: of the store the job runs in.
            session: the caller's.
            job: one that a loaded plugin registered.
            payload: ids and plain values, nothing about a person.
            delay: seconds until it may run.
            dedupe_key: while a job of this store and code with the same key waits, no other is added;
                it keeps its time. One that runs already does not count.

        Raises:
            TypeError: no loaded plugin registered the job, or the payload is not of its type.
        """
        known = self._known.get(job.code)
        if known is None:
            raise TypeError(f"job {job.code!r} is not registered: return it from register_jobs of its plugin")
        if not isinstance(payload, job.payload):
            raise TypeError(f"job {job.code!r} takes {job.payload.__name__}, not {type(payload).__name__}")
        data = known.payloads.dump_python(payload, mode="json")
        key = None if dedupe_key is None else f"{ctx.store.id}:{job.code}:{dedupe_key}"
        await self.queue(session).put([Entry(job.code, ctx.store.id, data, ctx.request_id, delay, key)])

    async def run_worker(self, stop: asyncio.Event, *, concurrency: int = 10) -> None:
        """Run jobs and schedules until ``stop`` is set, then give running jobs ``drain_seconds`` to end."""
        worker = Worker(self._kernel, self._runner, self._ears, concurrency)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._scheduler.run(stop))
            tasks.create_task(worker.run(stop))

    async def tick(self) -> int:
        """Put scheduled jobs that are due by the clock into the queue, and tell how many."""
        return await self._scheduler.tick()

    async def drain(self, *, timeout: float = 30.0, strict: bool = False) -> int:  # noqa: ASYNC109 - for all jobs
        """Run everything that is due by the clock, one after another, in this process.

        Args:
            timeout: seconds for all of it.
            strict: raise the error of the first job or delivery that failed for good.

        Returns:
            How many jobs were taken; one that failed and waits for its next attempt counts too.
        """
        queue = Queue(DatabaseDriver(self._kernel.db), self._kernel.clock)
        count = 0
        async with asyncio.timeout(timeout):
            while row := await queue.take_due(self._runner.codes, self.lost_after):
                count += 1
                deaths = await self._run_one(row, queue)
                if strict and deaths:
                    raise deaths[0]
        return count

    async def _run_one(self, row: QueuedJob, queue: Queue) -> tuple[BaseException, ...]:
        try:
            outcome = await self._runner.run(row, queue)
        except BaseException:
            await queue.retry_job(row, timedelta(0))
            raise
        if outcome.again is not None:
            await queue.retry_job(row, outcome.again)
        else:
            await queue.log_jobs([(row, outcome.status, None)])
        return outcome.deaths

    async def dead_letters(self, ctx: "Context", *, limit: int = 200) -> list[DeadLetter]:
        """Give deliveries and jobs of the store that failed for good, newest first."""
        return await list_dead(ctx, limit)

    async def replay(self, ctx: "Context", letter_id: UUID) -> None:
        """Try a dead letter anew; written to the audit chain.

        Raises:
            NotFound: there is no such dead letter in this store.
        """
        await replay(self._kernel, ctx, letter_id)


def _declared(kernel: "Kernel") -> dict[str, Known]:
    """Give every job of the loaded plugins, those named only by a schedule included."""
    known = {
        code: Known(entry.plugin, entry.item)
        for code, entry in kernel.registry.registered(register_jobs).items()
    }
    for entry in kernel.registry.registered(register_schedules).values():
        job: Job[Any] = entry.item.job
        known.setdefault(job.code, Known(entry.plugin, job))
    return known
