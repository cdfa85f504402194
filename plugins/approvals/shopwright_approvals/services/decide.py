# SPDX-License-Identifier: Apache-2.0
"""Approving and declining."""

from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Forbidden, Invalid
from shopwright.i18n import translatable
from shopwright_approvals import jobs
from shopwright_approvals.services import limits, requests
from shopwright_approvals.services.requests import Request
from shopwright_checkout import api as checkout
from shopwright_customers import api as customers

_DECIDE = text("""
UPDATE approvals_request SET status = :status, decided_by = :decided_by, decider = :decider, reason = :reason,
    decided_at = :now
WHERE id = :id AND status = 'pending' RETURNING id
""")
_LAPSE = text("UPDATE approvals_request SET status = 'lapsed' WHERE id = :id AND status = 'pending'")


async def decide(
    ctx: Context, request_id: UUID, status: Literal["approved", "declined"], reason: str = ""
) -> Request:
    """Approve or decline a request of one's company; the buyer gets a mail.

    Raises:
        NotFound, Forbidden: it is none one may decide.
        Invalid: it is declined without a reason.
        Conflict: it is decided already, or its cart is not the same any more and the request lapses.
    """
    found = await requests.access(ctx, request_id)
    if found.is_own:
        raise Forbidden(translatable("Somebody else has to approve what you ask for."), code="own_request")
    if status == "declined" and not reason.strip():
        message = translatable("Say why, so that the buyer knows what to change.")
        raise Invalid(message, errors=[FieldError("/reason", "required", message)])
    if not found.may_decide:
        raise _decided()
    if status == "approved":
        await _require_same_cart(ctx, found.request)
    own = await customers.customer(ctx, ctx.actor.id) if ctx.actor.id else None
    values = {
        "id": request_id, "status": status, "reason": reason.strip(), "now": ctx.clock.now(),
        "decided_by": ctx.actor.id, "decider": (own.name or own.email) if own else "",
    }  # fmt: skip

    async def work(session: AsyncSession) -> None:
        if (await session.execute(_DECIDE, values)).one_or_none() is None:
            raise _decided()
        await ctx.enqueue(session, jobs.answer, jobs.Answered(request_id))

    await ctx.run(work)
    return (await requests.access(ctx, request_id)).request


async def _require_same_cart(ctx: Context, request: Request) -> None:
    cart, latest = await checkout.cart(ctx, request.cart_id), await requests.of_cart(ctx, request.cart_id)
    is_same = cart is not None and latest is not None and latest[1] == limits.fingerprint(cart)
    if cart is not None and cart.status == "open" and is_same:
        return

    async def work(session: AsyncSession) -> None:
        await session.execute(_LAPSE, {"id": request.id})

    await ctx.run(work)
    message = translatable("The cart has changed since: the buyer has to ask again.")
    raise Conflict(message, code="cart_changed")


def _decided() -> Conflict:
    return Conflict(translatable("This request is decided already."), code="approval_decided")
