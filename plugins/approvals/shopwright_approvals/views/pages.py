# SPDX-License-Identifier: Apache-2.0
"""Approvals on the account: what one asked for, what waits for one's decision; works without JavaScript."""

from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Conflict, Forbidden, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_approvals.services import ask, decide, requests
from shopwright_checkout import api as checkout

routes = Routes("approvals", Scope.STOREFRONT)
_ONE = "/account/approvals/{request_id}"


class AskForm(BaseModel):
    """A cart to be approved, with a note for the approvers."""

    cart_id: UUID
    note: str = Field(default="", max_length=1000)


class ReasonForm(BaseModel):
    """Why something is decided as it is."""

    reason: str = Field(default="", max_length=1000)


@routes.get("/account/approvals", permission=SIGNED_IN_CUSTOMER)
async def approvals(ctx: Context) -> web.Response:
    """List what one asked for, and what one may decide."""
    assert ctx.actor.id is not None
    values = {
        "title": ctx.gettext("Approvals"), "to_decide": await requests.to_decide(ctx, ctx.actor.id),
        "own": await requests.own(ctx, ctx.actor.id),
    }  # fmt: skip
    return await page(ctx, "approvals/list.html", values)


@routes.post("/account/approvals", permission=SIGNED_IN_CUSTOMER, name="ask_for_approval", limit="20/60")
async def ask_for_approval(ctx: Context, request: web.Request) -> web.Response:
    """Ask for the approval of a cart."""
    assert ctx.visit is not None
    form = await read_form(request, AskForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, url(ctx, "checkout.payment"))
    try:
        await ask.ask(ctx, form.value.cart_id, form.value.note)
    except (NotFound, Conflict) as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    else:
        ctx.visit.flash("success", ctx.gettext("Your company is asked. You get a mail once it is decided."))
    return redirect(ctx, url(ctx, "checkout.payment"))


@routes.get(_ONE, permission=SIGNED_IN_CUSTOMER)
async def approval(ctx: Context, request_id: UUID) -> web.Response:
    """Show a request."""
    return await _page(ctx, request_id)


@routes.post(f"{_ONE}/approve", permission=SIGNED_IN_CUSTOMER)
async def approve(ctx: Context, request: web.Request, request_id: UUID) -> web.Response:
    """Approve a request."""
    return await _decided(ctx, request, request_id, "approved")


@routes.post(f"{_ONE}/decline", permission=SIGNED_IN_CUSTOMER)
async def decline(ctx: Context, request: web.Request, request_id: UUID) -> web.Response:
    """Decline a request with a reason."""
    return await _decided(ctx, request, request_id, "declined")


@routes.post(f"{_ONE}/withdraw", permission=SIGNED_IN_CUSTOMER)
async def withdraw(ctx: Context, request_id: UUID) -> web.Response:
    """Take one's own request back."""
    assert ctx.visit is not None
    try:
        await ask.withdraw(ctx, request_id)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "approvals.approvals"))


@routes.post(f"{_ONE}/order", permission=SIGNED_IN_CUSTOMER)
async def go_on(ctx: Context, request_id: UUID) -> web.Response:
    """Go to the checkout with the cart of one's own request, from any browser."""
    found = await requests.access(ctx, request_id)
    if not found.is_own or found.request.status not in {"pending", "approved", "declined"}:
        return redirect(ctx, url(ctx, "approvals.approval", request_id=request_id))
    checkout.take_up(ctx, found.request.cart_id)
    return redirect(ctx, url(ctx, "checkout.payment"))


async def _decided(
    ctx: Context, request: web.Request, request_id: UUID, status: Literal["approved", "declined"]
) -> web.Response:
    assert ctx.visit is not None
    form = await read_form(request, ReasonForm)
    if form.value is None:
        return await _page(ctx, request_id, errors=form.errors, typed=form.raw, status=422)
    try:
        await decide.decide(ctx, request_id, status, form.value.reason)
    except Invalid as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _page(ctx, request_id, errors=errors, typed=form.raw, status=422)
    except (Conflict, Forbidden) as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "approvals.approval", request_id=request_id))
    said = ctx.gettext("You approved it.") if status == "approved" else ctx.gettext("You declined it.")
    ctx.visit.flash("success", f"{said} " + ctx.gettext("The buyer is told."))
    return redirect(ctx, url(ctx, "approvals.approvals"))


async def _page(
    ctx: Context,
    request_id: UUID,
    *,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    found = await requests.access(ctx, request_id)
    values: dict[str, Any] = {
        "title": ctx.gettext("Order of %(buyer)s", buyer=found.request.buyer), "found": found,
        "request": found.request, "errors": errors or {}, "typed": typed or {},
    }  # fmt: skip
    return await page(ctx, "approvals/request.html", values, status=status)
