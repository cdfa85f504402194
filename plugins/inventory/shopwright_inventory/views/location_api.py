# SPDX-License-Identifier: Apache-2.0
"""Locations of the admin API: by code, saved whole and only if nobody was faster."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_inventory.services import list_locations, locations
from shopwright_inventory.services.list_locations import SavedLocation
from shopwright_inventory.services.locations import LocationInput

routes = Routes("inventory", Scope.ADMIN_API)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"
_BASE = "/api/admin/v1/stock-locations"


class LocationBody(BaseModel):
    """A location; ``version`` is the one that was read: 0 for a new one, absent to save over whatever is there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    priority: int = Field(default=0, ge=-1000, le=1000)
    active: bool = True
    country: Annotated[str, StringConstraints(max_length=2)] = ""
    postal_code: Annotated[str, StringConstraints(max_length=20)] = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    version: int | None = Field(default=None, ge=0)

    def location(self) -> LocationInput:
        return LocationInput(**self.model_dump(exclude={"version"}))


@routes.get(_BASE, permission=VIEW)
async def list_stock_locations(ctx: Context, query: ListQuery) -> Page[SavedLocation]:
    """List locations by code, those out of use included."""
    (after,) = query.after(str) or ("",)
    return query.page(await list_locations.page(ctx, after=after, limit=query.limit + 1), "code")


@routes.get(_BASE + "/{code}", permission=VIEW)
async def get_stock_location(ctx: Context, code: str) -> Reply[SavedLocation]:
    """Give a location with its version as the ETag."""
    return await _reply(ctx, code, 200)


@routes.put(_BASE + "/{code}", permission=EDIT)
async def put_stock_location(
    ctx: Context, code: str, body: LocationBody, if_match: int | None
) -> Reply[SavedLocation]:
    """Add or replace a location; ``If-Match`` or ``version`` say which version is replaced."""
    created = await _save(ctx, code, body, if_match)
    return await _reply(ctx, code, 201 if created else 200)


async def _save(ctx: Context, code: str, body: LocationBody, if_match: int | None) -> bool:
    """Replace a location, or add it where there is none and none was insisted on; tells whether it was added."""
    version = body.version if if_match is None else if_match
    try:
        await locations.update(ctx, code, version, body.location())
    except NotFound:
        if version:
            raise
        try:
            await locations.add(ctx, code=code, new=body.location())
        except Conflict as error:
            if error.error_code != "location_exists":
                raise
            await locations.update(ctx, code, version, body.location())
            return False
        return True
    return False


async def _reply(ctx: Context, code: str, status: int) -> Reply[SavedLocation]:
    found = await list_locations.by_code(ctx, code)
    return Reply(found, status, etag(found.version))
