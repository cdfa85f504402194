# SPDX-License-Identifier: Apache-2.0
"""Bundles of the admin API: by variant, saved whole and only if nobody was faster."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.types import StrictInt

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_bundles.services import bundles, edit
from shopwright_bundles.services.bundles import Bundle, Component, Pricing

routes = Routes("bundles", Scope.ADMIN_API)
VIEW, EDIT = "bundles.bundle.view", "bundles.bundle.edit"


class Strict(BaseModel):
    """Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ComponentBody(Strict):
    """A variant of which the bundle holds some."""

    variant_id: UUID
    quantity: StrictInt = 1


class BundleBody(Strict):
    """A bundle to save whole; with pricing ``components`` it costs what they cost together less ``percent``."""

    components: tuple[ComponentBody, ...]
    pricing: Pricing = "own"
    percent: StrictInt = 0
    version: StrictInt | None = None
    """The version that was read, 0 for a new one; absent: save over whatever is there."""


@routes.get("/api/admin/v1/bundles", permission=VIEW)
async def list_bundles(ctx: Context, query: ListQuery) -> Page[Bundle]:
    """List bundles; ``id`` is that of their variant."""
    return query.page(await bundles.listing(ctx, after=query.after_id(), limit=query.limit + 1), "id")


@routes.get("/api/admin/v1/bundles/{bundle_id}", permission=VIEW)
async def get_bundle(ctx: Context, bundle_id: UUID) -> Reply[Bundle]:
    """Give a bundle, with its version as the ETag."""
    return await _one(ctx, bundle_id, 200)


@routes.put("/api/admin/v1/bundles/{bundle_id}", permission=EDIT)
async def put_bundle(ctx: Context, bundle_id: UUID, body: BundleBody, if_match: int | None) -> Reply[Bundle]:
    """Say what a variant is made of; ``If-Match`` or ``version`` say which version is replaced."""
    version = body.version if if_match is None else if_match
    parts = [Component(x.variant_id, x.quantity) for x in body.components]
    work = edit.save(ctx, bundle_id, parts, pricing=body.pricing, percent=body.percent, version=version)
    return await _one(ctx, bundle_id, 201 if await work == 1 else 200)


@routes.delete("/api/admin/v1/bundles/{bundle_id}", permission=EDIT, status=204)
async def delete_bundle(ctx: Context, bundle_id: UUID, if_match: int | None) -> None:
    """Forget what a variant is made of; it cannot be sold as a bundle then."""
    await edit.delete(ctx, bundle_id, if_match)


async def _one(ctx: Context, bundle_id: UUID, status: int) -> Reply[Bundle]:
    found = (await bundles.of(ctx, [bundle_id])).get(bundle_id)
    if found is None:
        raise NotFound("This variant has no components.", code="bundle_not_found")
    return Reply(found, status, etag(found.version))
