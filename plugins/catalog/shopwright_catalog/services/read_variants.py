# SPDX-License-Identifier: Apache-2.0
"""Reading variants by id for carts and orders: one statement for any number."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog.api import ProductFacts, VariantInfo
from shopwright_catalog.services import kinds
from shopwright_catalog.services.pictures import picture

_SELECT = """
SELECT v.id, v.product_id, p.handle, p.title, p.translations -> {locale} AS translation, v.options, v.sku,
    v.price, v.compare_at, v.requires_shipping, v.taxable, v.tax_category, v.weight_grams,
    p.published AND NOT v.archived AND (p.markets = '{{}}' OR {market} = '' OR {market} = ANY(p.markets)) AS published,
    p.vendor, p.product_type, p.kind, p.tags,
    ARRAY(SELECT c.handle FROM catalog_category_product cp
        JOIN catalog_category c ON c.store_id = cp.store_id AND c.id = cp.category_id
        WHERE cp.store_id = p.store_id AND cp.product_id = p.id ORDER BY c.handle) AS categories,
    (SELECT jsonb_build_object('source', i.source, 'alt', i.alt, 'width', i.width, 'height', i.height,
        'focus_x', i.focus_x, 'focus_y', i.focus_y, 'widths', (SELECT r.widths FROM catalog_rendition r
            WHERE r.store_id = i.store_id AND r.source = i.source))
     FROM catalog_image i WHERE i.store_id = v.store_id AND i.product_id = v.product_id
     ORDER BY i.source = v.image_source DESC, i.position LIMIT 1) AS image
FROM catalog_variant v JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
WHERE v.id = ANY({ids})
"""
_BY_SKU = "SELECT id, sku FROM catalog_variant WHERE sku = ANY($1) AND sku <> '' AND NOT archived ORDER BY id"
_HOT = _SELECT.format(locale="$1", ids="$2", market="$3")
_IN_SESSION = text(
    _SELECT.format(locale="CAST(:locale AS text)", ids="CAST(:ids AS uuid[])", market="CAST(:market AS text)")
)


async def by_id(ctx: Context, ids: Sequence[UUID]) -> dict[UUID, VariantInfo]:
    if not ids:
        return {}
    rows = await ctx.fetch_rows(_HOT, ctx.locale, list(ids), ctx.market)
    return {row["id"]: _variant(ctx, row) for row in rows}


async def ids_of_skus(ctx: Context, skus: Sequence[str]) -> dict[str, tuple[UUID, ...]]:
    """Do what ``api.ids_of_skus`` says."""
    found: dict[str, tuple[UUID, ...]] = {}
    for row in await ctx.fetch_rows(_BY_SKU, [sku for sku in skus if sku]) if skus else []:
        found[row["sku"]] = (*found.get(row["sku"], ()), row["id"])
    return found


async def by_id_in(ctx: Context, session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, VariantInfo]:
    result = await session.execute(
        _IN_SESSION, {"locale": ctx.locale, "ids": list(ids), "market": ctx.market}
    )
    return {row["id"]: _variant(ctx, row) for row in result.mappings()}


def _variant(ctx: Context, row: Any) -> VariantInfo:
    translation = _parsed(row["translation"]) or {}
    texts = translation.get("texts") or {}
    title = translation.get("title") or row["title"]
    compare_at = row["compare_at"]
    kind, is_known = kinds.of(ctx, row["kind"])
    return VariantInfo(
        id=row["id"],
        product_id=row["product_id"],
        product_handle=translation.get("handle") or row["handle"],
        product_title=title,
        title=" / ".join(texts.get(value, value) for value in row["options"]),
        sku=row["sku"],
        price=Money(row["price"], ctx.store.currency),
        compare_at=None if compare_at is None else Money(compare_at, ctx.store.currency),
        requires_shipping=row["requires_shipping"] and kind.ships,
        taxable=row["taxable"] and kind.taxable,
        tax_category=row["tax_category"],
        weight_grams=row["weight_grams"],
        picture=picture(ctx, _parsed(row["image"]), texts, title),
        published=row["published"] and is_known,
        facts=facts_of(row),
        kind=row["kind"],
        stocked=kind.stocked,
    )


def facts_of(row: Any) -> ProductFacts:
    """Read what rules go by from a row of a product."""
    tags, categories = tuple(row["tags"]), tuple(row["categories"])
    return ProductFacts(row["handle"], row["vendor"], row["product_type"], tags, categories, row["kind"])


def _parsed(value: Any) -> Any:
    """JSON comes parsed through SQLAlchemy and as text on the hot path."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
