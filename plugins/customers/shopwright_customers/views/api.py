# SPDX-License-Identifier: Apache-2.0
"""Customer accounts of the storefront API."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import NotFound, TooManyRequests, Unauthorized
from shopwright.http.routing import Routes, Scope
from shopwright_customers.api import AddressInfo, CustomerInfo
from shopwright_customers.forms import (
    Address,
    Chosen,
    Credentials,
    Forgotten,
    NewCustomer,
    NewEmail,
    NewPassword,
    Profile,
)
from shopwright_customers.services import accounts, addresses, credentials, records, recovery

api = Routes("customers", Scope.API)


class TokenOnly(BaseModel):
    """What the link in a mail ends with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str


class Reset(Chosen, TokenOnly):
    """A new password, and what the link in the mail ends with."""


@api.post("/api/v1/customers", permission=PUBLIC, idempotent=True, status=201, limit="20/60")
async def register(ctx: Context, body: NewCustomer) -> CustomerInfo:
    """Make an account and sign in."""
    return await accounts.register(ctx, body.email, body.password, body.name, marketing=body.marketing)


@api.post("/api/v1/customers/sign-in", permission=PUBLIC, limit="30/60")
async def sign_in(ctx: Context, body: Credentials) -> None:
    """Sign in: the session cookie is set."""
    outcome = await accounts.sign_in(ctx, body.email, body.password)
    if outcome == "throttled":
        raise TooManyRequests("Too many attempts. Please wait a while.")
    if outcome != "ok":
        raise Unauthorized("E-mail address or password is wrong.")


@api.post("/api/v1/customers/sign-out", permission=PUBLIC)
async def sign_out(ctx: Context) -> None:
    """Sign out: the session goes on without a customer."""
    accounts.sign_out(ctx)


@api.post("/api/v1/customers/password-reset", permission=PUBLIC, status=202, limit="10/600")
async def request_reset(ctx: Context, body: Forgotten) -> None:
    """Ask for a link for a forgotten password; the answer is the same whether there is such an account or not."""
    await recovery.request_reset(ctx, body.email)


@api.post("/api/v1/customers/password-reset/confirm", permission=PUBLIC, limit="20/60")
async def reset(ctx: Context, body: Reset) -> None:
    """Set a new password with what the link ends with; nobody is signed in by it."""
    await recovery.reset_password(ctx, body.token, body.password)


@api.get("/api/v1/customers/me", permission=SIGNED_IN_CUSTOMER)
async def me(ctx: Context) -> CustomerInfo:
    """Give the signed-in customer."""
    return await _me(ctx)


@api.patch("/api/v1/customers/me", permission=SIGNED_IN_CUSTOMER)
async def rename(ctx: Context, body: Profile) -> CustomerInfo:
    """Change the name."""
    await credentials.rename(ctx, body.name)
    return await _me(ctx)


@api.put("/api/v1/customers/me/password", permission=SIGNED_IN_CUSTOMER, limit="20/60")
async def change_password(ctx: Context, body: NewPassword) -> None:
    """Change the password; other sessions end, this one gets a new cookie."""
    await credentials.change_password(ctx, body.current_password, body.new_password)


@api.post("/api/v1/customers/me/email", permission=SIGNED_IN_CUSTOMER, status=202, limit="10/600")
async def change_email(ctx: Context, body: NewEmail) -> None:
    """Have a link sent to a new address; the old one holds until it is followed."""
    await credentials.request_email_change(ctx, body.email, body.password)


@api.post("/api/v1/customers/me/email/confirm", permission=SIGNED_IN_CUSTOMER, limit="20/60")
async def confirm_email(ctx: Context, body: TokenOnly) -> CustomerInfo:
    """Take over the new address with what the link ends with."""
    await credentials.confirm_email_change(ctx, body.token)
    return await _me(ctx)


@api.get("/api/v1/customers/me/addresses", permission=SIGNED_IN_CUSTOMER)
async def list_addresses(ctx: Context) -> list[AddressInfo]:
    """List the addresses that are kept, in the order they were added."""
    return await addresses.of_customer(ctx, (await records.own(ctx)).id)


@api.post("/api/v1/customers/me/addresses", permission=SIGNED_IN_CUSTOMER, idempotent=True, status=201)
async def add_address(ctx: Context, body: Address) -> AddressInfo:
    """Keep another address."""
    return await addresses.add(ctx, (await records.own(ctx)).id, body.model_dump())


@api.get("/api/v1/customers/me/addresses/{address_id}", permission=SIGNED_IN_CUSTOMER)
async def get_address(ctx: Context, address_id: UUID) -> AddressInfo:
    """Give one address."""
    return await addresses.get(ctx, (await records.own(ctx)).id, address_id)


@api.put("/api/v1/customers/me/addresses/{address_id}", permission=SIGNED_IN_CUSTOMER)
async def change_address(ctx: Context, body: Address, address_id: UUID) -> AddressInfo:
    """Replace an address."""
    return await addresses.change(ctx, (await records.own(ctx)).id, address_id, body.model_dump())


@api.delete("/api/v1/customers/me/addresses/{address_id}", permission=SIGNED_IN_CUSTOMER)
async def remove_address(ctx: Context, address_id: UUID) -> None:
    """Forget an address."""
    await addresses.remove(ctx, (await records.own(ctx)).id, address_id)


async def _me(ctx: Context) -> CustomerInfo:
    found = await accounts.by_id(ctx, (await records.own(ctx)).id)
    if found is None:
        raise NotFound("This account does not exist any more.")
    return found
