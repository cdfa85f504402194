# SPDX-License-Identifier: Apache-2.0
"""What customers wish for most, in the admin."""

from uuid import UUID

from aiohttp import web

from shopwright.context import Context
from shopwright.http.listing import ListQuery
from shopwright.http.responses import url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, list_page
from shopwright_wishlists.services.wished import VIEW, most_wished

routes = Routes("wishlists", Scope.ADMIN)


@routes.get("/admin/wishlists", permission=VIEW)
async def admin_wished(ctx: Context, query: ListQuery) -> web.Response:
    """List products by the number of wishlists they are on."""
    found = await most_wished(ctx, after=query.after(int, UUID), limit=query.limit + 1)
    page = query.page(found, "people", "product_id")
    path = url(ctx, "wishlists.admin_wished")
    view = ListView(
        title=ctx.gettext("Most wished"),
        columns=[
            Column("title", ctx.gettext("Product")),
            Column("people", ctx.gettext("On wishlists"), "number"),
            Column("latest", ctx.gettext("Last added"), "date"),
        ],
        rows=[{"title": x.title, "people": x.people, "latest": x.latest} for x in page.items],
        total=len(found),
        searchable=False,
        next_url=f"{path}?cursor={page.next_cursor}" if page.next_cursor else "",
        empty_title=ctx.gettext("Nothing is on a wishlist"),
        empty_text=ctx.gettext(
            "Customers put products on their wishlist with the button on the product's page."
        ),
    )
    return await list_page(ctx, view)
