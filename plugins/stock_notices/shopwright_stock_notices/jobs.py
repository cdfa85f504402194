# SPDX-License-Identifier: Apache-2.0
"""The jobs of the notices: mails, and forgetting what is done with."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.jobs import Job, Schedule


@dataclass(frozen=True, slots=True)
class Notice:
    """One person who waits for one variant."""

    notice_id: UUID


@dataclass(frozen=True, slots=True)
class Clean:
    """Nothing to say: whatever is old."""


async def _ask(ctx: Context, payload: Notice) -> None:
    from shopwright_stock_notices.services import mails

    await mails.ask(ctx, payload.notice_id)


async def _tell(ctx: Context, payload: Notice) -> None:
    from shopwright_stock_notices.services import mails

    await mails.tell(ctx, payload.notice_id)


async def _clean(ctx: Context, payload: Clean) -> None:
    from shopwright_stock_notices.services import arrivals

    await arrivals.clean(ctx)


ask = Job("stock_notices.ask", Notice, _ask)
tell = Job("stock_notices.tell", Notice, _tell)
clean = Job("stock_notices.clean", Clean, _clean)
schedules = [Schedule("stock_notices.clean", "23 3 * * *", clean, Clean())]
