# SPDX-License-Identifier: Apache-2.0
"""Collections in the admin API: by handle, saved whole and only if nobody was faster."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_collections.api import Match, Order
from shopwright_collections.hookspecs import collection_conditions
from shopwright_collections.services import read, save
from shopwright_collections.services.read import Draft
from shopwright_collections.services.save import CollectionInput, Condition

routes = Routes("collections", Scope.ADMIN_API)
Text = Annotated[str, StringConstraints(max_length=10_000)]


class ConditionBody(BaseModel):
    """A condition: its kind by code, and what the kind is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, StringConstraints(max_length=120)]
    values: dict[str, Any] = Field(default_factory=dict, max_length=20)


class CollectionBody(BaseModel):
    """A collection. ``version`` is the one that was read: 0 for a new one, absent to save over whatever is there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, StringConstraints(max_length=255)]
    description: Text = ""
    position: int = Field(default=0, ge=0, le=100_000)
    visible: bool = True
    order: Order = "manual"
    match: Match = "all"
    conditions: tuple[ConditionBody, ...] = ()
    picked: tuple[UUID, ...] = ()
    translations: dict[str, dict[str, Text]] = Field(default_factory=dict, max_length=50)
    version: int | None = Field(default=None, ge=0)


@dataclass(frozen=True, slots=True)
class CollectionDetail:
    """A collection as staff see it."""

    id: UUID | None
    version: int
    product_count: int
    collection: CollectionInput


@dataclass(frozen=True, slots=True)
class KindDetail:
    """A kind of condition, and the JSON schema of what it is given."""

    code: str
    label: str
    values: dict[str, Any]


@routes.get("/api/admin/v1/collections", permission="collections.collection.view")
async def list_collections(ctx: Context, query: ListQuery) -> Page[CollectionDetail]:
    """List collections, hidden ones included."""
    return query.whole([_detail(draft) for draft in await read.drafts(ctx)], "id")


@routes.get("/api/admin/v1/collection-conditions", permission="collections.collection.view")
async def list_conditions(ctx: Context, query: ListQuery) -> Page[KindDetail]:
    """List the kinds of conditions there are."""
    kinds = ctx.hooks.registered(collection_conditions).values()
    found = [KindDetail(kind.code, kind.label(ctx), kind.values.model_json_schema()) for kind in kinds]
    return query.whole(found, "code")


@routes.get("/api/admin/v1/collections/{handle}", permission="collections.collection.view")
async def get_collection(ctx: Context, handle: str) -> Reply[CollectionDetail]:
    """Give a collection with its version as the ETag."""
    return await _reply(ctx, handle, 200)


@routes.put("/api/admin/v1/collections/{handle}", permission="collections.collection.edit")
async def put_collection(
    ctx: Context, handle: str, body: CollectionBody, if_match: int | None
) -> Reply[CollectionDetail]:
    """Create or replace a collection by handle; ``If-Match`` or ``version`` say which version is replaced."""
    values = {
        name: getattr(body, name)
        for name in CollectionBody.model_fields
        if name not in {"version", "conditions"}
    }
    conditions = tuple(Condition(x.code, x.values) for x in body.conditions)
    collection = CollectionInput(handle=handle, conditions=conditions, **values)
    created = await save.save(ctx, handle, collection, body.version if if_match is None else if_match)
    return await _reply(ctx, handle, 201 if created else 200)


@routes.delete("/api/admin/v1/collections/{handle}", permission="collections.collection.edit", status=204)
async def remove_collection(ctx: Context, handle: str, if_match: int | None) -> None:
    """Delete a collection; its products stay."""
    await save.delete(ctx, handle, if_match)


async def _reply(ctx: Context, handle: str, status: int) -> Reply[CollectionDetail]:
    found = await read.draft(ctx, handle)
    return Reply(_detail(found), status, etag(found.version))


def _detail(draft: Draft) -> CollectionDetail:
    return CollectionDetail(draft.id, draft.version, draft.product_count, draft.collection)
