# SPDX-License-Identifier: Apache-2.0
"""Products as staff see them: drafts and archived ones too, in the store's own language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_catalog.api import ImageInput, ProductInput, VariantInput
from shopwright_catalog.services import filtering

MATCHES = """
CASE {status} WHEN '' THEN NOT p.archived WHEN 'archived' THEN p.archived
        WHEN 'published' THEN p.published WHEN 'scheduled' THEN p.publish_at IS NOT NULL
        ELSE NOT p.published AND NOT p.archived AND p.publish_at IS NULL END
    AND ({search} = '' OR p.title ILIKE '%' || {pattern} || '%' OR p.handle ILIKE '%' || {pattern} || '%' OR EXISTS (
        SELECT 1 FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id AND v.sku = {search}))
"""
_LIST = """
SELECT p.id, p.handle, p.title, p.vendor, p.product_type, p.kind, p.price_min, p.price_max, p.updated_at, p.version,
    p.publish_at, p.unpublish_at, CASE WHEN p.archived THEN 'archived' WHEN p.published THEN 'published'
        WHEN p.publish_at IS NOT NULL THEN 'scheduled' ELSE 'draft' END AS status
FROM catalog_product p
WHERE %s ORDER BY p.updated_at DESC, p.id DESC LIMIT $1
"""
_OF_STATUS = {
    "": "NOT p.archived",
    "archived": "p.archived AND NOT p.published",
    "published": "p.published AND NOT p.archived",
    "scheduled": "p.publish_at IS NOT NULL AND NOT p.published",
    "draft": "NOT p.published AND NOT p.archived AND p.publish_at IS NULL",
}
"""Written out, each with the condition of the index that has its order."""
_FOUND = """
AND (p.title ILIKE '%' || {pattern}::text || '%' OR p.handle ILIKE '%' || {pattern}::text || '%' OR EXISTS (
    SELECT 1 FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id AND v.sku = {text}::text))
"""
_WHOLE = """
SELECT to_jsonb(p) || jsonb_build_object(
    'variants', (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.position), '[]') FROM catalog_variant v
        WHERE v.store_id = p.store_id AND v.product_id = p.id AND (NOT v.archived OR v.archived_with_product)),
    'images', (SELECT coalesce(jsonb_agg(to_jsonb(i) ORDER BY i.position), '[]') FROM catalog_image i
        WHERE i.store_id = p.store_id AND i.product_id = p.id),
    'categories', (SELECT coalesce(jsonb_agg(c.handle ORDER BY c.position), '[]') FROM catalog_category_product cp
        JOIN catalog_category c ON c.store_id = cp.store_id AND c.id = cp.category_id
        WHERE cp.store_id = p.store_id AND cp.product_id = p.id AND cp.direct))
FROM catalog_product p WHERE
"""
_BY_ID = f"{_WHOLE} p.id = $1::uuid"
_BY_HANDLE = f"{_WHOLE} p.handle = $1::text"
_MANY = f"{_WHOLE} p.id = ANY($1::uuid[]) ORDER BY p.id"
_LOCKED = text(f"{_WHOLE} p.id = ANY(:ids) ORDER BY p.id FOR UPDATE OF p")
_VARIANT = (
    "sku", "price", "compare_at", "barcode", "weight_grams", "requires_shipping", "taxable", "image_source",
    "tax_category",
)  # fmt: skip
_PRODUCT = (
    "handle", "title", "description_html", "vendor", "product_type", "kind", "published", "seo_title", "seo_description",
    "translations",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A product in the editor, with the version the editor began with (0: a new one)."""

    id: UUID | None
    version: int
    product: ProductInput
    archived: bool = False


async def listing(
    ctx: Context,
    search: str,
    *,
    status: str = "",
    after: tuple[Any, ...] | None = None,
    limit: int = 50,
    filters: Sequence[str] = (),
) -> list[Any]:
    """Give products, last changed first, behind the time and id of one.

    Raises:
        Invalid: nobody knows a filter.
    """
    wanted = search.strip()
    args: list[Any] = [limit]
    condition = _OF_STATUS.get(status, _OF_STATUS["draft"])
    if after is not None:
        args += after
        condition += " AND (p.updated_at, p.id) < ($2::timestamptz, $3::uuid)"
    if wanted:
        first = len(args) + 1
        args += [wanted, pattern_of(wanted)]
        condition += _FOUND.format(text=f"${first}", pattern=f"${first + 1}")
    if filters:
        found = await filtering.conditions(ctx, filters)
        condition, more = filtering.added(condition, "p.id", found, len(args))
        args += more
    return await ctx.fetch_rows(_LIST.replace("%s", condition), *args)


def pattern_of(search: str) -> str:
    """Make of what is looked for a pattern that stands for itself."""
    return search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def draft(ctx: Context, product_id: UUID | None, *, handle: str = "") -> Draft:
    """Give a product, by id or by handle, as the editor needs it.

    Raises:
        NotFound: there is no such product.
    """
    if product_id is None:
        found = await ctx.fetch_value(_BY_HANDLE, handle)
    else:
        found = await ctx.fetch_value(_BY_ID, product_id)
    if found is None:
        raise NotFound("There is no such product.")
    return _draft(orjson.loads(found))


async def drafts(ctx: Context, ids: Sequence[UUID]) -> list[Draft]:
    """Give products by id; unknown ones are left out."""
    found = await ctx.fetch_rows(_MANY, list(ids))
    return [_draft(orjson.loads(row[0])) for row in found]


async def locked_drafts(session: AsyncSession, ids: Sequence[UUID]) -> list[Draft]:
    """Give products by id in the caller's transaction, and let nobody else change them until its end."""
    return [_draft(data) for data in (await session.execute(_LOCKED, {"ids": list(ids)})).scalars()]


def _draft(data: dict[str, Any]) -> Draft:
    variants = (
        VariantInput(options=tuple(v["options"]), id=UUID(v["id"]), **{n: v[n] for n in _VARIANT})
        for v in data["variants"]
    )
    images = (
        ImageInput(i["source"], i["alt"], n, i["width"], i["height"], i["focus_x"], i["focus_y"])
        for n, i in enumerate(data["images"])
    )
    product = ProductInput(
        tags=tuple(data["tags"]),
        option_names=tuple(data["option_names"]),
        variants=tuple(variants),
        images=tuple(images),
        category_handles=tuple(data["categories"]),
        publish_at=_time(data["publish_at"]),
        unpublish_at=_time(data["unpublish_at"]),
        markets=tuple(data["markets"]),
        **{name: data[name] for name in _PRODUCT},
    )
    return Draft(UUID(data["id"]), data["version"], product, data["archived"])


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
