# SPDX-License-Identifier: Apache-2.0
"""Approvals of the admin API."""

from typing import Literal

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Routes, Scope
from shopwright_approvals.services import requests
from shopwright_approvals.services.requests import VIEW, Request, Status

routes = Routes("approvals", Scope.ADMIN_API)


class RequestsQuery(ListQuery):
    """Which requests."""

    status: Status | Literal[""] = ""


@routes.get("/api/admin/v1/approval-requests", permission=VIEW)
async def list_all_approval_requests(ctx: Context, query: RequestsQuery) -> Page[Request]:
    """List requests for approval, the latest first."""
    after, limit = query.after_id(), query.limit + 1
    return query.page(await requests.listing(ctx, status=query.status, after=after, limit=limit), "id")
