# SPDX-License-Identifier: Apache-2.0
"""Segments of the admin API."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_customers.admin.forms import SeenVersion
from shopwright_customers.admin.segment_forms import ChangedSegmentBody, SegmentBody, conditions_of
from shopwright_customers.api import CustomerInfo
from shopwright_customers.hookspecs import customer_conditions
from shopwright_customers.services import matching, segments
from shopwright_customers.services.groups import EDIT
from shopwright_customers.services.segments import SavedSegment

routes = Routes("customers", Scope.ADMIN_API)
VIEW = "customers.group.view"
_ALL, _ONE = "/api/admin/v1/customer-segments", "/api/admin/v1/customer-segments/{segment_id}"


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of condition, with the JSON Schema of its values."""

    code: str
    label: str
    values_schema: dict[str, Any]


@routes.get("/api/admin/v1/customer-conditions", permission=VIEW)
async def list_condition_kinds(ctx: Context, query: ListQuery) -> Page[KindView]:
    """List the kinds of conditions that segments of this store can be made of."""
    kinds = ctx.hooks.registered(customer_conditions).values()
    found = [KindView(kind.code, kind.label(ctx), kind.values.model_json_schema()) for kind in kinds]
    return query.whole(found, "code")


@routes.get(_ALL, permission=VIEW)
async def list_segments(ctx: Context, query: ListQuery) -> Page[SavedSegment]:
    """List segments by code."""
    return query.whole(await segments.saved(ctx), "id")


@routes.post(_ALL, permission=EDIT, idempotent=True, status=201)
async def create_segment(ctx: Context, body: SegmentBody) -> Reply[SavedSegment]:
    """Add a segment; each has a code of its own."""
    conditions = conditions_of(body.conditions)
    segment_id = await segments.create(
        ctx, code=body.code, title=body.title, match=body.match, conditions=conditions
    )
    return await _segment(ctx, segment_id, 201)


@routes.get(_ONE, permission=VIEW)
async def get_segment(ctx: Context, segment_id: UUID) -> Reply[SavedSegment]:
    """Give one segment, with its version as the ETag."""
    return await _segment(ctx, segment_id)


@routes.put(_ONE, permission=EDIT)
async def update_segment(
    ctx: Context, segment_id: UUID, body: ChangedSegmentBody, if_match: int | None
) -> Reply[SavedSegment]:
    """Replace a segment; ``If-Match`` or ``version`` say which version is replaced."""
    conditions = conditions_of(body.conditions)
    await segments.update(
        ctx,
        segment_id,
        seen(if_match, body.version),
        code=body.code,
        title=body.title,
        match=body.match,
        conditions=conditions,
    )
    return await _segment(ctx, segment_id)


@routes.delete(_ONE, permission=EDIT)
async def delete_segment(ctx: Context, segment_id: UUID, query: SeenVersion, if_match: int | None) -> None:
    """Remove a segment; its customers stay."""
    await segments.delete(ctx, segment_id, seen(if_match, query.version))


@routes.get(f"{_ONE}/customers", permission="customers.customer.view")
async def customers_of_segment(ctx: Context, segment_id: UUID, query: ListQuery) -> Page[CustomerInfo]:
    """List who is in a segment, newest first; a page may be short and have a next one."""
    segment = await segments.get(ctx, segment_id)
    found, last = await matching.page(ctx, segment, after=query.after_id(), limit=query.limit)
    return Page(found, query.cursor_of(last) if last is not None else "")


async def _segment(ctx: Context, segment_id: UUID, status: int = 200) -> Reply[SavedSegment]:
    found = await segments.get(ctx, segment_id)
    return Reply(found, status, etag(found.version))
