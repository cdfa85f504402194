# SPDX-License-Identifier: Apache-2.0
"""Redirects in the admin API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.http.listing import ListQuery
from shopwright.http.routing import Routes, Scope
from shopwright_redirects.services import redirects
from shopwright_redirects.services.redirects import Redirect

routes = Routes("redirects", Scope.ADMIN_API)
Address = Annotated[str, StringConstraints(max_length=1001)]


class RedirectsQuery(ListQuery):
    """Which redirects."""

    search: str = Field(default="", max_length=200)


class NewRedirect(BaseModel):
    """An old path, and where it is to lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Address
    target: Address


@dataclass(frozen=True, slots=True)
class RedirectPage:
    """One page of redirects, and how many there are; ``next_cursor`` is empty on the last one."""

    items: Sequence[Redirect]
    next_cursor: str
    total: int


@dataclass(frozen=True, slots=True)
class Added:
    """A redirect that was saved."""

    id: UUID


@routes.get("/api/admin/v1/redirects", permission="redirects.redirect.view")
async def list_redirects(ctx: Context, query: RedirectsQuery) -> RedirectPage:
    """List redirects, the newest first."""
    after = query.after(datetime.fromisoformat, UUID)
    found, total = await redirects.listing(ctx, query.search, after=after, limit=query.limit + 1)
    page = query.page(found, "created_at", "id")
    return RedirectPage(page.items, page.next_cursor, total)


@routes.post("/api/admin/v1/redirects", permission="redirects.redirect.edit", idempotent=True, status=201)
async def add_redirect(ctx: Context, body: NewRedirect) -> Added:
    """Have an old path lead somewhere; one that leads elsewhere already is changed."""
    return Added(await redirects.add(ctx, body.source, body.target))


@routes.delete("/api/admin/v1/redirects/{redirect_id}", permission="redirects.redirect.edit", status=204)
async def remove_redirect(ctx: Context, redirect_id: UUID) -> None:
    """Forget a redirect."""
    await redirects.remove(ctx, redirect_id)
