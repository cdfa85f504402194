# SPDX-License-Identifier: Apache-2.0
"""The inbox: what providers send us, kept as it came and processed once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.ids import new_id
from shopwright.jobs.types import Job

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

InboxStatus = Literal["done", "ignored"]

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
_KEEP = text("""
    INSERT INTO kernel_inbox (store_id, id, provider, event_id, headers, body, received_at)
    VALUES (:store_id, :id, :provider, :event_id, CAST(:headers AS jsonb), :body, :now)
    ON CONFLICT (store_id, provider, event_id) DO NOTHING
    RETURNING id
""")
_READ = """
    SELECT id, provider, event_id, headers::text AS headers, body, received_at
    FROM kernel_inbox WHERE id = $1 AND status = 'pending'
"""
_DONE = text("""
    UPDATE kernel_inbox SET status = :status, processed_at = :now
    WHERE id = :id AND status = 'pending' RETURNING id
""")


@dataclass(frozen=True, slots=True)
class Received:
    """The payload of jobs that process the inbox."""

    inbox_id: UUID


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """What a provider sent, as it came."""

    id: UUID
    provider: str
    event_id: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Inbox:
    """Keeps and gives messages of providers."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel

    async def receive(
        self,
        ctx: "Context",
        provider: str,
        event_id: str,
        headers: Mapping[str, str],
        body: bytes,
        job: Job[Received] | None,
    ) -> bool:
        kept = {name.lower(): value for name, value in headers.items()}
        values = {
            "store_id": ctx.store.id,
            "id": new_id(),
            "provider": provider,
            "event_id": event_id,
            "headers": json.dumps({name: kept[name] for name in kept if name not in _SECRET_HEADERS}),
            "body": body,
            "now": ctx.clock.now(),
        }

        async def keep(session: AsyncSession) -> bool:
            inbox_id = (await session.execute(_KEEP, values)).scalar()
            if inbox_id is not None and job is not None:
                await self._kernel.jobs.enqueue(ctx, session, job, Received(inbox_id))
            return inbox_id is not None

        return await ctx.run(keep)

    async def read(self, ctx: "Context", inbox_id: UUID) -> InboxMessage | None:
        for row in await ctx.fetch_rows(_READ, inbox_id):
            headers = json.loads(row["headers"])
            return InboxMessage(
                row["id"], row["provider"], row["event_id"], headers, row["body"], row["received_at"]
            )
        return None

    async def processed(
        self, ctx: "Context", session: AsyncSession, inbox_id: UUID, status: InboxStatus
    ) -> bool:
        values = {"id": inbox_id, "status": status, "now": ctx.clock.now()}
        return (await session.execute(_DONE, values)).scalar() is not None
