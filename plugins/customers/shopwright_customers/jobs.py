# SPDX-License-Identifier: Apache-2.0
"""The jobs of customer accounts: links by mail, and a second look at disabled accounts."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.auth.ending import end_customer_sessions
from shopwright.context import Context
from shopwright.jobs import Job, Retry
from shopwright_customers.services import records, send_link


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """Somebody forgot a password; without a customer nothing is sent, and nobody can tell from outside."""

    customer_id: UUID | None
    host: str
    locale: str


@dataclass(frozen=True, slots=True)
class Disabled:
    """A customer who was disabled a while ago."""

    customer_id: UUID


async def _send(ctx: Context, payload: LinkWanted) -> None:
    await send_link.send(ctx, payload.customer_id, payload.host, payload.locale)


async def _end(ctx: Context, payload: Disabled) -> None:
    async with ctx.transaction() as session:
        record = await records.locked(session, payload.customer_id)
        if record is not None and record.is_disabled:
            await end_customer_sessions(session, ctx.store.id, record.id)


# A link that comes hours later is no use: it gives up after some minutes.
send_reset_link = Job("customers.send_reset_link", LinkWanted, _send, retry=Retry(attempts=5, factor=4.0))
# Who signed in at the very moment of being disabled may have got a session after the others ended.
end_late_sessions = Job("customers.end_late_sessions", Disabled, _end)
LATE = 60.0
"""Seconds after which no request that began before can still be running."""
