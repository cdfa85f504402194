# SPDX-License-Identifier: Apache-2.0
"""Customers of the admin API."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Routes, Scope
from shopwright_customers.api import CustomerInfo
from shopwright_customers.services import accounts, disabling
from shopwright_customers.services.accounts import Status
from shopwright_customers.services.records import EDIT

admin_api = Routes("customers", Scope.ADMIN_API)


class ListQuery(BaseModel):
    """Which customers (``group`` is a code), and after which one the page begins."""

    model_config = ConfigDict(extra="forbid")

    search: str = Field(default="", max_length=200)
    status: Status = ""
    group: str = Field(default="", max_length=40)
    tag: str = Field(default="", max_length=40)
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of customers, newest first; ``next_after`` is null on the last one."""

    items: list[CustomerInfo]
    next_after: UUID | None


@admin_api.get("/api/admin/v1/customers", permission="customers.customer.view")
async def list_customers(ctx: Context, query: ListQuery) -> CustomerPage:
    """List customers, newest first, by page."""
    return CustomerPage(*await accounts.page(ctx, **query.model_dump()))


@admin_api.get("/api/admin/v1/customers/{customer_id}", permission="customers.customer.view")
async def get_customer(ctx: Context, customer_id: UUID) -> CustomerInfo:
    """Give one customer."""
    return await _customer(ctx, customer_id)


@admin_api.post("/api/admin/v1/customers/{customer_id}/disable", permission=EDIT)
async def disable_customer(ctx: Context, customer_id: UUID) -> CustomerInfo:
    """Keep a customer from signing in, and end their sessions; again changes nothing."""
    await disabling.disable(ctx, customer_id)
    return await _customer(ctx, customer_id)


@admin_api.post("/api/admin/v1/customers/{customer_id}/enable", permission=EDIT)
async def enable_customer(ctx: Context, customer_id: UUID) -> CustomerInfo:
    """Let a customer sign in again; again changes nothing."""
    await disabling.enable(ctx, customer_id)
    return await _customer(ctx, customer_id)


async def _customer(ctx: Context, customer_id: UUID) -> CustomerInfo:
    found = await accounts.by_id(ctx, customer_id)
    if found is None:
        raise NotFound("There is no such customer.")
    return found
