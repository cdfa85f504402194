# SPDX-License-Identifier: Apache-2.0
"""What customers wish for most, in the admin."""

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, list_page
from shopwright_wishlists.services.wished import VIEW, most_wished

routes = Routes("wishlists", Scope.ADMIN)
SIZE = 50


class PageQuery(BaseModel):
    """Which page of the list."""

    page: int = Field(default=1, ge=1, le=10_000)


@routes.get("/admin/wishlists", permission=VIEW)
async def admin_wished(ctx: Context, query: PageQuery) -> web.Response:
    """List products by the number of wishlists they are on."""
    found = await most_wished(ctx, page=query.page, size=SIZE)
    path = url(ctx, "wishlists.admin_wished")
    view = ListView(
        title=ctx.gettext("Most wished"),
        columns=[
            Column("title", ctx.gettext("Product")),
            Column("people", ctx.gettext("On wishlists"), "number"),
            Column("latest", ctx.gettext("Last added"), "date"),
        ],
        rows=[{"title": x.title, "people": x.people, "latest": x.latest} for x in found[:SIZE]],
        total=len(found),
        searchable=False,
        previous_url=f"{path}?page={query.page - 1}" if query.page > 1 else "",
        next_url=f"{path}?page={query.page + 1}" if len(found) > SIZE else "",
        empty_title=ctx.gettext("Nothing is on a wishlist"),
        empty_text=ctx.gettext(
            "Customers put products on their wishlist with the button on the product's page."
        ),
    )
    return await list_page(ctx, view)
