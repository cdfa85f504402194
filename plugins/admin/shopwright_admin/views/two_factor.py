# SPDX-License-Identifier: Apache-2.0
"""Two-factor sign-in of the own account: switched on with an app's code, recovery codes shown once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web
from markupsafe import Markup
from pydantic import BaseModel, Field

from shopwright.actor import SIGNED_IN_STAFF
from shopwright.auth.totp import Enrolment
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, TooManyRequests
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_admin.services.answers import errors_of, keep_nowhere, words
from shopwright_admin.views.account import crumbs

routes = Routes("admin", Scope.ADMIN)
BEGUN = "admin.two_factor_until"
SHOWN_FOR = timedelta(minutes=15)
"""How long the browser in which the password was given may show the secret again."""


class BeginForm(BaseModel):
    """The own password."""

    begin_password: str = Field(min_length=1, max_length=1024)


class RenewForm(BaseModel):
    """The own password."""

    renew_password: str = Field(min_length=1, max_length=1024)


class OffForm(BaseModel):
    """The own password."""

    off_password: str = Field(min_length=1, max_length=1024)


class CodeForm(BaseModel):
    """Six digits that the app shows."""

    code: str = Field(min_length=1, max_length=20)


@routes.get("/admin/account/two-factor", permission=SIGNED_IN_STAFF)
async def two_factor(ctx: Context) -> web.Response:
    """Show whether a second factor is asked for; after the password, the secret to scan."""
    enrolment = await _begun(ctx)
    return await _page(ctx, {}) if enrolment is None else await _scan_page(ctx, enrolment, {})


@routes.post("/admin/account/two-factor", permission=SIGNED_IN_STAFF)
async def begin_two_factor(ctx: Context, request: web.Request) -> web.Response:
    """Make a secret for an app, after the password."""
    assert ctx.visit is not None
    form = await read_form(request, BeginForm)
    if form.value is None:
        return await _page(ctx, form.errors, status=422)
    try:
        await ctx.kernel.auth.totp.begin(ctx, form.value.begin_password)
    except (Invalid, TooManyRequests) as error:
        return await _refused(ctx, error, "begin_password")
    ctx.visit.session.set(BEGUN, (ctx.clock.now() + SHOWN_FOR).isoformat())
    return redirect(ctx, url(ctx, "admin.two_factor"))


@routes.post("/admin/account/two-factor/confirm", permission=SIGNED_IN_STAFF)
async def confirm_two_factor(ctx: Context, request: web.Request) -> web.Response:
    """Switch the second factor on once a code was right."""
    assert ctx.visit is not None
    form = await read_form(request, CodeForm)
    enrolment = await _begun(ctx)
    if enrolment is None:
        ctx.visit.flash("error", ctx.gettext("Begin again: the QR code was shown too long ago."))
        return redirect(ctx, url(ctx, "admin.two_factor"))
    if form.value is None:
        return await _scan_page(ctx, enrolment, form.errors, status=422)
    try:
        codes = await ctx.kernel.auth.totp.confirm(ctx, form.value.code)
    except Invalid as error:
        return await _scan_page(ctx, enrolment, errors_of(ctx, error, otherwise="code"), status=422)
    ctx.visit.session.remove(BEGUN)
    return await _codes_page(ctx, codes, ctx.gettext("Two-factor sign-in is on."))


@routes.post("/admin/account/two-factor/cancel", permission=SIGNED_IN_STAFF)
async def cancel_two_factor(ctx: Context) -> web.Response:
    """Leave it as it was."""
    assert ctx.visit is not None
    ctx.visit.session.remove(BEGUN)
    return redirect(ctx, url(ctx, "admin.account"))


@routes.post("/admin/account/two-factor/codes", permission=SIGNED_IN_STAFF)
async def renew_recovery_codes(ctx: Context, request: web.Request) -> web.Response:
    """Show new recovery codes; the old ones are void."""
    form = await read_form(request, RenewForm)
    if form.value is None:
        return await _page(ctx, form.errors, status=422)
    try:
        codes = await ctx.kernel.auth.totp.renew_recovery_codes(ctx, form.value.renew_password)
    except (Invalid, TooManyRequests) as error:
        return await _refused(ctx, error, "renew_password")
    except Conflict as error:
        return _back(ctx, words(ctx, error))
    return await _codes_page(ctx, codes, ctx.gettext("Your old recovery codes are void."))


@routes.post("/admin/account/two-factor/off", permission=SIGNED_IN_STAFF)
async def switch_off_two_factor(ctx: Context, request: web.Request) -> web.Response:
    """Ask for the password alone from now on."""
    assert ctx.visit is not None
    form = await read_form(request, OffForm)
    if form.value is None:
        return await _page(ctx, form.errors, status=422)
    try:
        await ctx.kernel.auth.totp.disable_own(ctx, form.value.off_password)
    except (Invalid, TooManyRequests) as error:
        return await _refused(ctx, error, "off_password")
    ctx.visit.session.remove(BEGUN)
    ctx.visit.flash("success", ctx.gettext("Two-factor sign-in is off."))
    return redirect(ctx, url(ctx, "admin.account"))


async def _begun(ctx: Context) -> Enrolment | None:
    """Give the secret that waits for its first code, in the browser in which the password was given."""
    assert ctx.visit is not None
    until = ctx.visit.session.get(BEGUN)
    if until is None or datetime.fromisoformat(until) <= ctx.clock.now():
        return None
    return await ctx.kernel.auth.totp.pending(ctx)


async def _refused(ctx: Context, error: Invalid | TooManyRequests, field: str) -> web.Response:
    """Show the page again with what is wrong with the password beside the field it was typed into."""
    message = errors_of(ctx, error, otherwise="password")["password"]
    return await _page(ctx, {field: message}, status=error.status)


def _back(ctx: Context, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("error", message)
    return redirect(ctx, url(ctx, "admin.two_factor"))


async def _page(ctx: Context, errors: dict[str, str], *, status: int = 200) -> web.Response:
    assert ctx.actor.id is not None
    user = await ctx.kernel.auth.staff.get(ctx, ctx.actor.id)
    title = ctx.gettext("Two-factor sign-in")
    return await admin_page(
        ctx, "admin/two_factor.html", title=title, crumbs=crumbs(ctx, title), is_on=user.totp_enabled,
        errors=errors, status=status,
    )  # fmt: skip


async def _scan_page(
    ctx: Context, enrolment: Enrolment, errors: dict[str, str], *, status: int = 200
) -> web.Response:
    keep_nowhere(ctx)
    title = ctx.gettext("Two-factor sign-in")
    secret = enrolment.secret
    return await admin_page(
        ctx,
        "admin/two_factor_scan.html",
        title=title,
        crumbs=crumbs(ctx, title),
        qr_code=Markup(enrolment.qr_svg),  # noqa: S704 - drawn by us, with nothing of anybody in it but squares
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        uri=enrolment.uri,
        errors=errors,
        status=status,
    )


async def _codes_page(ctx: Context, codes: Sequence[str], notice: str) -> web.Response:
    keep_nowhere(ctx)
    title = ctx.gettext("Your recovery codes")
    return await admin_page(
        ctx, "admin/recovery_codes.html", title=title, crumbs=crumbs(ctx, title), codes=codes, notice=notice
    )
