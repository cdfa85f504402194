# SPDX-License-Identifier: Apache-2.0
"""Segments of the admin API."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_customers.admin.api import CustomerPage
from shopwright_customers.admin.forms import Version
from shopwright_customers.admin.segment_forms import ChangedSegmentBody, SegmentBody, conditions_of
from shopwright_customers.hookspecs import customer_conditions
from shopwright_customers.services import matching, segments
from shopwright_customers.services.groups import EDIT
from shopwright_customers.services.segments import SavedSegment

routes = Routes("customers", Scope.ADMIN_API)
VIEW = "customers.group.view"
_ALL, _ONE = "/api/admin/v1/customer-segments", "/api/admin/v1/customer-segments/{segment_id}"


class AfterQuery(BaseModel):
    """After which customer the page begins."""

    model_config = ConfigDict(extra="forbid")

    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of condition, with the JSON Schema of its values."""

    code: str
    label: str
    values_schema: dict[str, Any]


@routes.get("/api/admin/v1/customer-conditions", permission=VIEW)
async def list_condition_kinds(ctx: Context) -> list[KindView]:
    """List the kinds of conditions that segments of this store can be made of."""
    kinds = ctx.hooks.registered(customer_conditions).values()
    return [KindView(kind.code, kind.label(ctx), kind.values.model_json_schema()) for kind in kinds]


@routes.get(_ALL, permission=VIEW)
async def list_segments(ctx: Context) -> list[SavedSegment]:
    """List segments by code."""
    return await segments.saved(ctx)


@routes.post(_ALL, permission=EDIT, idempotent=True, status=201)
async def create_segment(ctx: Context, body: SegmentBody) -> SavedSegment:
    """Add a segment; each has a code of its own."""
    conditions = conditions_of(body.conditions)
    segment_id = await segments.create(
        ctx, code=body.code, title=body.title, match=body.match, conditions=conditions
    )
    return await segments.get(ctx, segment_id)


@routes.get(_ONE, permission=VIEW)
async def get_segment(ctx: Context, segment_id: UUID) -> SavedSegment:
    """Give one segment."""
    return await segments.get(ctx, segment_id)


@routes.put(_ONE, permission=EDIT)
async def update_segment(ctx: Context, segment_id: UUID, body: ChangedSegmentBody) -> SavedSegment:
    """Replace a segment; ``version`` is the one the caller has seen."""
    conditions = conditions_of(body.conditions)
    await segments.update(
        ctx,
        segment_id,
        body.version,
        code=body.code,
        title=body.title,
        match=body.match,
        conditions=conditions,
    )
    return await segments.get(ctx, segment_id)


@routes.delete(_ONE, permission=EDIT)
async def delete_segment(ctx: Context, segment_id: UUID, query: Version) -> None:
    """Remove a segment; its customers stay."""
    await segments.delete(ctx, segment_id, query.version)


@routes.get(f"{_ONE}/customers", permission="customers.customer.view")
async def customers_of_segment(ctx: Context, segment_id: UUID, query: AfterQuery) -> CustomerPage:
    """List who is in a segment, newest first; a page may be short and have a next one."""
    return CustomerPage(*await matching.page(ctx, await segments.get(ctx, segment_id), after=query.after))
