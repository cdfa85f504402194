# SPDX-License-Identifier: Apache-2.0
"""Customers of the admin API."""

from uuid import UUID

from pydantic import Field

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Routes, Scope
from shopwright_customers.api import CustomerInfo
from shopwright_customers.services import accounts, disabling
from shopwright_customers.services.accounts import Status
from shopwright_customers.services.records import EDIT

admin_api = Routes("customers", Scope.ADMIN_API)


class CustomersQuery(ListQuery):
    """Which customers; ``group`` is a code."""

    search: str = Field(default="", max_length=200)
    status: Status = ""
    group: str = Field(default="", max_length=40)
    tag: str = Field(default="", max_length=40)


@admin_api.get("/api/admin/v1/customers", permission="customers.customer.view")
async def list_customers(ctx: Context, query: CustomersQuery) -> Page[CustomerInfo]:
    """List customers, newest first."""
    which = query.model_dump(include={"search", "status", "group", "tag"})
    found, _ = await accounts.page(ctx, **which, after=query.after_id(), limit=query.limit + 1)
    return query.page(found, "id")


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
