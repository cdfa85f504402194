# SPDX-License-Identifier: Apache-2.0
"""Locations as staff see them."""

from dataclasses import dataclass

from shopwright.context import Context
from shopwright.errors import NotFound

COUNTED = 1000
"""Locations with more variants are not counted to the end; their number is one more."""
_COLUMNS = f"""
o.code, o.name, o.priority, o.active, o.country, o.postal_code, o.latitude, o.longitude, o.version, (
    SELECT count(*) FROM (SELECT 1 FROM inventory_level l WHERE l.store_id = o.store_id AND l.location_id = o.id
        AND l.on_hand > 0 LIMIT {COUNTED} + 1) AS x) AS items
"""
_ALL = f"SELECT {_COLUMNS} FROM inventory_location o ORDER BY o.priority, o.code"
_PAGE = f"SELECT {_COLUMNS} FROM inventory_location o WHERE o.code > $1 ORDER BY o.code LIMIT $2"
_ONE = f"SELECT {_COLUMNS} FROM inventory_location o WHERE o.code = $1"


@dataclass(frozen=True, slots=True)
class SavedLocation:
    """A place where stock lies; ``items`` is how many variants lie there, up to one more than ``COUNTED``."""

    code: str
    name: str
    priority: int
    active: bool
    country: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    version: int
    items: int


async def everything(ctx: Context) -> list[SavedLocation]:
    """Give all locations in the order in which orders take from them."""
    return [SavedLocation(*row) for row in await ctx.fetch_rows(_ALL)]


async def page(ctx: Context, *, after: str, limit: int) -> list[SavedLocation]:
    """Give locations by code, behind one."""
    return [SavedLocation(*row) for row in await ctx.fetch_rows(_PAGE, after, limit)]


async def by_code(ctx: Context, code: str) -> SavedLocation:
    """Give one location.

    Raises:
        NotFound: there is none of this code.
    """
    for row in await ctx.fetch_rows(_ONE, code):
        return SavedLocation(*row)
    raise NotFound("There is no such location.", code="location_not_found")
