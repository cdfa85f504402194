# SPDX-License-Identifier: Apache-2.0
"""Stock as staff see it: variants with their levels, and those of which few are left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog import api as catalog
from shopwright_inventory.services.cursors import decoded
from shopwright_inventory.settings import InventorySettings

_LIST = """
WITH page AS (
    SELECT v.store_id, v.id FROM catalog_variant v
    JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
    WHERE NOT v.archived AND ($1::uuid IS NULL OR v.id > $1) AND ($2::uuid IS NULL OR v.id = $2)
        AND ($3::text = '' OR v.sku ILIKE $3 OR p.title ILIKE $3)
        AND ($5::integer IS NULL OR EXISTS (
            SELECT 1 FROM inventory_item i JOIN inventory_level l
                ON l.store_id = i.store_id AND l.variant_id = i.id
            JOIN inventory_location o ON o.store_id = l.store_id AND o.id = l.location_id
            WHERE i.store_id = v.store_id AND i.id = v.id AND i.tracked GROUP BY i.store_id, i.id
            HAVING greatest(coalesce(sum(l.on_hand) FILTER (WHERE o.active), 0) - i.safety_stock, 0)
                - coalesce(sum(l.reserved + l.allocated) FILTER (WHERE o.active), 0)
                <= coalesce(i.low_stock_at, $5)))
    ORDER BY v.id LIMIT $4
)
SELECT page.id AS variant_id, coalesce(i.tracked, false) AS tracked, o.code AS location,
    o.name AS location_name, l.on_hand, l.reserved, l.allocated, l.version
FROM page LEFT JOIN inventory_item i ON i.store_id = page.store_id AND i.id = page.id
LEFT JOIN inventory_level l ON l.store_id = i.store_id AND l.variant_id = i.id
LEFT JOIN inventory_location o ON o.store_id = l.store_id AND o.id = l.location_id
ORDER BY page.id, o.priority, o.code
"""
RECENT = 5000
"""So many moves, and new items, back it is looked for what runs low: what nobody bought for so long does not."""
_LOW = f"""
WITH found AS (
    SELECT i.id AS variant_id, coalesce(i.low_stock_at, $1) AS low_at,
        greatest(coalesce(sum(l.on_hand) FILTER (WHERE o.active), 0) - i.safety_stock, 0)
            - coalesce(sum(l.reserved + l.allocated) FILTER (WHERE o.active), 0) AS available
    FROM inventory_item i JOIN inventory_level l ON l.store_id = i.store_id AND l.variant_id = i.id
    JOIN inventory_location o ON o.store_id = l.store_id AND o.id = l.location_id
    WHERE i.tracked AND i.id IN (
        (SELECT m.variant_id FROM inventory_move m ORDER BY m.id DESC LIMIT {RECENT})
        UNION (SELECT n.id FROM inventory_item n ORDER BY n.id DESC LIMIT {RECENT}))
    GROUP BY i.store_id, i.id
)
SELECT variant_id, available::bigint FROM found WHERE available <= low_at ORDER BY available, variant_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Level:
    """What a variant has at one location; ``available`` is left to sell."""

    location: str
    location_name: str
    on_hand: int
    reserved: int
    allocated: int
    available: int
    version: int


@dataclass(frozen=True, slots=True)
class StockItem:
    """A variant with its levels; one that is not tracked can always be sold."""

    variant_id: UUID
    sku: str
    title: str
    tracked: bool
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class StockPage:
    """One page of stock; ``next_cursor`` is empty on the last one."""

    items: list[StockItem]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class LowItem:
    """A variant of which few are left."""

    variant_id: UUID
    sku: str
    title: str
    available: int


async def page(
    ctx: Context, *, search: str = "", cursor: str = "", limit: int = 50, only_low: bool = False
) -> StockPage:
    """Give a page of variants; ``search`` is a part of a SKU or a product's title.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    pattern = f"%{escaped(search.strip())}%" if search.strip() else ""
    low_at = ctx.settings(InventorySettings).low_stock if only_low else None
    items = await _items(ctx, decoded(cursor), None, pattern, limit + 1, low_at)
    more = items[limit - 1].variant_id if len(items) > limit else ""
    return StockPage(items[:limit], str(more))


async def item(ctx: Context, variant_id: UUID) -> StockItem | None:
    found = await _items(ctx, None, variant_id, "", 1)
    return found[0] if found else None


async def low(ctx: Context, at_most: int, *, limit: int = 8) -> list[LowItem]:
    """Give tracked variants that are new or moved lately and have few left to sell from stock, the scarcest first.

    Items may have a number of their own from which on they are low.
    """
    rows = await ctx.fetch_rows(_LOW, at_most, limit)
    infos = await catalog.variants(ctx, [row["variant_id"] for row in rows])
    return [
        LowItem(row["variant_id"], info.sku, title_of(info), row["available"])
        for row in rows
        if (info := infos.get(row["variant_id"]))
    ]


async def _items(
    ctx: Context, after: UUID | None, only: UUID | None, pattern: str, limit: int, low_at: int | None = None
) -> list[StockItem]:
    rows = await ctx.fetch_rows(_LIST, after, only, pattern, limit, low_at)
    by_variant: dict[UUID, list[Any]] = {}
    for row in rows:
        by_variant.setdefault(row["variant_id"], []).append(row)
    infos = await catalog.variants(ctx, list(by_variant))
    return [_item(info, found) for variant_id, found in by_variant.items() if (info := infos.get(variant_id))]


def _item(info: catalog.VariantInfo, rows: Sequence[Any]) -> StockItem:
    levels = tuple(
        Level(
            location=row["location"],
            location_name=row["location_name"],
            on_hand=row["on_hand"],
            reserved=row["reserved"],
            allocated=row["allocated"],
            available=row["on_hand"] - row["reserved"] - row["allocated"],
            version=row["version"],
        )
        for row in rows
        if row["location"] is not None
    )
    return StockItem(info.id, info.sku, title_of(info), rows[0]["tracked"], levels)


def title_of(info: catalog.VariantInfo) -> str:
    """Name a variant by its product and its options."""
    return f"{info.product_title} · {info.title}" if info.title else info.product_title


def escaped(text: str) -> str:
    """Give a text as LIKE finds it literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
