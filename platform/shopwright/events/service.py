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

# The counter's row stays locked until the commit, so numbers have no holes and become visible in order. Counters are
# locked in their order, so that two transactions with many events cannot wait for each other.
_EMIT = """
    WITH told AS (
        SELECT * FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::integer[], $6::text[])
            AS t (kind, aggregate, id, version, payload)
    ), head AS (
        INSERT INTO kernel_outbox_head AS h (store_id, aggregate_kind, aggregate_id, seq)
        SELECT $1::uuid, kind, aggregate, 1 FROM told ORDER BY kind, aggregate
        ON CONFLICT (store_id, aggregate_kind, aggregate_id) DO UPDATE SET seq = h.seq + 1
        RETURNING aggregate_kind, aggregate_id, seq
    ), event AS (
        INSERT INTO kernel_outbox (store_id, id, name, version, aggregate_kind, aggregate_id, seq, payload,
                                   subscribers, actor, request_id, created_at)
        SELECT $1, told.id, $7::text, told.version, told.kind, told.aggregate, head.seq, told.payload::jsonb,
               $8::text[], $9::text, $10::text, $11::timestamptz
        FROM told JOIN head ON head.aggregate_kind = told.kind AND head.aggregate_id = told.aggregate
        RETURNING id, aggregate_kind, aggregate_id, seq
    )
    INSERT INTO kernel_delivery (store_id, id, outbox_id, subscriber, aggregate_kind, aggregate_id, seq,
                                 next_attempt_at)
    SELECT $1, d.id, d.outbox_id, d.subscriber, event.aggregate_kind, event.aggregate_id, event.seq, $11
    FROM event JOIN unnest($12::uuid[], $13::uuid[], $14::text[]) AS d (id, outbox_id, subscriber)
        ON d.outbox_id = event.id
"""
_DEAD = """
    SELECT d.subscriber, count(*) AS number, max(d.last_error) AS error
    FROM kernel_delivery d WHERE d.status = 'dead' GROUP BY d.subscriber ORDER BY d.subscriber
"""


Aggregate = tuple[str, UUID]
"""The thing an event is about, (kind, id)."""


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
        events: Sequence[tuple[Any, Aggregate]],
        subscribers: Sequence[str],
    ) -> None:
        """Write events, their deliveries and their jobs in the caller's transaction: two statements, or one.

        Raises:
            TypeError: an event is not what the hook declares.
            ValueError: two of them are of the same aggregate, so that their order would be unclear.
        """
        aggregates = [aggregate for _, aggregate in events]
        if len(set(aggregates)) < len(aggregates):
            raise ValueError(f"emit events of {spec.__name__} about the same thing one after another")
        if not events:
            return
        encoded = [self._codec.encode(spec, event) for event, _ in events]
        ids = [new_id() for _ in events]
        deliveries = [(new_id(), id_, subscriber) for id_ in ids for subscriber in subscribers]
        await SessionDriver(session).fetch(
            _EMIT,
            ctx.store.id, [kind for kind, _ in aggregates], [id_ for _, id_ in aggregates], ids,
            [version for _, version, _ in encoded], [payload for *_, payload in encoded], encoded[0][0],
            list(subscribers), actor_words(ctx.actor), ctx.request_id, ctx.clock.now(),
            [id_ for id_, _, _ in deliveries], [event for _, event, _ in deliveries], [to for *_, to in deliveries],
        )  # fmt: skip
        if deliveries:
            jobs = [Entry(DELIVER, ctx.store.id, str(id_), ctx.request_id) for id_, _, _ in deliveries]
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
