# SPDX-License-Identifier: Apache-2.0
"""Brands in the admin API: by handle, saved whole and only if nobody was faster."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_brands.api import BrandInput
from shopwright_brands.services import from_vendors, read, save
from shopwright_brands.services.read import Draft

routes = Routes("brands", Scope.ADMIN_API)
Text = Annotated[str, StringConstraints(max_length=20_000)]


class BrandsQuery(ListQuery):
    """Which brands."""

    search: str = Field(default="", max_length=200)


class BrandBody(BaseModel):
    """A brand. ``logo`` is the path of an uploaded picture."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(max_length=255)]
    description: Text = ""
    logo: Annotated[str, StringConstraints(max_length=2000)] = ""
    logo_alt: Text = ""
    logo_width: int = Field(default=0, ge=0, le=100_000)
    logo_height: int = Field(default=0, ge=0, le=100_000)
    seo_title: Text = ""
    seo_description: Text = ""
    visible: bool = True
    translations: dict[str, dict[str, Text]] = Field(default_factory=dict, max_length=50)
    version: int | None = Field(default=None, ge=0)


@dataclass(frozen=True, slots=True)
class BrandDetail:
    """A brand as staff see it."""

    id: UUID | None
    version: int
    brand: BrandInput


@dataclass(frozen=True, slots=True)
class BrandsMade:
    """How many brands came of vendors."""

    made: int


@routes.get("/api/admin/v1/brands", permission="brands.brand.view")
async def list_brands(ctx: Context, query: BrandsQuery) -> Page[BrandDetail]:
    """List brands by name, hidden ones included."""
    after = query.after(str, UUID)
    found = await read.drafts(ctx, search=query.search, after=after, limit=query.limit + 1)
    return query.page([_detail(draft) for draft in found], "brand.name", "id")


@routes.post("/api/admin/v1/brands/from-vendors", permission="brands.brand.edit", idempotent=True, status=201)
async def make_brands(ctx: Context) -> BrandsMade:
    """Make a brand of each vendor that products name and that has none."""
    return BrandsMade(await from_vendors.make(ctx))


@routes.get("/api/admin/v1/brands/{handle}", permission="brands.brand.view")
async def get_brand(ctx: Context, handle: str) -> Reply[BrandDetail]:
    """Give a brand with its version as the ETag."""
    return await _reply(ctx, handle, 200)


@routes.put("/api/admin/v1/brands/{handle}", permission="brands.brand.edit")
async def put_brand(ctx: Context, handle: str, body: BrandBody, if_match: int | None) -> Reply[BrandDetail]:
    """Create or replace a brand by handle; ``If-Match`` or ``version`` say which version is replaced."""
    brand = BrandInput(handle=handle, **body.model_dump(exclude={"version"}))
    version = body.version if if_match is None else if_match
    created = await save.save(ctx, handle, brand, version)
    return await _reply(ctx, handle, 201 if created else 200)


@routes.delete("/api/admin/v1/brands/{handle}", permission="brands.brand.edit", status=204)
async def remove_brand(ctx: Context, handle: str, if_match: int | None) -> None:
    """Delete a brand; its products stay."""
    await save.delete(ctx, handle, if_match)


async def _reply(ctx: Context, handle: str, status: int) -> Reply[BrandDetail]:
    found = await read.draft(ctx, handle)
    return Reply(_detail(found), status, etag(found.version))


def _detail(draft: Draft) -> BrandDetail:
    return BrandDetail(draft.id, draft.version, draft.brand)
