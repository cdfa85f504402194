# SPDX-License-Identifier: Apache-2.0
"""Dead letters: deliveries and jobs that failed for good, listed and replayed store by store.

A dead delivery is the delivery's own row; a dead job is copied to ``kernel_dead_job`` when it leaves the
queue, so that what a store sees of it is guarded like all its rows.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.errors import NotFound
from shopwright.jobs.queue import DELIVER, Entry

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

_LIST = """
    SELECT d.id, 'event' AS kind, d.subscriber AS plugin, e.name AS code, e.payload::text AS payload,
           coalesce(d.last_error, '') AS error, d.attempts, d.done_at AS died_at
    FROM kernel_delivery d JOIN kernel_outbox e ON e.store_id = d.store_id AND e.id = d.outbox_id
    WHERE d.status = 'dead'
    UNION ALL
    SELECT id, 'job', split_part(code, '.', 1), code, payload::text, error, attempts, died_at
    FROM kernel_dead_job
    ORDER BY died_at DESC, id LIMIT $1
"""
_REVIVE = text("""
    UPDATE kernel_delivery SET status = 'pending', attempts = 0, next_attempt_at = :now, done_at = NULL
    WHERE id = :id AND status = 'dead' RETURNING subscriber
""")
_TAKE = text("DELETE FROM kernel_dead_job WHERE id = :id RETURNING code, payload::text AS payload")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery or a job that failed for good."""

    id: UUID
    kind: Literal["event", "job"]
    plugin: str
    code: str
    """The event's name or the job's code."""
    payload: Any
    error: str
    attempts: int
    died_at: datetime


async def list_dead(ctx: "Context", limit: int) -> list[DeadLetter]:
    """Give the newest dead letters of a store."""
    rows = await ctx.fetch_rows(_LIST, limit)
    return [DeadLetter(**{**dict(row), "payload": json.loads(row["payload"])}) for row in rows]


async def replay(kernel: "Kernel", ctx: "Context", letter_id: UUID) -> None:
    """Put a dead letter back, as if it had never been tried.

    Raises:
        NotFound: there is no such dead letter in this store.
    """

    async def revive(session: AsyncSession) -> None:
        values = {"id": letter_id, "now": ctx.clock.now()}
        subscriber = (await session.execute(_REVIVE, values)).scalar()
        if subscriber is not None:
            entry = Entry(DELIVER, ctx.store.id, str(letter_id), ctx.request_id)
        else:
            row = (await session.execute(_TAKE, {"id": letter_id})).one_or_none()
            if row is None:
                raise NotFound("There is no such dead letter. It may have been replayed already.")
            entry = Entry(row.code, ctx.store.id, json.loads(row.payload), ctx.request_id)
        await kernel.jobs.queue(session).put([entry])
        await ctx.audit(
            session, "kernel.dead_letter_replayed", subject=("kernel.dead_letter", letter_id),
            data={"job": entry.code, "subscriber": subscriber},
        )  # fmt: skip

    await ctx.run(revive)
