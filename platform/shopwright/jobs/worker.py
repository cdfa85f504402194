# SPDX-License-Identifier: Apache-2.0
"""The worker: takes jobs as soon as they are committed, and outlives the database it works for."""

import asyncio
import logging
from typing import TYPE_CHECKING

import asyncpg
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context as QueueContext

from shopwright.db.settings import driver_options
from shopwright.jobs.drivers import SETTINGS, Ears, WorkerDriver
from shopwright.jobs.outcome import Outcome, later
from shopwright.jobs.queue import Queue, QueuedJob
from shopwright.jobs.runner import Runner

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_TROUBLE = 5.0


class JobFailedError(Exception):
    """Tells PgQueuer that a job failed for good; the reason is kept with the dead letter."""


class Worker:
    """Runs jobs of the queue until told to stop."""

    def __init__(self, kernel: "Kernel", runner: Runner, ears: Ears, concurrency: int) -> None:
        self._kernel = kernel
        self._runner = runner
        self._ears = ears
        # PgQueuer wants room for two batches.
        self._concurrency = max(concurrency, 2)
        self._running: set[asyncio.Task[Outcome]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work; what breaks the connection is logged, and work goes on over a new one."""
        pause = _FIRST_PAUSE
        while not stop.is_set():
            started = self._kernel.clock.monotonic()
            try:
                await self._work(stop)
            except Exception as error:  # noqa: BLE001 - whatever it was, work goes on
                if self._kernel.clock.monotonic() - started > _LONGEST_PAUSE:
                    pause = _FIRST_PAUSE
                log.warning("The queue cannot be reached, trying again in %.1f s: %r", pause, error)
                await _wait(stop, pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _work(self, stop: asyncio.Event) -> None:
        """Work over one pool of connections until told to stop, or until it fails."""
        settings = self._kernel.db.settings
        await self._ears.open()
        async with asyncpg.create_pool(
            **driver_options(settings.url), min_size=1, max_size=3, server_settings=settings.server_settings
        ) as pool:
            queue = Queue(WorkerDriver(pool, self._ears), self._kernel.clock)
            manager = QueueManager(queue, SETTINGS.channel)
            for code in self._runner.codes:
                self._register(manager, queue, code)
            lost_after = self._kernel.jobs.lost_after
            working = asyncio.create_task(
                manager.run(
                    dequeue_timeout=lost_after / 2,
                    batch_size=self._concurrency // 2,
                    max_concurrent_tasks=self._concurrency,
                    shutdown_on_listener_failure=True,
                    heartbeat_timeout=lost_after,
                )
            )
            stopping = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                await self._finish(manager, working)
                self._ears.remove_all()
        working.result()

    async def _finish(self, manager: QueueManager, working: "asyncio.Task[None]") -> None:
        """Let running jobs end, cut short what takes too long, and put that back into the queue."""
        manager.shutdown.set()
        await asyncio.wait({working}, timeout=self._kernel.config.drain_seconds)
        if not working.done():
            log.warning("%d job(s) are cut short and put back into the queue", len(self._running))
            for task in tuple(self._running):
                task.cancel()
            await asyncio.wait({working})

    def _register(self, manager: QueueManager, queue: Queue, code: str) -> None:
        async def execute(row: QueuedJob, context: QueueContext) -> None:
            outcome = await self._execute(row, queue)
            if outcome.again is not None:
                log.debug("Job %s (%s) waits %s: %s", row.id, code, outcome.again, outcome.reason)
                raise RetryRequested(outcome.again, outcome.reason)
            if outcome.status == "canceled":
                context.cancellation.cancel()
            if outcome.status == "exception":
                raise JobFailedError(outcome.reason)

        manager.entrypoint(code, accepts_context=True)(execute)

    async def _execute(self, row: QueuedJob, queue: Queue) -> Outcome:
        """Run a job in a task of its own: cutting that short leaves PgQueuer able to put the job back."""
        task = asyncio.create_task(self._runner.run(row, queue))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            # PgQueuer would delete the job if this went on; it is put back instead.
            task.cancel()
            await asyncio.wait({task})
        if task.cancelled():
            return later(0.0, "the worker was stopped")
        error = task.exception()
        if error is not None:
            log.error("Job %s (%s) could not be run", row.id, row.entrypoint, exc_info=error)
            return later(_TROUBLE, repr(error))
        return task.result()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
