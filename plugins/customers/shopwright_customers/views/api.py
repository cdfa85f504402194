# SPDX-License-Identifier: Apache-2.0
"""Customer accounts of the storefront API, and customers of the admin API."""

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import NotFound, TooManyRequests, Unauthorized
from shopwright.http.routing import Routes, Scope
from shopwright_customers.api import CustomerInfo
from shopwright_customers.services import accounts

api = Routes("customers", Scope.API)
admin_api = Routes("customers", Scope.ADMIN_API)


class Credentials(BaseModel):
    """E-mail address and password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: str = Field(max_length=254)
    password: str = Field(max_length=1024)


class NewCustomer(Credentials):
    """A new account."""

    name: str = Field(default="", max_length=120)


class SearchQuery(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(extra="forbid")

    search: str = Field(default="", max_length=200)


@api.post("/api/v1/customers", permission=PUBLIC, idempotent=True, status=201, limit="20/60")
async def register(ctx: Context, body: NewCustomer) -> CustomerInfo:
    """Make an account and sign in."""
    return await accounts.register(ctx, body.email, body.password, body.name)


@api.post("/api/v1/customers/sign-in", permission=PUBLIC, limit="30/60")
async def sign_in(ctx: Context, body: Credentials) -> None:
    """Sign in: the session cookie is set."""
    outcome = await accounts.sign_in(ctx, body.email, body.password)
    if outcome == "throttled":
        raise TooManyRequests("Too many attempts. Please wait a while.")
    if outcome != "ok":
        raise Unauthorized("E-mail address or password is wrong.")


@api.get("/api/v1/customers/me", permission=SIGNED_IN_CUSTOMER)
async def me(ctx: Context) -> CustomerInfo:
    """Give the signed-in customer."""
    assert ctx.actor.id is not None
    found = await accounts.by_id(ctx, ctx.actor.id)
    if found is None:
        raise NotFound("This account does not exist any more.")
    return found


@admin_api.get("/api/admin/v1/customers", permission="customers.customer.view")
async def list_customers(ctx: Context, query: SearchQuery) -> list[CustomerInfo]:
    """List customers, newest first."""
    return await accounts.search(ctx, query.search)
