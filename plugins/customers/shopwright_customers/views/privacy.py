# SPDX-License-Identifier: Apache-2.0
"""What customers do with their own data: take a copy of it, and ask to be forgotten."""

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from shopwright.actor import SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, TooManyRequests
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import RawJson, Routes, Scope
from shopwright_customers.forms import Password
from shopwright_customers.services import accounts, confirming, consent, privacy, records
from shopwright_customers.views.answers import errors_of, words

routes = Routes("customers", Scope.STOREFRONT)
api = Routes("customers", Scope.API)


class Proof(BaseModel):
    """The password once more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    password: Password


class Marketing(BaseModel):
    """Whether one wants news and offers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    marketing: bool = False


@routes.get("/account/privacy", permission=SIGNED_IN_CUSTOMER)
async def own_data(ctx: Context) -> web.Response:
    """Offer a copy of the data, and to be forgotten."""
    return await _page(ctx, {})


@routes.post("/account/privacy/marketing", permission=SIGNED_IN_CUSTOMER)
async def decide_marketing(ctx: Context, request: web.Request) -> web.Response:
    """Say whether one wants news and offers."""
    form = await read_form(request, Marketing)
    await consent.decide(ctx, given=form.value is not None and form.value.marketing)
    return _done(ctx, ctx.gettext("Your choice is saved."))


@routes.post("/account/privacy/confirm", permission=SIGNED_IN_CUSTOMER)
async def send_confirm_link(ctx: Context) -> web.Response:
    """Send a link to the own address."""
    try:
        email = await confirming.send_link(ctx)
    except TooManyRequests as error:
        return await _page(ctx, errors_of(ctx, error, otherwise="confirm"), status=error.status)
    return _done(
        ctx, ctx.gettext("A link is on its way to %(email)s. Follow it to confirm the address.", email=email)
    )


@routes.get("/account/confirm/{token}", permission=SIGNED_IN_CUSTOMER)
async def confirm_email(ctx: Context, token: str) -> web.Response:
    """Ask once more before the address is confirmed: mail scanners open every link."""
    own = await records.own(ctx)
    title = ctx.gettext("Confirm your e-mail address")
    return await page(
        ctx, "customers/confirm-email.html", {"title": title, "token": token, "email": own.email}
    )


@routes.post(
    "/account/confirm/{token}", permission=SIGNED_IN_CUSTOMER, name="confirm_email_submit", limit="20/60"
)
async def confirm_email_submit(ctx: Context, token: str) -> web.Response:
    """Confirm the own address with a link."""
    try:
        await confirming.confirm(ctx, token)
    except Conflict as error:
        return await _page(ctx, {"confirm": words(ctx, error)}, status=409)
    return _done(ctx, ctx.gettext("Your address is confirmed."))


@routes.post("/account/privacy/export", permission=SIGNED_IN_CUSTOMER)
async def export_own_data(ctx: Context) -> web.Response:
    """Give a copy of the data as a file."""
    try:
        copy = await privacy.export_own(ctx)
    except TooManyRequests as error:
        return await _page(ctx, errors_of(ctx, error, otherwise="export"), status=error.status)
    headers = {"Content-Disposition": f'attachment; filename="{copy.filename}"', "Cache-Control": "no-store"}
    return web.Response(text=copy.text, content_type="application/json", headers=headers)


@routes.post("/account/privacy/erase", permission=SIGNED_IN_CUSTOMER, limit="20/60")
async def ask_to_be_forgotten(ctx: Context, request: web.Request) -> web.Response:
    """Ask the store to forget the customer."""
    form = await read_form(request, Proof)
    if form.value is None:
        return await _page(ctx, form.errors, status=422)
    try:
        await privacy.ask_erasure(ctx, form.value.password)
    except (Invalid, TooManyRequests) as error:
        return await _page(ctx, errors_of(ctx, error, otherwise="password"), status=error.status)
    return _done(ctx, ctx.gettext("The store knows that you want to be forgotten."))


@routes.post("/account/privacy/keep", permission=SIGNED_IN_CUSTOMER)
async def ask_to_be_kept(ctx: Context) -> web.Response:
    """Take the wish to be forgotten back."""
    await privacy.withdraw_erasure(ctx)
    return _done(ctx, ctx.gettext("Your account stays as it is."))


@api.post("/api/v1/customers/me/data-export", permission=SIGNED_IN_CUSTOMER)
async def export_me(ctx: Context) -> RawJson:
    """Give a copy of all the store knows of the signed-in customer."""
    return RawJson((await privacy.export_own(ctx)).text)


@api.post("/api/v1/customers/me/erasure", permission=SIGNED_IN_CUSTOMER, status=202, limit="20/60")
async def forget_me(ctx: Context, body: Proof) -> None:
    """Ask the store to forget the signed-in customer; staff carry it out."""
    await privacy.ask_erasure(ctx, body.password)


@api.delete("/api/v1/customers/me/erasure", permission=SIGNED_IN_CUSTOMER)
async def keep_me(ctx: Context) -> None:
    """Take the wish to be forgotten back."""
    await privacy.withdraw_erasure(ctx)


@api.put("/api/v1/customers/me/marketing", permission=SIGNED_IN_CUSTOMER)
async def choose_marketing(ctx: Context, body: Marketing) -> Marketing:
    """Say whether the signed-in customer wants news and offers; each change is kept as proof."""
    await consent.decide(ctx, given=body.marketing)
    return body


@api.post(
    "/api/v1/customers/me/email/confirmation", permission=SIGNED_IN_CUSTOMER, status=202, limit="10/600"
)
async def ask_confirmation(ctx: Context) -> None:
    """Have a link sent to the own address that confirms it."""
    await confirming.send_link(ctx)


def _done(ctx: Context, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("success", message)
    return redirect(ctx, url(ctx, "customers.own_data"))


async def _page(ctx: Context, errors: dict[str, str], *, status: int = 200) -> web.Response:
    own = await accounts.by_id(ctx, (await records.own(ctx)).id)
    assert own is not None
    values = {
        "title": ctx.gettext("Your data"), "asked_at": own.erasure_asked_at, "errors": errors, "email": own.email,
        "is_confirmed": own.email_confirmed_at is not None, "words": consent.words(ctx),
        "accepts": own.id in await consent.willing(ctx, [own.id]),
    }  # fmt: skip
    return await page(ctx, "customers/own-data.html", values, status=status)
