# SPDX-License-Identifier: Apache-2.0
"""Locations in the admin: list, add, change, take out of use."""

from collections.abc import Mapping
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page, counted
from shopwright_inventory.services import list_locations, locations
from shopwright_inventory.services.list_locations import COUNTED, SavedLocation
from shopwright_inventory.services.locations import LocationInput

routes = Routes("inventory", Scope.ADMIN)
_FIELDS = tuple(LocationInput.__dataclass_fields__)


def _capitals(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


class LocationForm(BaseModel):
    """A location as it is typed in; ``version`` is of the one that was on the screen."""

    name: str = Field(min_length=1, max_length=80)
    priority: int = Field(default=0, ge=-1000, le=1000)
    active: bool = False
    country: Annotated[str, BeforeValidator(_capitals)] = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    version: int = 0

    def location(self) -> LocationInput:
        return LocationInput(**{name: getattr(self, name) for name in _FIELDS})


class NewLocationForm(LocationForm):
    """A new location."""

    code: str = Field(min_length=1, max_length=40)
    active: bool = True


@routes.get("/admin/stock/locations", permission="inventory.stock.view")
async def admin_locations(ctx: Context) -> web.Response:
    """List locations."""
    return await _list(ctx, {}, {})


@routes.post("/admin/stock/locations", permission="inventory.stock.edit")
async def admin_add_location(ctx: Context, request: web.Request) -> web.Response:
    """Add a location."""
    assert ctx.visit is not None
    form = await read_form(request, NewLocationForm)
    if form.value is None:
        return await _list(ctx, form.raw, form.errors, status=422)
    try:
        await locations.add(ctx, code=form.value.code, new=form.value.location())
    except (Invalid, Conflict) as error:
        return await _list(ctx, form.raw, _told(ctx, error), status=error.status)
    ctx.visit.flash("success", ctx.gettext("The location is added."))
    return redirect(ctx, url(ctx, "inventory.admin_locations"))


@routes.get("/admin/stock/locations/{code}", permission="inventory.stock.view")
async def admin_location(ctx: Context, code: str) -> web.Response:
    """Show a location in its form."""
    return await _page(ctx, await list_locations.by_code(ctx, code))


@routes.post("/admin/stock/locations/{code}", permission="inventory.stock.edit")
async def admin_update_location(ctx: Context, request: web.Request, code: str) -> web.Response:
    """Change a location, or take it out of use."""
    assert ctx.visit is not None
    place = await list_locations.by_code(ctx, code)
    form = await read_form(request, LocationForm)
    if form.value is None:
        return await _page(ctx, place, form.raw, form.errors, status=422)
    try:
        await locations.update(ctx, code, form.value.version, form.value.location())
    except (Invalid, Conflict) as error:
        return await _page(ctx, place, form.raw, _told(ctx, error), status=error.status)
    ctx.visit.flash("success", ctx.gettext("The location is saved."))
    return redirect(ctx, url(ctx, "inventory.admin_locations"))


def _told(ctx: Context, error: ShopwrightError) -> dict[str, str]:
    """Give the words of an error by field."""
    errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
    return errors or {"": ctx.gettext(error.detail)}


async def _list(
    ctx: Context, typed: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> web.Response:
    title = ctx.gettext("Locations")
    return await admin_page(
        ctx,
        "inventory/admin/locations.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")), (title, "")],
        locations=[(x, counted(ctx, x.items, COUNTED)) for x in await list_locations.everything(ctx)],
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can("inventory.stock.edit"),
    )


async def _page(
    ctx: Context,
    place: SavedLocation,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 200,
) -> web.Response:
    shown = {name: getattr(place, name) for name in (*_FIELDS, "version")}
    texts = {name: "" if value is None else str(value) for name, value in shown.items()}
    return await admin_page(
        ctx,
        "inventory/admin/location.html",
        title=place.name,
        status=status,
        crumbs=[
            (ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")),
            (ctx.gettext("Locations"), url(ctx, "inventory.admin_locations")),
            (place.name, ""),
        ],
        place=place,
        typed=texts | {"active": "true" if place.active else ""} if typed is None else typed,
        errors=errors or {},
        can_edit=ctx.actor.can("inventory.stock.edit"),
    )
