# SPDX-License-Identifier: Apache-2.0
"""The queue in PostgreSQL: PgQueuer, told the time by the installation's clock.

Its tables stand above the stores, because a worker reads a job before it knows whose it is. A payload
therefore holds ids, never personal data.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import TracebackRecord
from pgqueuer.ports.driver import Driver

from shopwright.clock import Clock
from shopwright.ids import new_id
from shopwright.jobs.drivers import SETTINGS, changed_message

__all__ = ["DELIVER", "Entry", "Queue", "QueuedJob"]

log = logging.getLogger(__name__)

DELIVER = "kernel.deliver"
"""The code of the job that hands an event to one subscriber."""

_BEGIN = "UPDATE kernel_queue SET attempts = attempts + 1, dedupe_key = NULL WHERE id = $1 RETURNING attempts"
_GIVE_BACK = "UPDATE kernel_queue SET attempts = greatest(attempts - 1, 0) WHERE id = $1"
_LATER = """
    WITH later AS (
        UPDATE kernel_queue
        SET status = 'queued', queue_manager_id = NULL, updated = now(),
            execute_after = now() + $2::interval, headers = headers || jsonb_build_object('due', $3::text)
        WHERE id = $1 AND status = 'picked'
        RETURNING id, priority, entrypoint
    ), logged AS (
        INSERT INTO kernel_queue_log (job_id, status, priority, entrypoint, traceback)
        SELECT id, 'queued', priority, entrypoint, $4::jsonb FROM later
    )
    SELECT pg_notify($5, $6) FROM later
"""
_TAKE = """
    WITH due AS (
        SELECT id FROM kernel_queue
        WHERE entrypoint = ANY ($1::text[]) AND (
            (status = 'queued' AND (headers ->> 'due')::timestamptz <= $2::text::timestamptz)
            OR (status = 'picked' AND heartbeat < now() - $3::interval)
        )
        ORDER BY priority DESC, (headers ->> 'due')::timestamptz, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    UPDATE kernel_queue q
    SET status = 'picked', heartbeat = now(), updated = now(), queue_manager_id = $4
    FROM due WHERE q.id = due.id
    RETURNING q.*
"""
_PRUNE = """
    WITH log AS (
        DELETE FROM kernel_queue_log WHERE id IN (
            SELECT id FROM kernel_queue_log WHERE created < now() - interval '7 days' LIMIT 20000
        )
    )
    DELETE FROM kernel_queue_statistics WHERE id IN (
        SELECT id FROM kernel_queue_statistics WHERE created < now() - interval '30 days' LIMIT 20000
    )
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is put into the queue: which job, for which store, with which payload (JSON)."""

    code: str
    store_id: UUID
    data: Any
    request_id: str
    delay: float = 0.0
    dedupe_key: str | None = None

    def encode(self) -> bytes:
        body = {"store": str(self.store_id), "request": self.request_id, "data": self.data}
        return json.dumps(body, separators=(",", ":")).encode()

    @classmethod
    def of(cls, job: QueuedJob) -> "Entry":
        """Read what ``encode`` wrote."""
        body = json.loads(job.payload or b"{}")
        return cls(job.entrypoint, UUID(body["store"]), body["data"], body["request"])


class Queue(Queries):
    """PgQueuer's operations, and ours: what waits is due by our clock, and a retry never loses the job."""

    def __init__(self, driver: Driver, clock: Clock) -> None:
        super().__init__(
            driver,
            QueryBuilderEnvironment(SETTINGS),
            QueryQueueBuilder(SETTINGS),
            QuerySchedulerBuilder(SETTINGS),
        )
        self._clock = clock

    async def put(self, entries: Sequence[Entry]) -> None:
        """Add jobs in one statement; one that waits under the same key stays as it is.

        It is locked until the caller's commit: a worker that took it before would not see the change.
        """
        await self.enqueue(
            [entry.code for entry in entries],
            [entry.encode() for entry in entries],
            [0] * len(entries),
            [timedelta(seconds=entry.delay) for entry in entries],
            [entry.dedupe_key for entry in entries],
            [{"due": self._due(entry.delay)} for entry in entries],
            on_conflict="update_priority",
        )

    async def begin(self, job_id: int) -> int:
        """Count an attempt and free the key, so that what changes from now on makes a new job."""
        rows = await self.driver.fetch(_BEGIN, job_id)
        return int(str(rows[0]["attempts"])) if rows else 1

    async def give_back(self, job_id: int) -> None:
        """Take back an attempt that was cut short by us."""
        await self.driver.execute(_GIVE_BACK, job_id)

    async def retry_job(
        self, job: QueuedJob, delay: timedelta, traceback_record: TracebackRecord | None = None
    ) -> None:
        """Let a job wait. When even that fails it stays taken, and is taken anew once its heart stops."""
        trace = traceback_record.model_dump_json() if traceback_record else None
        try:
            await self.driver.fetch(
                _LATER,
                job.id,
                delay,
                self._due(delay.total_seconds()),
                trace,
                SETTINGS.channel,
                changed_message(),
            )
        except Exception:  # the caller would take an error for the end of the job
            log.exception("Job %s cannot be put back; another worker will find it", job.id)

    async def take_due(self, codes: Sequence[str], lost_after: timedelta) -> QueuedJob | None:
        """Take the one job that has been due longest by our clock, or whose worker is lost."""
        rows = await self.driver.fetch(
            _TAKE, list(codes), self._clock.now().isoformat(), lost_after, new_id()
        )
        return QueuedJob.model_validate(rows[0]) if rows else None

    async def prune(self) -> None:
        """Forget old lines of the log."""
        await self.driver.execute(_PRUNE)

    def _due(self, delay: float) -> str:
        return (self._clock.now() + timedelta(seconds=delay)).isoformat()
