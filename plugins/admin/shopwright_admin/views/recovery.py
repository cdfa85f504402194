# SPDX-License-Identifier: Apache-2.0
"""A forgotten password: a link by mail, and a new password with it."""

import logging

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.mail import Message
from shopwright_admin.services.answers import errors_of

log = logging.getLogger(__name__)
routes = Routes("admin", Scope.ADMIN)


class ForgotForm(BaseModel):
    """Whose password is forgotten."""

    email: str = Field(min_length=1, max_length=254)


class ResetForm(BaseModel):
    """A new password."""

    password: str = Field(min_length=1, max_length=1024)


@routes.get("/admin/forgot", permission=PUBLIC, name="reset_request")
async def forgot(ctx: Context) -> web.Response:
    """Ask whose password is forgotten."""
    return await _forgot_page(ctx)


@routes.post("/admin/forgot", permission=PUBLIC, name="reset_request_submit", limit="10/600")
async def forgot_submit(ctx: Context, request: web.Request) -> web.Response:
    """Send a link, and say the same whether there is such an account or not."""
    form = await read_form(request, ForgotForm)
    if form.value is None:
        return await _forgot_page(ctx, form.raw.get("email", ""), form.errors, status=422)
    await _send_link(ctx, form.value.email)
    return await _forgot_page(ctx, form.value.email, is_sent=True)


@routes.get("/admin/reset/{token}", permission=PUBLIC, name="reset")
async def reset(ctx: Context, token: str) -> web.Response:
    """Let whoever got the mail choose a new password."""
    email = await ctx.kernel.auth.staff.look_at_reset(ctx, token)
    if email is None:
        return await _dead_page(ctx, status=404)
    return await _reset_page(ctx, email, {})


@routes.post("/admin/reset/{token}", permission=PUBLIC, name="reset_submit", limit="20/60")
async def reset_submit(ctx: Context, request: web.Request, token: str) -> web.Response:
    """Set the new password."""
    assert ctx.visit is not None
    staff = ctx.kernel.auth.staff
    form = await read_form(request, ResetForm)
    errors = form.errors
    try:
        if form.value is not None:
            await staff.reset_password(ctx, token, form.value.password)
    except Invalid as error:
        errors = errors_of(ctx, error, otherwise="password")
    except Conflict:
        return await _dead_page(ctx, status=409)
    if errors:
        email = await staff.look_at_reset(ctx, token)
        if email is None:
            return await _dead_page(ctx, status=409)
        return await _reset_page(ctx, email, errors, status=422)
    ctx.visit.flash("success", ctx.gettext("Your password is set. Please sign in."))
    return redirect(ctx, url(ctx, "admin.login"))


async def _send_link(ctx: Context, email: str) -> None:
    assert ctx.visit is not None
    mail = await ctx.kernel.auth.staff.request_reset(ctx, email)
    if mail is None:
        return
    link = ctx.kernel.config.url_of(ctx.visit.host, url(ctx, "admin.reset", token=mail.token))
    text = ctx.gettext(
        "Somebody asked for a new password for your account at %(store)s. Choose one within the next hour: "
        "%(link)s\n\nIf it was not you, leave this mail alone: your password stays as it is.",
        store=ctx.store.name,
        link=link,
    )
    subject = ctx.gettext("A new password for %(store)s", store=ctx.store.name)
    try:
        await ctx.kernel.mailer.send(Message(mail.email, subject, text))
    except Exception:
        # An error page would tell that there is such an account.
        log.exception("the mail with a link for a forgotten password could not be sent")


async def _forgot_page(
    ctx: Context,
    email: str = "",
    errors: dict[str, str] | None = None,
    *,
    is_sent: bool = False,
    status: int = 200,
) -> web.Response:
    title = ctx.gettext("Look into your mail") if is_sent else ctx.gettext("Forgot your password?")
    values = {"title": title, "email": email, "errors": errors or {}, "is_sent": is_sent}
    return await page(ctx, "admin/forgot.html", values, status=status)


async def _reset_page(ctx: Context, email: str, errors: dict[str, str], *, status: int = 200) -> web.Response:
    title = ctx.gettext("Choose a new password")
    values = {"title": title, "errors": errors, "email": email, "ask_name": False, "name": ""}
    return await page(ctx, "admin/password.html", values, status=status)


async def _dead_page(ctx: Context, *, status: int) -> web.Response:
    values = {"title": ctx.gettext("This link is not good any more"), "is_invitation": False}
    return await page(ctx, "admin/dead_link.html", values, status=status)
