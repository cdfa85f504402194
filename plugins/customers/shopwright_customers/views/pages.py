# SPDX-License-Identifier: Apache-2.0
"""The customer's pages: signing up, in and out, the account, its addresses."""

from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Invalid, Rejected
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_customers.hookspecs import account_pages
from shopwright_customers.services import accounts, addresses

routes = Routes("customers", Scope.STOREFRONT)
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class NextQuery(BaseModel):
    """Where to go after signing in."""

    next: str = ""


class SignInForm(BaseModel):
    """Credentials."""

    email: str = Field(default="", max_length=254)
    password: str = Field(default="", max_length=1024)
    next: str = ""


class SignUpForm(BaseModel):
    """A new account."""

    email: str = Field(default="", max_length=254)
    password: str = Field(default="", max_length=1024)
    name: Text = ""


class AddressForm(BaseModel):
    """An address."""

    name: Annotated[Text, Field(min_length=1)]
    line1: Annotated[Text, Field(min_length=1)]
    line2: Text = ""
    postal_code: Text = ""
    city: Annotated[Text, Field(min_length=1)]
    region: Text = ""
    country: Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]
    phone: Text = ""


@routes.get("/account", permission=SIGNED_IN_CUSTOMER)
async def account(ctx: Context) -> web.Response:
    """Show the account."""
    assert ctx.actor.id is not None
    pages = sorted(await ctx.hooks.collect(account_pages), key=lambda found: found.priority)
    customer = await accounts.by_id(ctx, ctx.actor.id)
    return await page(
        ctx,
        "customers/account.html",
        {"title": ctx.gettext("Your account"), "pages": pages, "person": customer},
    )


@routes.get("/account/sign-in", permission=PUBLIC)
async def sign_in(ctx: Context, query: NextQuery) -> web.Response:
    """Ask for e-mail address and password."""
    return await _sign_in_page(ctx, "", query.next, "")


@routes.post("/account/sign-in", permission=PUBLIC, name="sign_in_submit", limit="30/60")
async def sign_in_submit(ctx: Context, request: web.Request) -> web.Response:
    """Sign in."""
    form = await read_form(request, SignInForm)
    given = form.value or SignInForm()
    outcome = await accounts.sign_in(ctx, given.email, given.password)
    if outcome == "ok":
        return redirect(ctx, _local(ctx, given.next))
    if outcome == "throttled":
        text = ctx.gettext("Too many attempts. Please wait a while.")
        return await _sign_in_page(ctx, text, given.next, given.email, status=429)
    text = ctx.gettext("E-mail address or password is wrong.")
    return await _sign_in_page(ctx, text, given.next, given.email, status=401)


@routes.get("/account/sign-up", permission=PUBLIC)
async def sign_up(ctx: Context) -> web.Response:
    """Ask for what an account needs."""
    return await _sign_up_page(ctx, {}, {})


@routes.post("/account/sign-up", permission=PUBLIC, name="sign_up_submit", limit="20/60")
async def sign_up_submit(ctx: Context, request: web.Request) -> web.Response:
    """Make an account."""
    form = await read_form(request, SignUpForm)
    if form.value is None:
        return await _sign_up_page(ctx, form.raw, form.errors, status=422)
    try:
        await accounts.register(ctx, form.value.email, form.value.password, form.value.name)
    except (Invalid, Rejected) as error:
        errors = {e.pointer.strip("/"): e.message for e in error.errors}
        return await _sign_up_page(ctx, form.raw, errors, status=422)
    return redirect(ctx, url(ctx, "customers.account"))


@routes.post("/account/sign-out", permission=PUBLIC)
async def sign_out(ctx: Context) -> web.Response:
    """Sign out."""
    accounts.sign_out(ctx)
    return redirect(ctx, url(ctx, "customers.sign_in"))


@routes.get("/account/addresses", permission=SIGNED_IN_CUSTOMER)
async def list_addresses(ctx: Context) -> web.Response:
    """Show the addresses."""
    return await _addresses_page(ctx, {}, {})


@routes.post("/account/addresses", permission=SIGNED_IN_CUSTOMER)
async def add_address(ctx: Context, request: web.Request) -> web.Response:
    """Keep another address."""
    assert ctx.actor.id is not None
    form = await read_form(request, AddressForm)
    if form.value is None:
        return await _addresses_page(ctx, form.raw, form.errors, status=422)
    await addresses.add(ctx, ctx.actor.id, form.value.model_dump())
    return redirect(ctx, url(ctx, "customers.list_addresses"))


@routes.post("/account/addresses/{address_id}/remove", permission=SIGNED_IN_CUSTOMER)
async def remove_address(ctx: Context, address_id: UUID) -> web.Response:
    """Forget an address."""
    assert ctx.actor.id is not None
    await addresses.remove(ctx, ctx.actor.id, address_id)
    return redirect(ctx, url(ctx, "customers.list_addresses"))


async def _sign_in_page(
    ctx: Context, error: str, wanted: str, email: str, *, status: int = 200
) -> web.Response:
    values = {"title": ctx.gettext("Sign in"), "error": error, "next": wanted, "email": email}
    return await page(ctx, "customers/sign-in.html", values, status=status)


async def _sign_up_page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    values = {"title": ctx.gettext("Make an account"), "typed": typed, "errors": errors}
    return await page(ctx, "customers/sign-up.html", values, status=status)


async def _addresses_page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    assert ctx.actor.id is not None
    found = await addresses.of_customer(ctx, ctx.actor.id)
    values = {"title": ctx.gettext("Your addresses"), "addresses": found, "typed": typed, "errors": errors}
    return await page(ctx, "customers/addresses.html", values, status=status)


def _local(ctx: Context, wanted: str) -> str:
    is_local = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if is_local else url(ctx, "customers.account")
