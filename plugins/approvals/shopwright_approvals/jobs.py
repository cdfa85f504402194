# SPDX-License-Identifier: Apache-2.0
"""The mails about approvals."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.jobs import Job


@dataclass(frozen=True, slots=True)
class Asked:
    """One approver who is asked."""

    request_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that was decided."""

    request_id: UUID


async def _ask(ctx: Context, payload: Asked) -> None:
    from shopwright_approvals.services import mails

    await mails.ask(ctx, payload.request_id, payload.customer_id)


async def _answer(ctx: Context, payload: Answered) -> None:
    from shopwright_approvals.services import mails

    await mails.answer(ctx, payload.request_id)


ask = Job("approvals.ask", Asked, _ask)
answer = Job("approvals.answer", Answered, _answer)
