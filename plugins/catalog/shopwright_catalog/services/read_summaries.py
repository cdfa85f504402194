# SPDX-License-Identifier: Apache-2.0
"""Reading what rules ask about products: many at once, one statement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog.api import ProductSummary

_SUMMARY = """
SELECT p.id, p.handle, p.title, p.vendor, p.product_type, p.tags, p.price_min, p.price_max, p.created_at,
    p.published, EXISTS (SELECT 1 FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id
        AND NOT v.archived AND v.compare_at > v.price) AS reduced,
    ARRAY(SELECT c.handle FROM catalog_category_product cp
        JOIN catalog_category c ON c.store_id = cp.store_id AND c.id = cp.category_id
        WHERE cp.store_id = p.store_id AND cp.product_id = p.id) AS categories
FROM catalog_product p WHERE
"""
_BY_ID = f"{_SUMMARY} p.id = ANY($1::uuid[]) ORDER BY p.id"
_PAGE = f"{_SUMMARY} p.published AND p.id > $1 ORDER BY p.id LIMIT $2"
_IDS = """
SELECT p.id, h.handle FROM catalog_product_handle h
JOIN catalog_product p ON p.store_id = h.store_id AND p.id = h.thing_id
WHERE h.handle = ANY($1::text[]) AND NOT p.archived
"""
_FIRST = UUID(int=0)


async def by_id(ctx: Context, ids: Sequence[UUID]) -> list[ProductSummary]:
    return (
        [_summary(row, ctx.store.currency) for row in await ctx.fetch_rows(_BY_ID, list(ids))] if ids else []
    )


async def page(ctx: Context, after: UUID | None, limit: int) -> list[ProductSummary]:
    rows = await ctx.fetch_rows(_PAGE, after or _FIRST, limit)
    return [_summary(row, ctx.store.currency) for row in rows]


async def ids_of(ctx: Context, handles: Sequence[str]) -> dict[str, UUID]:
    rows = await ctx.fetch_rows(_IDS, list(handles)) if handles else []
    return {row["handle"]: row["id"] for row in rows}


def _summary(row: Any, currency: str) -> ProductSummary:
    return ProductSummary(
        id=row["id"],
        handle=row["handle"],
        title=row["title"],
        vendor=row["vendor"],
        product_type=row["product_type"],
        tags=frozenset(row["tags"]),
        categories=frozenset(row["categories"]),
        lowest_price=Money(row["price_min"], currency),
        highest_price=Money(row["price_max"], currency),
        reduced=row["reduced"],
        created_at=row["created_at"],
        published=row["published"],
    )
