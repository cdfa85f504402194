# SPDX-License-Identifier: Apache-2.0
"""What customers wish for, in the admin API."""

from uuid import UUID

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Routes, Scope
from shopwright_wishlists.services.wished import VIEW, WishedProduct, most_wished

routes = Routes("wishlists", Scope.ADMIN_API)


@routes.get("/api/admin/v1/wished-products", permission=VIEW)
async def list_wished_products(ctx: Context, query: ListQuery) -> Page[WishedProduct]:
    """List products by the number of wishlists they are on."""
    found = await most_wished(ctx, after=query.after(int, UUID), limit=query.limit + 1)
    return query.page(found, "people", "product_id")
