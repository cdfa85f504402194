# SPDX-License-Identifier: Apache-2.0
"""Redirects in the admin: one page with the list and the form."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Invalid
from shopwright.http.forms import read_form
from shopwright.http.listing import ListQuery
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_redirects.services import redirects

routes = Routes("redirects", Scope.ADMIN)
EDIT = "redirects.redirect.edit"


class RedirectsQuery(ListQuery):
    """What is looked for, and where the list goes on."""

    q: str = Field(default="", max_length=200)


class RedirectForm(BaseModel):
    """A redirect as it is typed in."""

    source: str = ""
    target: str = ""


@routes.get("/admin/redirects", permission="redirects.redirect.view")
async def admin_redirects(ctx: Context, query: RedirectsQuery) -> web.Response:
    """List redirects."""
    return await _page(ctx, query, {}, {})


@routes.post("/admin/redirects", permission=EDIT, name="add_redirect")
async def add_redirect(ctx: Context, request: web.Request) -> web.Response:
    """Add a redirect."""
    assert ctx.visit is not None
    form = await read_form(request, RedirectForm)
    try:
        await redirects.add(ctx, form.raw.get("source", ""), form.raw.get("target", ""))
    except Invalid as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _page(ctx, RedirectsQuery(), dict(form.raw), errors, status=422)
    ctx.visit.flash("success", ctx.gettext("The redirect is saved."))
    return redirect(ctx, url(ctx, "redirects.admin_redirects"))


@routes.post("/admin/redirects/{redirect_id}/remove", permission=EDIT, name="remove_redirect")
async def remove_redirect(ctx: Context, redirect_id: UUID) -> web.Response:
    """Forget a redirect."""
    assert ctx.visit is not None
    await redirects.remove(ctx, redirect_id)
    ctx.visit.flash("success", ctx.gettext("The redirect is removed."))
    return redirect(ctx, url(ctx, "redirects.admin_redirects"))


async def _page(
    ctx: Context, query: RedirectsQuery, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    after = query.after(datetime.fromisoformat, UUID)
    found, _total = await redirects.listing(ctx, query.q, after=after, limit=query.limit + 1)
    page = query.page(found, "created_at", "id")
    base = url(ctx, "redirects.admin_redirects")
    return await admin_page(
        ctx,
        "redirects/admin/redirects.html",
        title=ctx.gettext("Redirects"),
        found=page.items,
        search=query.q,
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
        next_url=f"{base}?{urlencode({'q': query.q, 'cursor': page.next_cursor})}"
        if page.next_cursor
        else "",
        status=status,
    )
