# SPDX-License-Identifier: Apache-2.0
"""Finding variants for the lines of transfers and deliveries: by SKU, barcode or title."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog import api as catalog
from shopwright_inventory.services.list_stock import escaped, title_of

_FIND = """
SELECT v.id, v.sku = $1 OR v.barcode = $1 AS is_exact FROM catalog_variant v
JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
WHERE NOT v.archived AND (v.barcode = $1 OR v.sku ILIKE $2 OR p.title ILIKE $2)
ORDER BY is_exact DESC, p.title, v.position, v.id LIMIT 25
"""
_FREE = """
SELECT l.variant_id, greatest(l.on_hand - l.reserved - l.allocated, 0) AS free FROM inventory_level l
JOIN inventory_location o ON o.store_id = l.store_id AND o.id = l.location_id
WHERE o.code = $1 AND l.variant_id = ANY($2)
"""


@dataclass(frozen=True, slots=True)
class Name:
    """How staff know a variant."""

    variant_id: UUID
    sku: str
    title: str


async def find(ctx: Context, words: str) -> tuple[list[UUID], UUID | None]:
    """Give what has the words in its SKU or title, and the one whose SKU or barcode they are, if there is one."""
    typed = words.strip()
    if not typed:
        return [], None
    rows = await ctx.fetch_rows(_FIND, typed, f"%{escaped(typed)}%")
    exact = [row["id"] for row in rows if row["is_exact"]]
    return [row["id"] for row in rows], exact[0] if len(exact) == 1 else None


async def names(ctx: Context, ids: Iterable[UUID]) -> dict[UUID, Name]:
    """Give the names of variants that can lie in stock."""
    infos = await catalog.variants(ctx, list(ids))
    return {
        id_: Name(id_, info.sku or str(id_), title_of(info)) for id_, info in infos.items() if info.stocked
    }


async def free(ctx: Context, location: str, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Give how many of variants lie at a location and are not reserved or sold."""
    rows = await ctx.fetch_rows(_FREE, location, list(ids)) if location else []
    return {row["variant_id"]: row["free"] for row in rows}
