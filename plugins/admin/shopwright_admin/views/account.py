# SPDX-License-Identifier: Apache-2.0
"""The own account of whoever is signed in: password and e-mail address."""

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import SIGNED_IN_STAFF
from shopwright.auth.accounts import StaffUser
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound, TooManyRequests
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.mail import Message
from shopwright_admin.api import admin_page
from shopwright_admin.services.answers import errors_of, words
from shopwright_admin.views import language

routes = Routes("admin", Scope.ADMIN)


class PasswordForm(BaseModel):
    """The password until now, and the one from now on."""

    current_password: str = Field(min_length=1, max_length=1024)
    new_password: str = Field(min_length=1, max_length=1024)


class EmailForm(BaseModel):
    """A new address, and the password."""

    email: str = Field(min_length=1, max_length=254)
    email_password: str = Field(min_length=1, max_length=1024)


@routes.get("/admin/account", permission=SIGNED_IN_STAFF)
async def account(ctx: Context) -> web.Response:
    """Show the own account."""
    return await _page(ctx, {}, {})


@routes.post("/admin/account/password", permission=SIGNED_IN_STAFF)
async def change_password(ctx: Context, request: web.Request) -> web.Response:
    """Change the own password; other browsers are signed out."""
    assert ctx.visit is not None
    form = await read_form(request, PasswordForm)
    if form.value is None:
        return await _page(ctx, {}, form.errors, status=422)
    try:
        await ctx.kernel.auth.staff.change_password(ctx, form.value.current_password, form.value.new_password)
    except (Invalid, TooManyRequests) as error:
        errors = errors_of(ctx, error, otherwise="current_password")
        return await _page(ctx, {}, errors, status=error.status)
    text = ctx.gettext("Your password is changed. Other browsers and programs are signed out.")
    ctx.visit.flash("success", text)
    return redirect(ctx, url(ctx, "admin.account"))


@routes.post("/admin/account/email", permission=SIGNED_IN_STAFF, limit="10/600")
async def change_email(ctx: Context, request: web.Request) -> web.Response:
    """Send a link to the new address; the old one holds until it is followed."""
    assert ctx.visit is not None
    form = await read_form(request, EmailForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    if form.value.email.strip().casefold() == (await _own(ctx)).email.casefold():
        errors = {"email": ctx.gettext("This is your e-mail address already.")}
        return await _page(ctx, form.raw, errors, status=422)
    try:
        mail = await ctx.kernel.auth.staff.request_email_change(
            ctx, form.value.email, form.value.email_password
        )
    except (Invalid, TooManyRequests) as error:
        errors = errors_of(ctx, error, otherwise="password")
        if "password" in errors:
            errors["email_password"] = errors.pop("password")
        return await _page(ctx, form.raw, errors, status=error.status)
    link = ctx.kernel.config.url_of(ctx.visit.host, url(ctx, "admin.new_email", token=mail.token))
    text = ctx.gettext(
        "You want to sign in to %(store)s with this address. Confirm it within the next day: %(link)s",
        store=ctx.store.name,
        link=link,
    )
    subject = ctx.gettext("Your new e-mail address at %(store)s", store=ctx.store.name)
    await ctx.kernel.mailer.send(Message(mail.email, subject, text))
    told = ctx.gettext("A link is on its way to %(email)s. Follow it to use that address.", email=mail.email)
    ctx.visit.flash("success", told)
    return redirect(ctx, url(ctx, "admin.account"))


@routes.get("/admin/account/email/{token}", permission=SIGNED_IN_STAFF)
async def new_email(ctx: Context, token: str) -> web.Response:
    """Ask once more before the address changes: mail scanners open every link."""
    return await _new_email_page(ctx, token)


@routes.post("/admin/account/email/{token}", permission=SIGNED_IN_STAFF)
async def confirm_email(ctx: Context, token: str) -> web.Response:
    """Take over the new address, and tell the old one."""
    assert ctx.visit is not None
    staff = ctx.kernel.auth.staff
    new, old = await staff.look_at_email_change(ctx, token), (await _own(ctx)).email
    if new is None:
        return await _new_email_page(ctx, token)
    try:
        await staff.confirm_email_change(ctx, token)
    except Conflict as error:
        ctx.visit.flash("error", words(ctx, error))
        return redirect(ctx, url(ctx, "admin.account"))
    text = ctx.gettext(
        "The e-mail address of your account at %(store)s is %(email)s from now on. If it was not you who changed "
        "it, tell an owner of the store at once.",
        store=ctx.store.name,
        email=new,
    )
    subject = ctx.gettext("Your e-mail address at %(store)s has changed", store=ctx.store.name)
    await ctx.kernel.mailer.send(Message(old, subject, text))
    ctx.visit.flash("success", ctx.gettext("You sign in with %(email)s from now on.", email=new))
    return redirect(ctx, url(ctx, "admin.account"))


async def _new_email_page(ctx: Context, token: str) -> web.Response:
    email = await ctx.kernel.auth.staff.look_at_email_change(ctx, token)
    title = ctx.gettext("New e-mail address")
    return await admin_page(
        ctx, "admin/new_email.html", title=title, crumbs=crumbs(ctx, title), email=email, token=token,
        status=200 if email else 404,
    )  # fmt: skip


async def _page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    return await admin_page(
        ctx,
        "admin/account.html",
        title=ctx.gettext("Your account"),
        user=await _own(ctx),
        typed=typed,
        errors=errors,
        languages=language.languages(ctx),
        language=language.chosen(ctx),
        status=status,
    )


def crumbs(ctx: Context, title: str) -> list[tuple[str, str]]:
    """Give the way to a page of the own account."""
    return [(ctx.gettext("Your account"), url(ctx, "admin.account")), (title, "")]


async def _own(ctx: Context) -> StaffUser:
    if ctx.actor.id is None:
        raise NotFound
    return await ctx.kernel.auth.staff.get(ctx, ctx.actor.id)
