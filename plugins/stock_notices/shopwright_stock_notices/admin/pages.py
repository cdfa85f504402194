# SPDX-License-Identifier: Apache-2.0
"""Waiting customers in the admin: variants by number of people, and who they are."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_catalog import api as catalog
from shopwright_stock_notices.services import listing
from shopwright_stock_notices.services.listing import EDIT, VIEW, WantedVariant
from shopwright_stock_notices.services.mails import title_of

routes = Routes("stock_notices", Scope.ADMIN)
SIZE = 50


class PeopleQuery(BaseModel):
    """Who is looked for, and where the list goes on."""

    q: str = Field(default="", max_length=200)
    after: UUID | None = None


@routes.get("/admin/stock-notices", permission=VIEW)
async def admin_wanted(ctx: Context, query: ListQuery) -> web.Response:
    """List the variants people wait for."""
    found = await listing.wanted(ctx, after=query.after(int, UUID), limit=query.limit + 1)
    page = query.page(found, "people", "variant_id")
    path = url(ctx, "stock_notices.admin_wanted")
    view = ListView(
        title=ctx.gettext("Waiting customers"),
        columns=[
            Column("title", ctx.gettext("Product"), "link"),
            Column("sku", ctx.gettext("SKU")),
            Column("people", ctx.gettext("People"), "number"),
            Column("since", ctx.gettext("Waiting since"), "date"),
        ],
        rows=[_row(ctx, variant) for variant in page.items],
        total=len(found),
        searchable=False,
        next_url=f"{path}?cursor={page.next_cursor}" if page.next_cursor else "",
        empty_title=ctx.gettext("Nobody waits for anything"),
        empty_text=ctx.gettext("Who asks on the page of a sold out product to be told of it is listed here."),
    )
    return await list_page(ctx, view)


@routes.get("/admin/stock-notices/{variant_id}", permission=VIEW)
async def admin_people(ctx: Context, variant_id: UUID, query: PeopleQuery) -> web.Response:
    """List who waits for a variant."""
    found = await listing.people(ctx, variant_id, search=query.q, after=query.after, limit=SIZE + 1)
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    title = title_of(variant) if variant else ctx.gettext("A product that is gone")
    path, shown = url(ctx, "stock_notices.admin_people", variant_id=variant_id), found[:SIZE]
    return await admin_page(
        ctx,
        "stock_notices/admin/people.html",
        title=title,
        crumbs=[
            (ctx.gettext("Waiting customers"), url(ctx, "stock_notices.admin_wanted")),
            (title, ""),
        ],
        people=shown,
        search=query.q,
        next_url=f"{path}?q={query.q}&after={shown[-1].id}" if len(found) > SIZE else "",
        can_edit=ctx.actor.can(EDIT),
    )


@routes.post("/admin/stock-notices/people/{notice_id}/cancel", permission=EDIT)
async def admin_cancel(ctx: Context, notice_id: UUID) -> web.Response:
    """Take somebody off the list."""
    assert ctx.visit is not None
    try:
        variant_id = await listing.cancel(ctx, notice_id)
    except NotFound as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "stock_notices.admin_wanted"))
    ctx.visit.flash("success", ctx.gettext("This person is off the list."))
    return redirect(ctx, url(ctx, "stock_notices.admin_people", variant_id=variant_id))


def _row(ctx: Context, variant: WantedVariant) -> dict[str, object]:
    return {
        "url": url(ctx, "stock_notices.admin_people", variant_id=variant.variant_id),
        "title": variant.title,
        "sku": variant.sku,
        "people": variant.people,
        "since": variant.since,
    }
