# SPDX-License-Identifier: Apache-2.0
"""What customers wish for, in the admin API."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_wishlists.services.wished import VIEW, WishedProduct, most_wished

routes = Routes("wishlists", Scope.ADMIN_API)


class PageQuery(BaseModel):
    """Which page of products."""

    page: int = Field(default=1, ge=1, le=10_000)
    limit: int = Field(default=50, ge=1, le=200)


@dataclass(frozen=True, slots=True)
class WishedPage:
    """A page of products; ``next_page`` is null on the last one."""

    items: Sequence[WishedProduct]
    next_page: int | None


@routes.get("/api/admin/v1/wished-products", permission=VIEW)
async def list_wished_products(ctx: Context, query: PageQuery) -> WishedPage:
    """List products by the number of wishlists they are on."""
    found = await most_wished(ctx, page=query.page, size=query.limit)
    return WishedPage(found[: query.limit], query.page + 1 if len(found) > query.limit else None)
