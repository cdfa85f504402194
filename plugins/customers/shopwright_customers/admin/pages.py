# SPDX-License-Identifier: Apache-2.0
"""Customers in the admin."""

from aiohttp import web
from pydantic import BaseModel

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, list_page
from shopwright_customers.services import accounts

routes = Routes("customers", Scope.ADMIN)


class ListQuery(BaseModel):
    """What is looked for."""

    q: str = ""


@routes.get("/admin/customers", permission="customers.customer.view")
async def admin_customers(ctx: Context, query: ListQuery) -> web.Response:
    """List customers."""
    found = await accounts.search(ctx, query.q)
    view = ListView(
        title=ctx.gettext("Customers"),
        columns=[
            Column("email", ctx.gettext("E-mail")),
            Column("name", ctx.gettext("Name")),
            Column("created_at", ctx.gettext("Since"), "date"),
        ],
        rows=[{"email": c.email, "name": c.name, "created_at": c.created_at} for c in found],
        total=len(found),
        search=query.q,
        empty_title=ctx.gettext("No customers yet"),
        empty_text=ctx.gettext("Whoever makes an account in your store is listed here."),
    )
    return await list_page(ctx, view)
