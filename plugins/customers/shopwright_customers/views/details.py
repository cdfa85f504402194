# SPDX-License-Identifier: Apache-2.0
"""What customers change of their own account: name, e-mail address, password."""

from aiohttp import web

from shopwright.actor import SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, Rejected, TooManyRequests
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_customers.forms import NewEmail, NewPassword, Profile
from shopwright_customers.services import credentials, records
from shopwright_customers.views.answers import errors_of, words

routes = Routes("customers", Scope.STOREFRONT)


@routes.get("/account/details", permission=SIGNED_IN_CUSTOMER)
async def details(ctx: Context) -> web.Response:
    """Show name, e-mail address and password to change."""
    return await _page(ctx, {}, {})


@routes.post("/account/details/name", permission=SIGNED_IN_CUSTOMER)
async def rename(ctx: Context, request: web.Request) -> web.Response:
    """Change the name."""
    form = await read_form(request, Profile)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    try:
        await credentials.rename(ctx, form.value.name)
    except Rejected as error:
        return await _page(ctx, form.raw, errors_of(ctx, error, otherwise="name"), status=422)
    return _done(ctx, ctx.gettext("Your name is saved."))


@routes.post("/account/details/password", permission=SIGNED_IN_CUSTOMER, limit="20/60")
async def change_password(ctx: Context, request: web.Request) -> web.Response:
    """Change the password; other browsers are signed out."""
    form = await read_form(request, NewPassword)
    if form.value is None:
        return await _page(ctx, {}, form.errors, status=422)
    try:
        await credentials.change_password(ctx, form.value.current_password, form.value.new_password)
    except (Invalid, TooManyRequests) as error:
        errors = errors_of(ctx, error, otherwise="current_password")
        return await _page(ctx, {}, errors, status=error.status)
    return _done(ctx, ctx.gettext("Your password is changed. Other browsers are signed out."))


@routes.post("/account/details/email", permission=SIGNED_IN_CUSTOMER, limit="10/600")
async def change_email(ctx: Context, request: web.Request) -> web.Response:
    """Send a link to the new address; the old one holds until it is followed."""
    form = await read_form(request, NewEmail)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    try:
        email = await credentials.request_email_change(ctx, form.value.email, form.value.password)
    except (Invalid, Rejected, TooManyRequests) as error:
        errors = errors_of(ctx, error, otherwise="email")
        return await _page(ctx, form.raw, errors, status=error.status)
    told = ctx.gettext("A link is on its way to %(email)s. Follow it to use that address.", email=email)
    return _done(ctx, told)


@routes.get("/account/email/{token}", permission=SIGNED_IN_CUSTOMER)
async def new_email(ctx: Context, token: str) -> web.Response:
    """Ask once more before the address changes: mail scanners open every link."""
    return await _new_email_page(ctx, token, "", status=200)


@routes.post("/account/email/{token}", permission=SIGNED_IN_CUSTOMER, name="new_email_submit", limit="20/60")
async def new_email_submit(ctx: Context, token: str) -> web.Response:
    """Take over the new address."""
    try:
        email = await credentials.confirm_email_change(ctx, token)
    except Conflict as error:
        return await _new_email_page(ctx, token, words(ctx, error), status=409)
    return _done(ctx, ctx.gettext("You sign in with %(email)s from now on.", email=email))


def _done(ctx: Context, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("success", message)
    return redirect(ctx, url(ctx, "customers.details"))


async def _page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    own = await records.own(ctx)
    values = {
        "title": ctx.gettext("Your details"), "name": own.name, "email": own.email, "typed": typed,
        "errors": errors,
    }  # fmt: skip
    return await page(ctx, "customers/details.html", values, status=status)


async def _new_email_page(ctx: Context, token: str, error: str, *, status: int) -> web.Response:
    email = await credentials.look_at_email_change(ctx, token)
    title = ctx.gettext("Your new e-mail address")
    values = {"title": title, "email": email, "token": token, "error": error}
    answer = 404 if email is None and status == 200 else status
    return await page(ctx, "customers/new-email.html", values, status=answer)
