# SPDX-License-Identifier: Apache-2.0
"""Approvals in the storefront API, for who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_approvals.services import ask, decide, requests
from shopwright_approvals.services.requests import Access, Request

routes = Routes("approvals", Scope.API)
_ALL = "/api/v1/customers/me/approval-requests"
_ONE = f"{_ALL}/{{request_id}}"


class NoteBody(BaseModel):
    """What the approvers should know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: str = Field(default="", max_length=1000)


class ReasonBody(BaseModel):
    """Why something is decided as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str = Field(default="", max_length=1000)


@dataclass(frozen=True, slots=True)
class ApprovalRequests:
    """What one asked for, and what one may decide or decided."""

    own: Sequence[Request]
    to_decide: Sequence[Request]


@routes.post(
    "/api/v1/carts/{cart_id}/approval-requests",
    permission=SIGNED_IN_CUSTOMER,
    idempotent=True,
    status=201,
    limit="20/60",
)
async def ask_approval(ctx: Context, cart_id: UUID, body: NoteBody) -> Request:
    """Ask for the approval of a cart above one's limit; 409 when none is needed, or nobody may give it."""
    return await ask.ask(ctx, cart_id, body.note)


@routes.get(_ALL, permission=SIGNED_IN_CUSTOMER)
async def list_approval_requests(ctx: Context) -> ApprovalRequests:
    """List requests, the latest first, those that wait for one's decision before the others."""
    assert ctx.actor.id is not None
    own = await requests.own(ctx, ctx.actor.id)
    return ApprovalRequests(own, await requests.to_decide(ctx, ctx.actor.id))


@routes.get(_ONE, permission=SIGNED_IN_CUSTOMER)
async def get_approval_request(ctx: Context, request_id: UUID) -> Access:
    """Give one request and what one may do with it."""
    return await requests.access(ctx, request_id)


@routes.post(f"{_ONE}/approve", permission=SIGNED_IN_CUSTOMER, idempotent=True)
async def approve_request(ctx: Context, request_id: UUID, body: ReasonBody) -> Request:
    """Approve a request; 409 when it is decided, or its cart has changed since."""
    return await decide.decide(ctx, request_id, "approved", body.reason)


@routes.post(f"{_ONE}/decline", permission=SIGNED_IN_CUSTOMER, idempotent=True)
async def decline_request(ctx: Context, request_id: UUID, body: ReasonBody) -> Request:
    """Decline a request; a reason is needed."""
    return await decide.decide(ctx, request_id, "declined", body.reason)


@routes.delete(_ONE, permission=SIGNED_IN_CUSTOMER, status=204)
async def withdraw_request(ctx: Context, request_id: UUID) -> None:
    """Take one's own request back."""
    await ask.withdraw(ctx, request_id)
