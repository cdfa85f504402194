# SPDX-License-Identifier: Apache-2.0
"""Approvals in the admin: what companies decided about the orders of their buyers."""

from typing import Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, list_page
from shopwright_approvals.services import requests
from shopwright_approvals.services.requests import VIEW, Request, Status

routes = Routes("approvals", Scope.ADMIN)
SIZE = 50


class ListQuery(BaseModel):
    """Which requests, and where the list goes on."""

    status: Status | Literal[""] = ""
    after: UUID | None = None


@routes.get("/admin/approvals", permission=VIEW)
async def admin_approvals(ctx: Context, query: ListQuery) -> web.Response:
    """List requests for approval."""
    found = await requests.listing(ctx, status=query.status, after=query.after, limit=SIZE + 1)
    path, shown = url(ctx, "approvals.admin_approvals"), found[:SIZE]
    view = ListView(
        title=ctx.gettext("Approvals"),
        columns=[
            Column("created_at", ctx.gettext("Asked"), "date"),
            Column("company", ctx.gettext("Company")),
            Column("buyer", ctx.gettext("Buyer")),
            Column("total", ctx.gettext("Total"), "money"),
            Column("status", ctx.gettext("Status"), "badge"),
            Column("decider", ctx.gettext("Decided by")),
            Column("reason", ctx.gettext("Reason")),
        ],
        rows=[_row(request) for request in shown],
        total=len(found),
        searchable=False,
        next_url=f"{path}?status={query.status}&after={shown[-1].id}" if len(found) > SIZE else "",
        empty_title=ctx.gettext("No requests"),
        empty_text=ctx.gettext(
            "Buyers whose company gives them a limit ask here for what is above it. Set limits under Companies."
        ),
        filters=[
            {"label": label, "url": f"{path}?status={status}", "current": status == query.status}
            for status, label in (
                ("", ctx.gettext("All")),
                ("pending", ctx.gettext("pending")),
                ("approved", ctx.gettext("approved")),
                ("declined", ctx.gettext("declined")),
                ("ordered", ctx.gettext("ordered")),
            )
        ],
    )
    return await list_page(ctx, view)


def _row(request: Request) -> dict[str, object]:
    names = ("created_at", "company", "buyer", "total", "status", "decider", "reason")
    return {name: getattr(request, name) for name in names}
