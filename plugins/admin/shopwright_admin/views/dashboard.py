# SPDX-License-Identifier: Apache-2.0
"""The first page of the admin, the audit log, and failed jobs."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from shopwright.actor import SIGNED_IN_STAFF
from shopwright.context import Context
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_admin.hookspecs import admin_dashboard_widgets
from shopwright_admin.services.cards import rendered

routes = Routes("admin", Scope.ADMIN)


class BeforeQuery(BaseModel):
    """Where the log goes on."""

    before: int | None = None


@routes.get("/admin/", permission=SIGNED_IN_STAFF)
async def dashboard(ctx: Context) -> web.Response:
    """Show what matters today."""
    cards = await ctx.hooks.collect(admin_dashboard_widgets)
    problems = [*ctx.kernel.problems.for_store(ctx.store.id), *await ctx.kernel.events.problems(ctx)]
    return await admin_page(
        ctx,
        "admin/dashboard.html",
        title=ctx.store.name,
        cards=await rendered(ctx, cards),
        problems=problems,
    )


@routes.get("/admin/audit", permission="kernel.audit.view")
async def audit(ctx: Context, query: BeforeQuery) -> web.Response:
    """Show who did what."""
    entries = await ctx.kernel.audit.entries(ctx, before=query.before, limit=50)
    view = ListView(
        title=ctx.gettext("Audit log"),
        columns=[
            Column("at", ctx.gettext("When"), "datetime"),
            Column("actor", ctx.gettext("Who")),
            Column("action", ctx.gettext("What")),
            Column("subject", ctx.gettext("On")),
        ],
        rows=[
            {
                "at": e.at,
                "actor": e.actor_label or e.actor_kind,
                "action": e.action,
                "subject": e.subject_kind,
            }
            for e in entries
        ],
        total=len(entries),
        searchable=False,
        next_url=f"{url(ctx, 'admin.audit')}?before={entries[-1].seq}" if len(entries) == 50 else "",
        empty_title=ctx.gettext("Nothing has been recorded yet"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/jobs", permission="kernel.jobs.view")
async def jobs(ctx: Context) -> web.Response:
    """Show jobs and events that could not be handled."""
    letters = await ctx.kernel.jobs.dead_letters(ctx)
    return await admin_page(ctx, "admin/jobs.html", title=ctx.gettext("Failed jobs"), letters=letters)


@routes.post("/admin/jobs/{letter_id}/replay", permission="kernel.jobs.edit")
async def replay(ctx: Context, letter_id: UUID) -> web.Response:
    """Try a failed job again."""
    assert ctx.visit is not None
    await ctx.kernel.jobs.replay(ctx, letter_id)
    ctx.visit.flash("success", ctx.gettext("It is tried again."))
    return redirect(ctx, url(ctx, "admin.jobs"))
