# SPDX-License-Identifier: Apache-2.0
"""Redirects in the admin API."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_redirects.services import redirects
from shopwright_redirects.services.redirects import Redirect

routes = Routes("redirects", Scope.ADMIN_API)
Address = Annotated[str, StringConstraints(max_length=1001)]


class ListQuery(BaseModel):
    """Which redirects, and where the list goes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: str = Field(default="", max_length=200)
    page: int = Field(default=1, ge=1, le=10_000)


class NewRedirect(BaseModel):
    """An old path, and where it is to lead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Address
    target: Address


@dataclass(frozen=True, slots=True)
class RedirectPage:
    """One page of redirects; ``next_page`` is null on the last one."""

    items: list[Redirect]
    total: int
    next_page: int | None


@dataclass(frozen=True, slots=True)
class Added:
    """A redirect that was saved."""

    id: UUID


@routes.get("/api/admin/v1/redirects", permission="redirects.redirect.view")
async def list_redirects(ctx: Context, query: ListQuery) -> RedirectPage:
    """List redirects, the newest first."""
    found, total = await redirects.listing(ctx, query.search, query.page)
    has_more = query.page * redirects.PAGE < total
    return RedirectPage(found, total, query.page + 1 if has_more else None)


@routes.post("/api/admin/v1/redirects", permission="redirects.redirect.edit", idempotent=True, status=201)
async def add_redirect(ctx: Context, body: NewRedirect) -> Added:
    """Have an old path lead somewhere; one that leads elsewhere already is changed."""
    return Added(await redirects.add(ctx, body.source, body.target))


@routes.delete("/api/admin/v1/redirects/{redirect_id}", permission="redirects.redirect.edit", status=204)
async def remove_redirect(ctx: Context, redirect_id: UUID) -> None:
    """Forget a redirect."""
    await redirects.remove(ctx, redirect_id)
