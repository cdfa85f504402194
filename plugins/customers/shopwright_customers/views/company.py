# SPDX-License-Identifier: Apache-2.0
"""The company a customer buys for, on the account pages and for the storefront API; managers keep its people."""

from decimal import Decimal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, ShopwrightError, TooManyRequests
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.money import Money
from shopwright_customers.api import BuyerRole
from shopwright_customers.forms import Email
from shopwright_customers.services import invitations, team
from shopwright_customers.services.invitations import Offer
from shopwright_customers.services.team import Team
from shopwright_customers.views.answers import errors_of, words

routes = Routes("customers", Scope.STOREFRONT)
api = Routes("customers", Scope.API)
_ME = "/api/v1/customers/me/company"


class RightsForm(BaseModel):
    """What somebody may do for the company; the limit is in major units, empty for none."""

    role: BuyerRole = "buyer"
    limit: Decimal | None = Field(default=None, ge=0)


class InvitationForm(RightsForm):
    """Somebody to invite."""

    email: Email


class Rights(BaseModel):
    """What somebody may do for the company; the limit is in minor units of the store's currency, null for none."""

    model_config = ConfigDict(extra="forbid")

    role: BuyerRole
    approval_limit: int | None = Field(default=None, ge=0, le=2**53)


class NewInvitation(Rights):
    """Somebody to invite."""

    email: Email


