# SPDX-License-Identifier: Apache-2.0
"""Waiting customers of the admin API."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_stock_notices.services import listing
from shopwright_stock_notices.services.listing import EDIT, VIEW, Person, WantedVariant

routes = Routes("stock_notices", Scope.ADMIN_API)


class VariantsQuery(BaseModel):
    """Which page of variants."""

    page: int = Field(default=1, ge=1, le=10_000)
    limit: int = Field(default=50, ge=1, le=200)


class PeopleQuery(BaseModel):
    """Where a list of people goes on: after the last one seen."""

    q: str = Field(default="", max_length=200)
    after: UUID | None = None
    limit: int = Field(default=50, ge=1, le=200)


@dataclass(frozen=True, slots=True)
class VariantPage:
    """A page of variants; ``next_page`` is null on the last one."""

    items: Sequence[WantedVariant]
    next_page: int | None


@routes.get("/api/admin/v1/stock-notices", permission=VIEW)
async def list_wanted_variants(ctx: Context, query: VariantsQuery) -> VariantPage:
    """List the variants people wait for, most people first."""
    found = await listing.wanted(ctx, page=query.page, size=query.limit)
    return VariantPage(found[: query.limit], query.page + 1 if len(found) > query.limit else None)


@routes.get("/api/admin/v1/stock-notices/{variant_id}/people", permission=VIEW)
async def list_waiting_people(ctx: Context, variant_id: UUID, query: PeopleQuery) -> Sequence[Person]:
    """List who waits for a variant, in the order in which they signed up."""
    return await listing.people(ctx, variant_id, search=query.q, after=query.after, limit=query.limit)


@routes.delete("/api/admin/v1/stock-notices/people/{notice_id}", permission=EDIT, status=204)
async def cancel_notice(ctx: Context, notice_id: UUID) -> None:
    """Take somebody off the list."""
    await listing.cancel(ctx, notice_id)
