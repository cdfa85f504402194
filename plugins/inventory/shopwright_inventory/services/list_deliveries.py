# SPDX-License-Identifier: Apache-2.0
"""Deliveries of suppliers as staff see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_catalog import api as catalog
from shopwright_inventory.services.cursors import decoded
from shopwright_inventory.services.list_stock import title_of

State = Literal["expected", "received", "cancelled"]
_COLUMNS = """
d.id, d.reference, d.supplier, o.code, o.name, d.expected_on, d.state, l.items, l.expected, l.received, d.note,
d.created_by, d.created_at, d.closed_at, d.version
"""
_FROM = """
FROM inventory_delivery d JOIN inventory_location o ON o.store_id = d.store_id AND o.id = d.location_id
CROSS JOIN LATERAL (
    SELECT count(*) AS items, coalesce(sum(x.expected), 0)::bigint AS expected,
        coalesce(sum(x.received), 0)::bigint AS received
    FROM inventory_delivery_line x WHERE x.store_id = d.store_id AND x.delivery_id = d.id) l
"""
_PAGE = f"""
SELECT {_COLUMNS} {_FROM} WHERE ($1::uuid IS NULL OR d.id < $1) AND ($2::text = '' OR d.state = $2)
ORDER BY d.id DESC LIMIT $3
"""
_ONE = f"SELECT {_COLUMNS} {_FROM} WHERE d.id = $1"
_LINES = """
SELECT variant_id, expected, received, greatest(expected - received, 0) AS left,
    greatest(received - expected, 0) AS over
FROM inventory_delivery_line WHERE delivery_id = $1 ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery in a list: how many lines it has, how many pieces are expected, and how many came."""

    id: UUID
    reference: str
    supplier: str
    location: str
    location_name: str
    expected_on: date | None
    state: State
    items: int
    expected: int
    received: int
    note: str
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A variant of a delivery; ``over`` is how many more came than were expected."""

    variant_id: UUID
    sku: str
    title: str
    expected: int
    received: int
    left: int
    over: int


@dataclass(frozen=True, slots=True)
class DeliveryDetail(Delivery):
    """A delivery with its lines."""

    lines: list[DeliveryLine]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, newest first; ``next_cursor`` is empty on the last page."""

    items: list[Delivery]
    next_cursor: str


async def page(ctx: Context, *, state: str = "", cursor: str = "", limit: int = 50) -> DeliveryPage:
    """Give a page of deliveries, of one state or of all.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    rows = await ctx.fetch_rows(_PAGE, decoded(cursor), state, limit + 1)
    found = [Delivery(*row) for row in rows]
    return DeliveryPage(found[:limit], str(found[limit - 1].id) if len(found) > limit else "")


async def by_id(ctx: Context, delivery_id: UUID) -> DeliveryDetail:
    """Give one delivery.

    Raises:
        NotFound: there is none of this id.
    """
    heads = await ctx.fetch_rows(_ONE, delivery_id)
    if not heads:
        raise NotFound("There is no such delivery.", code="delivery_not_found")
    rows = await ctx.fetch_rows(_LINES, delivery_id)
    infos = await catalog.variants(ctx, [row["variant_id"] for row in rows])
    names = {id_: (id_, info.sku, title_of(info)) for id_, info in infos.items()}
    lines = [DeliveryLine(*names[row[0]], *tuple(row)[1:]) for row in rows if row[0] in names]
    return DeliveryDetail(*(*heads[0], lines))
