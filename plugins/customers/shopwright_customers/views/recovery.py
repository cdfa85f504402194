# SPDX-License-Identifier: Apache-2.0
"""A customer's forgotten password: asking for a link, and choosing a new one with it."""

from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_customers.forms import Chosen, Forgotten
from shopwright_customers.services import recovery
from shopwright_customers.views.answers import errors_of

routes = Routes("customers", Scope.STOREFRONT)


@routes.get("/account/forgot", permission=PUBLIC)
async def forgot(ctx: Context) -> web.Response:
    """Ask whose password is forgotten."""
    return await _forgot_page(ctx, "", {})


@routes.post("/account/forgot", permission=PUBLIC, name="forgot_submit", limit="10/600")
async def forgot_submit(ctx: Context, request: web.Request) -> web.Response:
    """Send a link, and say the same whether there is such an account or not."""
    form = await read_form(request, Forgotten)
    if form.value is None:
        return await _forgot_page(ctx, form.raw.get("email", ""), form.errors, status=422)
    await recovery.request_reset(ctx, form.value.email)
    return await _forgot_page(ctx, form.value.email, {}, is_sent=True)


@routes.get("/account/reset/{token}", permission=PUBLIC)
async def reset(ctx: Context, token: str) -> web.Response:
    """Let whoever got the mail choose a new password."""
    return await _reset_page(ctx, token, {}, status=200, dead=404)


@routes.post("/account/reset/{token}", permission=PUBLIC, name="reset_submit", limit="20/60")
async def reset_submit(ctx: Context, request: web.Request, token: str) -> web.Response:
    """Set the new password."""
    assert ctx.visit is not None
    form = await read_form(request, Chosen)
    if form.value is None:
        return await _reset_page(ctx, token, form.errors, status=422, dead=409)
    try:
        await recovery.reset_password(ctx, token, form.value.password)
    except Invalid as error:
        return await _reset_page(
            ctx, token, errors_of(ctx, error, otherwise="password"), status=422, dead=409
        )
    except Conflict:
        return await _dead_page(ctx, 409)
    ctx.visit.flash("success", ctx.gettext("Your password is set. Please sign in."))
    return redirect(ctx, url(ctx, "customers.sign_in"))


async def _forgot_page(
    ctx: Context, email: str, errors: dict[str, str], *, is_sent: bool = False, status: int = 200
) -> web.Response:
    title = ctx.gettext("Look into your mail") if is_sent else ctx.gettext("Forgot your password?")
    values = {"title": title, "email": email, "errors": errors, "is_sent": is_sent}
    return await page(ctx, "customers/forgot.html", values, status=status)


async def _reset_page(
    ctx: Context, token: str, errors: dict[str, str], *, status: int, dead: int
) -> web.Response:
    email = await recovery.look(ctx, token)
    if email is None:
        return await _dead_page(ctx, dead)
    values = {"title": ctx.gettext("Choose a new password"), "email": email, "errors": errors, "token": token}
    return await page(ctx, "customers/reset.html", values, status=status)


async def _dead_page(ctx: Context, status: int) -> web.Response:
    values = {"title": ctx.gettext("This link is not good any more")}
    return await page(ctx, "customers/dead-link.html", values, status=status)
