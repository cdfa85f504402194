# SPDX-License-Identifier: Apache-2.0
"""Hands events to subscribers: at least once, and in order for each subscriber and aggregate.

Every pending delivery has a job in the queue until it is pending no more. A job that finds an earlier
delivery waiting runs that one first; one that finds it being run, or waiting for its next attempt, waits.
A delivery counts as being run while the job named in it is taken and its heart beats.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from shopwright.events.codec import EventCodec
from shopwright.jobs.outcome import GaveUpError, Outcome, describe, later
from shopwright.jobs.types import Retry

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)

RETRY = Retry()
TIMEOUT = 300.0
_BUSY = 0.5
_NOT_LOADED = 600.0
_NOT_LOADED_LIMIT = timedelta(hours=72)

_HEAD = text("""
    SELECT own.status AS own_status, own.subscriber, head.id, head.attempts, head.next_attempt_at,
           event.name, event.payload::text AS payload, event.created_at,
           coalesce(head.job_id <> :job_id AND EXISTS (
               SELECT FROM kernel_queue q
               WHERE q.id = head.job_id AND q.status = 'picked'
               AND q.heartbeat > now() - CAST(:lost AS interval)
           ), false) AS busy
    FROM kernel_delivery own
    LEFT JOIN LATERAL (
        SELECT d.* FROM kernel_delivery d
        WHERE d.store_id = own.store_id AND d.subscriber = own.subscriber
        AND d.aggregate_kind = own.aggregate_kind AND d.aggregate_id = own.aggregate_id
        AND d.status = 'pending'
        ORDER BY d.seq LIMIT 1
    ) head ON true
    LEFT JOIN kernel_outbox event ON event.store_id = head.store_id AND event.id = head.outbox_id
    WHERE own.id = :id
""")
_CLAIM = text("""
    UPDATE kernel_delivery SET attempts = attempts + 1, job_id = :job_id
    WHERE id = :id AND status = 'pending' AND attempts = :attempts
    RETURNING attempts
""")
_FINISH = text("""
    UPDATE kernel_delivery SET status = :status, done_at = :now, last_error = :error, job_id = NULL
    WHERE id = :id AND status = 'pending'
""")
_FAIL = text("""
    UPDATE kernel_delivery SET next_attempt_at = :next, last_error = :error, job_id = NULL
    WHERE id = :id AND status = 'pending' AND job_id = :job_id
""")
_RELEASE = text("""
    UPDATE kernel_delivery SET attempts = attempts - 1, job_id = NULL
    WHERE id = :id AND status = 'pending' AND job_id = :job_id AND attempts > 0
""")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A delivery that this job runs now, for the ``attempt``-th time."""

    id: UUID
    subscriber: str
    name: str
    payload: str
    attempt: int


class Deliveries:
    """Runs the deliveries of one subscriber and aggregate in their order."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._codec = EventCodec(kernel.registry)

    async def run(self, ctx: "Context", delivery_id: UUID, job_id: int) -> Outcome:
        """Run what is due up to a delivery, and what follows it as long as nobody else does."""
        deaths: list[BaseException] = []
        while True:
            step = await ctx.run(lambda session: self._next(ctx, session, delivery_id, job_id))
            if isinstance(step, Outcome):
                return Outcome(step.status, step.again, step.reason, tuple(deaths))
            if step is not None:
                deaths += await self._deliver(ctx, step, job_id)

    async def _next(
        self, ctx: "Context", session: Any, delivery_id: UUID, job_id: int
    ) -> _Claim | Outcome | None:
        """Claim the first pending delivery, or tell what to do instead; None is to look again."""
        lost = self._kernel.jobs.lost_after
        values = {"id": delivery_id, "job_id": job_id, "lost": lost}
        head = (await session.execute(_HEAD, values)).one_or_none()
        if head is None or head.id is None:
            return Outcome()
        wait = self._reason_to_wait(ctx, head)
        if wait is not None:
            return wait if head.own_status == "pending" else Outcome()
        claim = {"id": head.id, "job_id": job_id, "attempts": head.attempts}
        attempt = (await session.execute(_CLAIM, claim)).scalar()
        if attempt is None:
            return None
        return _Claim(head.id, head.subscriber, head.name, head.payload, attempt)

    def _reason_to_wait(self, ctx: "Context", head: Any) -> Outcome | None:
        if head.busy:
            return later(_BUSY, "an earlier event of the same thing is being handled")
        now = ctx.clock.now()
        if head.next_attempt_at > now:
            return later((head.next_attempt_at - now).total_seconds(), "an attempt is due later")
        loaded = head.subscriber in self._kernel.registry.plugins and self._codec.knows(head.name)
        if not loaded and head.created_at > now - _NOT_LOADED_LIMIT:
            return later(
                _NOT_LOADED, f"plugin {head.subscriber} or the owner of {head.name} is not loaded here"
            )
        return None

    async def _deliver(self, ctx: "Context", claim: _Claim, job_id: int) -> list[BaseException]:
        """Run one subscriber outside of any transaction, then write down how it went."""
        try:
            handled = await self._call(ctx, claim)
        except asyncio.CancelledError:
            await self._write(ctx, _RELEASE, id=claim.id, job_id=job_id)
            raise
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            return await self._failed(ctx, claim, job_id, error)
        status = "done" if handled else "skipped"
        await self._write(ctx, _FINISH, id=claim.id, status=status, now=ctx.clock.now(), error=None)
        return []

    async def _call(self, ctx: "Context", claim: _Claim) -> bool:
        if claim.attempt > RETRY.attempts:
            raise GaveUpError(f"{claim.name} was begun {RETRY.attempts} times and never came to an end")
        if not ctx.is_active(claim.subscriber) or not self._codec.knows(claim.name):
            return False
        spec, event = self._codec.decode(claim.name, claim.payload)
        async with asyncio.timeout(TIMEOUT):
            return await ctx.hooks.deliver(spec, event, claim.subscriber)

    async def _failed(
        self, ctx: "Context", claim: _Claim, job_id: int, error: Exception
    ) -> list[BaseException]:
        now: datetime = ctx.clock.now()
        log.warning(
            "Plugin %s failed to handle %s, attempt %d in store %s",
            claim.subscriber, claim.name, claim.attempt, ctx.store.code, exc_info=error,
        )  # fmt: skip
        if claim.attempt >= RETRY.attempts:
            await self._write(ctx, _FINISH, id=claim.id, status="dead", now=now, error=describe(error))
            return [error]
        due = now + timedelta(seconds=RETRY.delay(claim.attempt))
        await self._write(ctx, _FAIL, id=claim.id, job_id=job_id, next=due, error=describe(error))
        return []

    async def _write(self, ctx: "Context", statement: Any, **values: Any) -> None:
        await ctx.run(lambda session: session.execute(statement, values))
