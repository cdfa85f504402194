# SPDX-License-Identifier: Apache-2.0
"""Approvals of the admin API."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_approvals.services import requests
from shopwright_approvals.services.requests import VIEW, Request, Status

routes = Routes("approvals", Scope.ADMIN_API)


class PageQuery(BaseModel):
    """Which requests, and where the list goes on: after the last one seen."""

    status: Status | Literal[""] = ""
    after: UUID | None = None
    limit: int = Field(default=50, ge=1, le=200)


@routes.get("/api/admin/v1/approval-requests", permission=VIEW)
async def list_all_approval_requests(ctx: Context, query: PageQuery) -> Sequence[Request]:
    """List requests for approval, the latest first."""
    return await requests.listing(ctx, status=query.status, after=query.after, limit=query.limit)