class Joining(BaseModel):
    """What the link of an invitation ends with."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=100)


@routes.get("/account/company", permission=SIGNED_IN_CUSTOMER)
async def own_company(ctx: Context) -> web.Response:
    """Show the company, and to who manages it its people."""
    return await _page(ctx, {}, {})


@routes.post("/account/company/invitations", permission=SIGNED_IN_CUSTOMER, limit="30/600")
async def invite_buyer(ctx: Context, request: web.Request) -> web.Response:
    """Invite somebody to buy for the company."""
    form = await read_form(request, InvitationForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    try:
        limit = _minor(ctx, form.value.limit)
        email = await invitations.invite(ctx, form.value.email, form.value.role, limit)
    except (Invalid, TooManyRequests) as error:
        return await _page(ctx, form.raw, _errors(ctx, error), status=error.status)
    return _done(ctx, ctx.gettext("An invitation is on its way to %(email)s.", email=email))


@routes.post("/account/company/invitations/{invitation_id}/withdraw", permission=SIGNED_IN_CUSTOMER)
async def withdraw_invitation(ctx: Context, invitation_id: UUID) -> web.Response:
    """Take an invitation back."""
    await invitations.withdraw(ctx, invitation_id)
    return _done(ctx, ctx.gettext("The invitation is taken back."))


@routes.post("/account/company/buyers/{customer_id}", permission=SIGNED_IN_CUSTOMER)
async def change_buyer(ctx: Context, request: web.Request, customer_id: UUID) -> web.Response:
    """Change what somebody may do for the company."""
    form = await read_form(request, RightsForm)
    if form.value is None:
        return _done(ctx, " ".join(form.errors.values()), level="error")
    try:
        await team.change(ctx, customer_id, form.value.role, _minor(ctx, form.value.limit))
    except Invalid as error:
        return _done(ctx, " ".join(_errors(ctx, error).values()), level="error")
    return _done(ctx, ctx.gettext("The buyer is saved."))


@routes.post("/account/company/buyers/{customer_id}/remove", permission=SIGNED_IN_CUSTOMER)
async def let_buyer_go(ctx: Context, customer_id: UUID) -> web.Response:
    """Let somebody buy for the company no more."""
    try:
        await team.let_go(ctx, customer_id)
    except Invalid as error:
        return _done(ctx, " ".join(_errors(ctx, error).values()), level="error")
    return _done(ctx, ctx.gettext("The buyer is removed."))


@routes.get("/account/join/{token}", permission=PUBLIC)
async def join_company(ctx: Context, token: str) -> web.Response:
    """Ask once more before somebody joins: mail scanners open every link."""
    return await _join_page(ctx, token, "", status=200)


@routes.post(
    "/account/join/{token}", permission=SIGNED_IN_CUSTOMER, name="join_company_submit", limit="20/60"
)
async def join_company_submit(ctx: Context, token: str) -> web.Response:
    """Buy for the company from now on."""
    try:
        offer = await invitations.accept(ctx, token)
    except Conflict as error:
        return await _join_page(ctx, token, words(ctx, error), status=409)
    return _done(ctx, ctx.gettext("You buy for %(company)s from now on.", company=offer.company))


@api.get(_ME, permission=SIGNED_IN_CUSTOMER)
async def get_own_company(ctx: Context) -> Team:
    """Give the company the signed-in customer buys for, and to who manages it its people."""
    return await team.own(ctx)


@api.post(f"{_ME}/invitations", permission=SIGNED_IN_CUSTOMER, status=202, limit="30/600")
async def invite_to_company(ctx: Context, body: NewInvitation) -> None:
    """Send somebody a link to join the company; managers only."""
    await invitations.invite(ctx, body.email, body.role, body.approval_limit)


@api.delete(f"{_ME}/invitations/{{invitation_id}}", permission=SIGNED_IN_CUSTOMER, status=204)
async def withdraw_from_company(ctx: Context, invitation_id: UUID) -> None:
    """Take an invitation back; managers only."""
    await invitations.withdraw(ctx, invitation_id)


@api.put(f"{_ME}/buyers/{{customer_id}}", permission=SIGNED_IN_CUSTOMER, status=204)
async def put_company_buyer(ctx: Context, customer_id: UUID, body: Rights) -> None:
    """Change what somebody may do for the company; managers only."""
    await team.change(ctx, customer_id, body.role, body.approval_limit)


@api.delete(f"{_ME}/buyers/{{customer_id}}", permission=SIGNED_IN_CUSTOMER, status=204)
async def remove_company_buyer(ctx: Context, customer_id: UUID) -> None:
    """Let somebody buy for the company no more; managers only."""
    await team.let_go(ctx, customer_id)


@api.post(f"{_ME}/join", permission=SIGNED_IN_CUSTOMER, limit="20/60")
async def join_by_token(ctx: Context, body: Joining) -> Offer:
    """Join a company with what the link of an invitation ends with."""
    return await invitations.accept(ctx, body.token)


def _minor(ctx: Context, typed: Decimal | None) -> int | None:
    if typed is None:
        return None
    try:
        return Money.from_decimal(typed, ctx.store.currency).amount
    except ValueError:
        message = ctx.gettext("Please give an amount like 250.00.")
        raise Invalid(message, errors=[FieldError("/limit", "not_an_amount", message)]) from None


def _errors(ctx: Context, error: ShopwrightError) -> dict[str, str]:
    found = errors_of(ctx, error, otherwise="email")
    return {"limit" if name == "approval_limit" else name: text for name, text in found.items()}


def _done(ctx: Context, message: str, *, level: str = "success") -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash(level, message)
    return redirect(ctx, url(ctx, "customers.own_company"))


async def _page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    found, currency = await team.own(ctx), ctx.store.currency

    def limited(limit: int | None) -> Money | None:
        return None if limit is None else Money(limit, currency)

    values = {
        "title": found.company.name, "company": found.company, "own_limit": limited(found.company.approval_limit),
        "is_managed": found.is_managed, "buyers": [(x, limited(x.approval_limit)) for x in found.buyers],
        "invitations": [(x, limited(x.approval_limit)) for x in found.invitations], "own_id": ctx.actor.id,
        "typed": typed, "errors": errors, "currency": currency,
    }  # fmt: skip
    return await page(ctx, "customers/company.html", values, status=status)


async def _join_page(ctx: Context, token: str, error: str, *, status: int) -> web.Response:
    offer = await invitations.look(ctx, token)
    values = {
        "title": ctx.gettext("Buy for a company"), "offer": offer, "token": token, "error": error,
        "is_signed_in": ctx.actor.kind == "customer", "here": url(ctx, "customers.join_company", token=token),
    }  # fmt: skip
    answer = 404 if offer is None and status == 200 else status
    return await page(ctx, "customers/join-company.html", values, status=answer)
