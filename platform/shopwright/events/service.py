# SPDX-License-Identifier: Apache-2.0
"""Events: written with the change they tell of, delivered after its commit; and word that pages are stale."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import Actor
from shopwright.events.codec import EventCodec, Spec
from shopwright.events.inbox import Inbox, InboxMessage, InboxStatus, Received
from shopwright.events.tags import TagNews
from shopwright.ids import new_id
from shopwright.jobs.drivers import SessionDriver
from shopwright.jobs.queue import DELIVER, Entry
from shopwright.jobs.types import Job
from shopwright.plugin import Problem

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

# The counter's row stays locked until the commit, so numbers have no holes and become visible in order.
_EMIT = """
    WITH head AS (
        INSERT INTO kernel_outbox_head AS h (store_id, aggregate_kind, aggregate_id, seq)
        VALUES ($1::uuid, $2::text, $3::uuid, 1)
        ON CONFLICT (store_id, aggregate_kind, aggregate_id) DO UPDATE SET seq = h.seq + 1
        RETURNING seq
    ), event AS (
        INSERT INTO kernel_outbox (store_id, id, name, version, aggregate_kind, aggregate_id, seq, payload,
                                   subscribers, actor, request_id, created_at)
        SELECT $1, $4::uuid, $5::text, $6::integer, $2, $3, seq, $7::jsonb, $8::text[], $9::text, $10::text,
               $11::timestamptz
        FROM head
        RETURNING seq
    )
    INSERT INTO kernel_delivery (store_id, id, outbox_id, subscriber, aggregate_kind, aggregate_id, seq,
                                 next_attempt_at)
    SELECT $1, d.id, $4, d.subscriber, $2, $3, event.seq, $11
    FROM event, unnest($12::uuid[], $8) AS d (id, subscriber)
"""
_DEAD = """
    SELECT d.subscriber, count(*) AS number, max(d.last_error) AS error
    FROM kernel_delivery d WHERE d.status = 'dead' GROUP BY d.subscriber ORDER BY d.subscriber
"""


class Events:
    """Outbox, inbox and page-cache tags of an installation."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._codec = EventCodec(kernel.registry)
        self._inbox = Inbox(kernel)
        self._tags = TagNews(kernel)

    async def start(self) -> None:
        """Hear from other processes which cached pages are stale."""
        await self._tags.start()

    async def emit(
        self,
        ctx: "Context",
        session: AsyncSession,
        spec: Spec,
        event: Any,
        aggregate: tuple[str, UUID],
        subscribers: Sequence[str],
    ) -> None:
        """Write an event, its deliveries and their jobs in the caller's transaction: two statements, or one.

        Raises:
            TypeError: the event is not what the hook declares.
        """
        name, version, payload = self._codec.encode(spec, event)
        ids = [new_id() for _ in subscribers]
        await SessionDriver(session).fetch(
            _EMIT,
            ctx.store.id, *aggregate, new_id(), name, version, payload, list(subscribers),
            actor_words(ctx.actor), ctx.request_id, ctx.clock.now(), ids,
        )  # fmt: skip
        if ids:
            jobs = [Entry(DELIVER, ctx.store.id, str(id_), ctx.request_id) for id_ in ids]
            await self._kernel.jobs.queue(session).put(jobs)

    async def invalidate(self, ctx: "Context", session: AsyncSession, tags: Iterable[str]) -> None:
        """Drop cached pages of the store by tag, in every process, once the transaction has committed.

        Each cached page also carries the tag ``*``, so that one drops all pages of the store.
        """
        self._tags.remember(session, [f"{ctx.store.id}:{tag}" for tag in tags])

    async def receive(
        self,
        ctx: "Context",
        *,
        provider: str,
        event_id: str,
        headers: Mapping[str, str],
        body: bytes,
        job: Job[Received] | None = None,
    ) -> bool:
        """Keep what a provider sent, after its signature was checked, and have a job process it.

        Args:
            ctx: of the store it was sent to.
            provider: who sent it, a plugin's name.
            event_id: the provider's own number of it.
            headers: as they came; credentials and cookies are left out.
            body: the raw bytes.
            job: what processes it; its payload names the message, see ``received``.

        Returns:
            False when this event was received before: nothing is kept and no job is made.
        """
        return await self._inbox.receive(ctx, provider, event_id, headers, body, job)

    async def received(self, ctx: "Context", inbox_id: UUID) -> InboxMessage | None:
        """Give a message of the inbox, or None when it is processed already."""
        return await self._inbox.read(ctx, inbox_id)

    async def processed(
        self, ctx: "Context", session: AsyncSession, inbox_id: UUID, *, status: InboxStatus = "done"
    ) -> bool:
        """Mark a message processed in the transaction that holds what came of it.

        Returns:
            False when somebody was faster: roll back, it is done.
        """
        return await self._inbox.processed(ctx, session, inbox_id, status)

    async def problems(self, ctx: "Context") -> list[Problem]:
        """Give one problem for each plugin that could not handle events of this store."""
        return [
            Problem(
                row["subscriber"],
                "dead_letters",
                f"Plugin {row['subscriber']!r} could not handle {row['number']} event(s). "
                "Mend the cause, then replay them.",
                detail=row["error"] or "",
            )
            for row in await ctx.fetch_rows(_DEAD)
        ]


def actor_words(actor: Actor) -> str:
    """Name an actor without saying who that is."""
    return actor.kind if actor.id is None else f"{actor.kind}:{actor.id}"
