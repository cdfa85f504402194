# SPDX-License-Identifier: Apache-2.0
"""Waiting customers of the admin API."""

from uuid import UUID

from pydantic import Field

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Routes, Scope
from shopwright_stock_notices.services import listing
from shopwright_stock_notices.services.listing import EDIT, VIEW, Person, WantedVariant

routes = Routes("stock_notices", Scope.ADMIN_API)


class PeopleQuery(ListQuery):
    """Who is looked for."""

    q: str = Field(default="", max_length=200)


@routes.get("/api/admin/v1/stock-notices", permission=VIEW)
async def list_wanted_variants(ctx: Context, query: ListQuery) -> Page[WantedVariant]:
    """List the variants people wait for, most people first."""
    found = await listing.wanted(ctx, after=query.after(int, UUID), limit=query.limit + 1)
    return query.page(found, "people", "variant_id")


@routes.get("/api/admin/v1/stock-notices/{variant_id}/people", permission=VIEW)
async def list_waiting_people(ctx: Context, variant_id: UUID, query: PeopleQuery) -> Page[Person]:
    """List who waits for a variant, in the order in which they signed up."""
    after, limit = query.after_id(), query.limit + 1
    return query.page(await listing.people(ctx, variant_id, search=query.q, after=after, limit=limit), "id")


@routes.delete("/api/admin/v1/stock-notices/people/{notice_id}", permission=EDIT, status=204)
async def cancel_notice(ctx: Context, notice_id: UUID) -> None:
    """Take somebody off the list."""
    await listing.cancel(ctx, notice_id)
