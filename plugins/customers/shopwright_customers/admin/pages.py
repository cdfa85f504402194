# SPDX-License-Identifier: Apache-2.0
"""Customers in the admin: list, one customer, disabling and enabling."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_admin.api import Column, ListView, admin_page, list_page, rendered_cards
from shopwright_admin.hookspecs import admin_slot
from shopwright_customers.api import CustomerInfo
from shopwright_customers.forms import countries
from shopwright_customers.services import (
    accounts,
    addresses,
    consent,
    disabling,
    groups,
    notes,
    privacy,
    tags,
)
from shopwright_customers.services.accounts import Status
from shopwright_customers.services.records import EDIT

routes = Routes("customers", Scope.ADMIN)
VIEW = "customers.customer.view"
_FILTERS: tuple[tuple[Status, str], ...] = (
    ("", translatable("All")),
    ("active", translatable("Active")),
    ("disabled", translatable("Disabled")),
    ("erasure", translatable("Asked to be forgotten")),
)


class ListQuery(BaseModel):
    """What is looked for, and after which customer the page begins."""

    q: str = Field(default="", max_length=200)
    status: Status = ""
    group: str = Field(default="", max_length=40)
    tag: str = Field(default="", max_length=40)
    after: UUID | None = None


@routes.get("/admin/customers", permission=VIEW)
async def admin_customers(ctx: Context, query: ListQuery) -> web.Response:
    """List customers."""
    found, next_after = await accounts.page(
        ctx, search=query.q, status=query.status, group=query.group, tag=query.tag, after=query.after
    )
    is_chosen = bool(query.status or query.group or query.tag)
    view = ListView(
        title=ctx.gettext("Customers"),
        columns=[
            Column("email", ctx.gettext("E-mail"), "link"),
            Column("name", ctx.gettext("Name")),
            Column("created_at", ctx.gettext("Since"), "date"),
            Column("status", ctx.gettext("Status")),
        ],
        rows=[_row(ctx, customer) for customer in found],
        total=len(found),
        search=query.q,
        next_url=_list_url(ctx, query, query.status, next_after) if next_after else "",
        empty_title=ctx.gettext("No such customers") if is_chosen else ctx.gettext("No customers yet"),
        empty_text=ctx.gettext("Whoever makes an account in your store is listed here."),
        filters=[
            {
                "label": ctx.gettext(label),
                "url": _list_url(ctx, query, status, None),
                "current": status == query.status,
            }
            for status, label in _FILTERS
        ],
    )
    return await list_page(ctx, view)


@routes.get("/admin/customers/{customer_id}", permission=VIEW)
async def admin_customer(ctx: Context, customer_id: UUID) -> web.Response:
    """Show one customer."""
    customer = await _customer(ctx, customer_id)
    cards = await ctx.hooks.collect(admin_slot, zone="customers.customer", subject=customer)
    return await admin_page(
        ctx,
        "customers/admin/customer.html",
        title=customer.name or customer.email,
        crumbs=[*_crumbs(ctx), (customer.email, "")],
        customer=customer,
        addresses=await addresses.of_customer(ctx, customer_id),
        names=dict(countries(ctx.locale)),
        cards=await rendered_cards(ctx, cards),
        groups=await groups.all_groups(ctx),
        own_groups=await groups.codes_of(ctx, customer_id),
        tags=await tags.of_customer(ctx, customer_id),
        consents=await consent.of_customer(ctx, customer_id),
        notes=await notes.of_customer(ctx, customer_id),
        can_edit=ctx.actor.can(EDIT),
        can_erase=ctx.actor.can(privacy.EDIT),
    )


@routes.get("/admin/customers/{customer_id}/disable", permission=EDIT)
async def ask_disable(ctx: Context, customer_id: UUID) -> web.Response:
    """Ask before a customer is disabled."""
    customer = await _customer(ctx, customer_id)
    if customer.disabled_at is not None:
        return redirect(ctx, url(ctx, "customers.admin_customer", customer_id=customer_id))
    return await admin_page(
        ctx,
        "customers/admin/disable.html",
        title=ctx.gettext("Disable this customer?"),
        crumbs=[
            *_crumbs(ctx),
            (customer.email, url(ctx, "customers.admin_customer", customer_id=customer_id)),
        ],
        customer=customer,
    )


@routes.post("/admin/customers/{customer_id}/disable", permission=EDIT)
async def disable_customer(ctx: Context, customer_id: UUID) -> web.Response:
    """Disable a customer."""
    await disabling.disable(ctx, customer_id)
    return _done(ctx, customer_id, ctx.gettext("The customer is disabled and signed out everywhere."))


@routes.post("/admin/customers/{customer_id}/enable", permission=EDIT)
async def enable_customer(ctx: Context, customer_id: UUID) -> web.Response:
    """Enable a customer again."""
    await disabling.enable(ctx, customer_id)
    return _done(ctx, customer_id, ctx.gettext("The customer can sign in again."))


def _done(ctx: Context, customer_id: UUID, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("success", message)
    return redirect(ctx, url(ctx, "customers.admin_customer", customer_id=customer_id))


def _list_url(ctx: Context, now: ListQuery, status: str, after: UUID | None) -> str:
    given = {"q": now.q, "status": status, "group": now.group, "tag": now.tag, "after": str(after or "")}
    query = urlencode({name: value for name, value in given.items() if value})
    base = url(ctx, "customers.admin_customers")
    return f"{base}?{query}" if query else base


def _row(ctx: Context, customer: CustomerInfo) -> dict[str, Any]:
    return {
        "url": url(ctx, "customers.admin_customer", customer_id=customer.id),
        "email": customer.email,
        "name": customer.name,
        "created_at": customer.created_at,
        "status": ctx.gettext("Disabled") if customer.disabled_at else ctx.gettext("Active"),
    }


def _crumbs(ctx: Context) -> list[tuple[str, str]]:
    return [(ctx.gettext("Customers"), url(ctx, "customers.admin_customers"))]


async def _customer(ctx: Context, customer_id: UUID) -> CustomerInfo:
    found = await accounts.by_id(ctx, customer_id)
    if found is None:
        raise NotFound(translatable("There is no such customer."))
    return found
