# SPDX-License-Identifier: Apache-2.0
"""The customer's pages: signing up, in and out, and the account."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Invalid, Rejected, Unauthorized
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_customers.forms import NewCustomer, SignIn
from shopwright_customers.hookspecs import account_pages
from shopwright_customers.services import accounts, consent, records
from shopwright_customers.views.answers import errors_of, local

routes = Routes("customers", Scope.STOREFRONT)


class NextQuery(BaseModel):
    """Where to go after signing in."""

    next: str = ""


@routes.get("/account", permission=SIGNED_IN_CUSTOMER)
async def account(ctx: Context) -> web.Response:
    """Show the account."""
    person = await records.own(ctx)
    pages = sorted(await ctx.hooks.collect(account_pages), key=lambda found: found.priority)
    shown = {"title": ctx.gettext("Your account"), "pages": pages}
    return await page(ctx, "customers/account.html", {**shown, "name": person.name, "email": person.email})


@routes.get("/account/sign-in", permission=PUBLIC)
async def sign_in(ctx: Context, query: NextQuery) -> web.Response:
    """Ask for e-mail address and password."""
    if await _is_signed_in(ctx):
        return redirect(ctx, local(ctx, query.next))
    return await _sign_in_page(ctx, next=query.next)


@routes.post("/account/sign-in", permission=PUBLIC, name="sign_in_submit", limit="30/60")
async def sign_in_submit(ctx: Context, request: web.Request) -> web.Response:
    """Sign in."""
    form = await read_form(request, SignIn)
    typed = {name: form.raw.get(name, "") for name in ("next", "email")}
    if form.value is None:
        return await _sign_in_page(ctx, status=422, errors=form.errors, **typed)
    outcome = await accounts.sign_in(ctx, form.value.email, form.value.password)
    if outcome == "ok":
        return redirect(ctx, local(ctx, form.value.next))
    if outcome == "throttled":
        error = ctx.gettext("Too many attempts. Please wait a while.")
        return await _sign_in_page(ctx, status=429, error=error, **typed)
    error = ctx.gettext("E-mail address or password is wrong.")
    return await _sign_in_page(ctx, status=401, error=error, **typed)


@routes.get("/account/sign-up", permission=PUBLIC)
async def sign_up(ctx: Context) -> web.Response:
    """Ask for what an account needs."""
    if await _is_signed_in(ctx):
        return redirect(ctx, url(ctx, "customers.account"))
    return await _sign_up_page(ctx, {}, {})


@routes.post("/account/sign-up", permission=PUBLIC, name="sign_up_submit", limit="20/60")
async def sign_up_submit(ctx: Context, request: web.Request) -> web.Response:
    """Make an account."""
    assert ctx.visit is not None
    form = await read_form(request, NewCustomer)
    if form.value is None:
        return await _sign_up_page(ctx, form.raw, form.errors, status=422)
    try:
        new = form.value
        await accounts.register(ctx, new.email, new.password, new.name, marketing=new.marketing)
    except (Invalid, Rejected) as error:
        errors = errors_of(ctx, error, otherwise="email")
        return await _sign_up_page(ctx, form.raw, errors, status=422)
    ctx.visit.flash("success", ctx.gettext("Welcome! Your account is ready."))
    return redirect(ctx, url(ctx, "customers.account"))


@routes.post("/account/sign-out", permission=PUBLIC)
async def sign_out(ctx: Context) -> web.Response:
    """Sign out."""
    assert ctx.visit is not None
    accounts.sign_out(ctx)
    ctx.visit.flash("info", ctx.gettext("You are signed out."))
    return redirect(ctx, url(ctx, "customers.sign_in"))


async def _sign_in_page(ctx: Context, *, status: int = 200, **shown: Any) -> web.Response:
    nothing: dict[str, Any] = {"error": "", "errors": {}, "next": "", "email": ""}
    values = {"title": ctx.gettext("Sign in"), **nothing, **shown}
    return await page(ctx, "customers/sign-in.html", values, status=status)


async def _sign_up_page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    values = {
        "title": ctx.gettext("Make an account"),
        "typed": typed,
        "errors": errors,
        "words": consent.words(ctx),
    }
    return await page(ctx, "customers/sign-up.html", values, status=status)


async def _is_signed_in(ctx: Context) -> bool:
    try:
        await records.own(ctx)
    except Unauthorized:
        return False
    return True
