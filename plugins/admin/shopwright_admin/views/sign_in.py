# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, and accepting an invitation."""

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC, SIGNED_IN_STAFF
from shopwright.auth.sign_in import PENDING
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.services.answers import errors_of, patience

routes = Routes("admin", Scope.ADMIN)


class NextQuery(BaseModel):
    """Where to go after signing in."""

    next: str = ""


class SignInForm(BaseModel):
    """Credentials; the code only when it was asked for."""

    email: str = Field(default="", max_length=254)
    password: str = Field(default="", max_length=1024)
    totp_code: str = Field(default="", max_length=20)
    next: str = ""


class PasswordForm(BaseModel):
    """A new password."""

    password: str = Field(min_length=1, max_length=1024)
    name: str = Field(default="", max_length=120)


@routes.get("/admin/login", permission=PUBLIC)
async def login(ctx: Context, query: NextQuery) -> web.Response:
    """Ask for e-mail address and password."""
    if ctx.actor.kind == "staff":
        return redirect(ctx, _local(ctx, query.next))
    return await _page(ctx, next=query.next)


@routes.post("/admin/login", permission=PUBLIC, name="login_submit", limit="20/60")
async def login_submit(ctx: Context, request: web.Request) -> web.Response:
    """Sign in."""
    form = await read_form(request, SignInForm)
    if form.value is None:
        return await _page(ctx, error=ctx.gettext("Please fill in both fields."), status=422)
    given = form.value
    if given.totp_code and not given.password:
        outcome = await ctx.kernel.auth.staff.confirm_totp(ctx, given.totp_code)
    else:
        outcome = await ctx.kernel.auth.staff.sign_in(ctx, given.email, given.password, given.totp_code)
    if outcome.status == "ok":
        return redirect(ctx, _local(ctx, given.next))
    if outcome.status == "needs_totp":
        return await _page(ctx, next=given.next, needs_code=True)
    if outcome.status == "throttled":
        error = patience(ctx, outcome.retry_after)
        return await _page(ctx, error=error, next=given.next, status=429)
    if given.totp_code and not given.password and _waits_for_code(ctx):
        error = ctx.gettext("This code is not right. Enter the one that the app shows now.")
        return await _page(ctx, error=error, next=given.next, needs_code=True, status=401)
    error = ctx.gettext("E-mail address or password is wrong.")
    return await _page(ctx, error=error, next=given.next, email=given.email, status=401)


@routes.post("/admin/logout", permission=SIGNED_IN_STAFF)
async def logout(ctx: Context) -> web.Response:
    """Sign out."""
    await ctx.kernel.auth.staff.sign_out(ctx)
    return redirect(ctx, url(ctx, "admin.login"))


@routes.get("/admin/invite/{token}", permission=PUBLIC, name="invite")
async def invite(ctx: Context, token: str) -> web.Response:
    """Let an invited person choose a password."""
    email = await ctx.kernel.auth.staff.look_at_invitation(ctx, token)
    if email is None:
        return await _dead_page(ctx, status=404)
    return await _password_page(ctx, ctx.gettext("Welcome, %(email)s", email=email), email, {}, {})


@routes.post("/admin/invite/{token}", permission=PUBLIC, name="invite_submit", limit="20/60")
async def invite_submit(ctx: Context, request: web.Request, token: str) -> web.Response:
    """Accept an invitation."""
    assert ctx.visit is not None
    staff = ctx.kernel.auth.staff
    form = await read_form(request, PasswordForm)
    errors = form.errors
    try:
        if form.value is not None:
            await staff.accept_invitation(ctx, token, form.value.password, form.value.name)
    except Invalid as error:
        errors = errors_of(ctx, error, otherwise="password")
    except Conflict:
        return await _dead_page(ctx, status=409)
    if errors:
        email = await staff.look_at_invitation(ctx, token)
        if email is None:
            return await _dead_page(ctx, status=409)
        title = ctx.gettext("Choose a password")
        return await _password_page(ctx, title, email, form.raw, errors, status=422)
    ctx.visit.flash("success", ctx.gettext("Your password is set. Please sign in."))
    return redirect(ctx, url(ctx, "admin.login"))


async def _page(ctx: Context, *, status: int = 200, **values: object) -> web.Response:
    defaults = {"title": ctx.gettext("Sign in"), "error": "", "next": "", "email": "", "needs_code": False}
    return await page(ctx, "admin/login.html", {**defaults, **values}, status=status)


async def _password_page(
    ctx: Context, title: str, email: str, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    values = {
        "title": title, "email": email, "errors": errors, "ask_name": True, "name": typed.get("name", "")
    }  # fmt: skip
    return await page(ctx, "admin/password.html", values, status=status)


async def _dead_page(ctx: Context, *, status: int) -> web.Response:
    values = {"title": ctx.gettext("This invitation is not good any more"), "is_invitation": True}
    return await page(ctx, "admin/dead_link.html", values, status=status)


def _waits_for_code(ctx: Context) -> bool:
    """Tell whether the password was right in this browser a moment ago, and only the code is missing."""
    assert ctx.visit is not None
    return ctx.visit.session.get(PENDING) is not None


def _local(ctx: Context, wanted: str) -> str:
    is_local = wanted.startswith("/admin") and "//" not in wanted and "\\" not in wanted
    return wanted if is_local else url(ctx, "admin.dashboard")
