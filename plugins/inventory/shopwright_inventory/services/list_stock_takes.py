# SPDX-License-Identifier: Apache-2.0
"""Stock-takes as staff see them: how far they are, their lines, and the differences."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import BadRequest, FieldError, NotFound
from shopwright_catalog import api as catalog
from shopwright_inventory.services.cursors import decoded
from shopwright_inventory.services.list_stock import title_of

State = Literal["counting", "applying", "applied", "cancelled"]
Show = Literal["all", "uncounted", "counted", "differences", "held"]
SEE_EXPECTED = "inventory.stock.edit"
"""Who may apply a blind stock-take sees what is expected."""

_COLUMNS = """
t.id, t.name, o.code AS location, o.name AS location_name, t.scope, t.handle, t.blind, t.state, t.total,
n.counted, n.applied, n.held, n.differences, n.more, n.fewer, t.created_by, t.created_at, t.closed_at, t.version
"""
_FROM = f"""
SELECT {_COLUMNS} FROM inventory_stock_take t
JOIN inventory_location o ON o.store_id = t.store_id AND o.id = t.location_id
CROSS JOIN LATERAL (
    SELECT count(s.counted) AS counted, count(s.applied_at) AS applied, count(s.held) AS held,
        count(*) FILTER (WHERE s.difference <> 0) AS differences,
        coalesce(sum(s.difference) FILTER (WHERE s.difference > 0), 0)::bigint AS more,
        coalesce(-sum(s.difference) FILTER (WHERE s.difference < 0), 0)::bigint AS fewer
    FROM inventory_stock_take_line s WHERE s.store_id = t.store_id AND s.stock_take_id = t.id
) n
"""
_PAGE = f"""
{_FROM} WHERE ($1::uuid IS NULL OR t.id < $1) AND ($2 = '' OR t.state = $2) ORDER BY t.id DESC LIMIT $3
"""
_ONE = f"{_FROM} WHERE t.id = $1"
# ``least`` must stay and would not, by what is held now.
_LINES = """
SELECT s.position, s.variant_id, v.sku, v.barcode, coalesce(s.on_hand, l.on_hand, 0) AS expected, s.counted,
    s.difference, s.counted_by, s.counted_at, s.applied_at IS NOT NULL AS applied,
    CASE WHEN s.applied_at IS NULL AND s.difference < 0
        AND coalesce(l.on_hand, 0) + s.difference < greatest(l.reserved + l.allocated - l.backorder, 0)
        THEN greatest(l.reserved + l.allocated - l.backorder, 0) END AS least
FROM inventory_stock_take_line s
JOIN inventory_stock_take t ON t.store_id = s.store_id AND t.id = s.stock_take_id
JOIN catalog_variant v ON v.store_id = s.store_id AND v.id = s.variant_id
JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
LEFT JOIN inventory_level l ON l.store_id = s.store_id AND l.variant_id = s.variant_id
    AND l.location_id = t.location_id
WHERE s.stock_take_id = $1 AND s.position > $2 AND ($3 = '' OR v.sku ILIKE $3 OR v.barcode ILIKE $3 OR p.title ILIKE $3)
    AND CASE $4 WHEN 'uncounted' THEN s.counted IS NULL WHEN 'counted' THEN s.counted IS NOT NULL
        WHEN 'differences' THEN s.difference <> 0 WHEN 'held' THEN s.held IS NOT NULL ELSE true END
ORDER BY s.position LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class StockTake:
    """A stock-take and how far it is: lines in all, counted, applied, held back; pieces more and fewer than expected.

    What somebody may not see of a blind one is null.
    """

    id: UUID
    name: str
    location: str
    location_name: str
    scope: str
    handle: str
    blind: bool
    state: State
    total: int
    counted: int
    applied: int
    held: int
    differences: int | None
    more: int | None
    fewer: int | None
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class StockTakePage:
    """Stock-takes, newest first; ``next_cursor`` is empty on the last page."""

    items: list[StockTake]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class StockTakeLine:
    """One item to count. ``least`` is how many must stay because they are reserved or sold, when that is in the way."""

    position: int
    variant_id: UUID
    sku: str
    barcode: str
    title: str
    expected: int | None
    counted: int | None
    difference: int | None
    counted_by: str | None
    counted_at: datetime | None
    applied: bool
    least: int | None


@dataclass(frozen=True, slots=True)
class StockTakeLines:
    """Lines in the order of their SKUs; ``next_cursor`` is empty on the last page."""

    items: list[StockTakeLine]
    next_cursor: str


async def page(ctx: Context, *, cursor: str = "", state: str = "", limit: int = 25) -> StockTakePage:
    """Give a page of stock-takes.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    rows = await ctx.fetch_rows(_PAGE, decoded(cursor), state, limit + 1)
    found = [_stock_take(ctx, row) for row in rows]
    return StockTakePage(found[:limit], str(found[limit - 1].id) if len(found) > limit else "")


async def by_id(ctx: Context, take_id: UUID) -> StockTake:
    """Give a stock-take.

    Raises:
        NotFound: there is none of this id.
    """
    for row in await ctx.fetch_rows(_ONE, take_id):
        return _stock_take(ctx, row)
    raise NotFound("There is no such stock-take.", code="stock_take_not_found")


async def lines(
    ctx: Context, take: StockTake, *, show: Show = "all", search: str = "", cursor: str = "", limit: int = 50
) -> StockTakeLines:
    """Give a page of the lines of a stock-take; ``search`` is a part of a SKU, barcode or title.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    after = int(cursor) if cursor.isdecimal() and cursor.isascii() and len(cursor) < 10 else 0
    if cursor and not after:
        message = "This cursor is not one of ours; begin again without a cursor."
        raise BadRequest(message, errors=[FieldError("/cursor", "unknown_cursor", message)])
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%" if escaped else ""
    hidden = hides_expected(ctx, take)
    wanted = "counted" if hidden and show in {"differences", "held"} else show
    rows = await ctx.fetch_rows(_LINES, take.id, after, pattern, wanted, limit + 1)
    infos = await catalog.variants(ctx, [row["variant_id"] for row in rows])
    found = [_line(row, infos, hidden=hidden) for row in rows]
    return StockTakeLines(found[:limit], str(found[limit - 1].position) if len(found) > limit else "")


def hides_expected(ctx: Context, take: StockTake) -> bool:
    """Tell whether the actor counts blindly."""
    return take.blind and take.state in {"counting", "applying"} and not ctx.actor.can(SEE_EXPECTED)


def _stock_take(ctx: Context, row: Any) -> StockTake:
    values = dict(row)
    is_open = row["state"] in {"counting", "applying"}
    if row["blind"] and is_open and not ctx.actor.can(SEE_EXPECTED):
        values |= {"differences": None, "more": None, "fewer": None}
    return StockTake(**values)


def _line(row: Any, infos: dict[UUID, catalog.VariantInfo], *, hidden: bool) -> StockTakeLine:
    values = dict(row) | {"title": title_of(infos[row["variant_id"]])}
    if hidden:
        values |= {"expected": None, "difference": None, "least": None}
    return StockTakeLine(**values)
