# SPDX-License-Identifier: Apache-2.0
"""Saving a product whole, by handle: a repetition changes nothing, and variants keep their ids."""

import hashlib
from typing import Any
from uuid import UUID

import nh3
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog.api import ProductInput, SavedProduct, VariantInput
from shopwright_catalog.hookspecs import ProductSaved, product_saved, product_validate
from shopwright_catalog.services.check_product import check
from shopwright_catalog.services.read_categories import TAG as CATEGORIES

_FIND = text("""
SELECT p.id, p.fingerprint, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'sku', v.sku,
        'options', v.options, 'archived', v.archived) ORDER BY v.archived, v.position), '[]')
    FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id) AS variants
FROM catalog_product p WHERE p.handle = :handle FOR UPDATE
""")
_SAVE = text("""
INSERT INTO catalog_product AS p (store_id, id, handle, title, description_html, vendor, product_type, tags,
    published, seo_title, seo_description, option_names, price_min, price_max, translations, fingerprint,
    created_at, updated_at)
SELECT store_id, id, handle, title, description_html, vendor, product_type, tags, published, seo_title,
    seo_description, option_names, price_min, price_max, translations, fingerprint, created_at, created_at
FROM jsonb_populate_record(NULL::catalog_product, CAST(:head AS jsonb))
ON CONFLICT (store_id, handle) DO UPDATE SET title = excluded.title,
    description_html = excluded.description_html, vendor = excluded.vendor,
    product_type = excluded.product_type, tags = excluded.tags, published = excluded.published, archived = false,
    seo_title = excluded.seo_title, seo_description = excluded.seo_description,
    option_names = excluded.option_names, price_min = excluded.price_min, price_max = excluded.price_max,
    translations = excluded.translations, fingerprint = excluded.fingerprint, version = p.version + 1,
    updated_at = excluded.updated_at
""")
_ARCHIVE = text("""
UPDATE catalog_variant SET archived = true, version = version + 1
WHERE product_id = :product_id AND NOT archived
""")
_VARIANTS = text("""
INSERT INTO catalog_variant AS v (store_id, id, product_id, position, sku, barcode, options, price, compare_at,
    weight_grams, requires_shipping, taxable, image_source)
SELECT store_id, id, product_id, position, sku, barcode, options, price, compare_at, weight_grams,
    requires_shipping, taxable, image_source
FROM jsonb_populate_recordset(NULL::catalog_variant, CAST(:rows AS jsonb))
ON CONFLICT (store_id, id) DO UPDATE SET position = excluded.position, sku = excluded.sku,
    barcode = excluded.barcode, options = excluded.options, price = excluded.price,
    compare_at = excluded.compare_at, weight_grams = excluded.weight_grams,
    requires_shipping = excluded.requires_shipping, taxable = excluded.taxable,
    image_source = excluded.image_source, archived = false, version = v.version + 1
""")
_DROP_PARTS = text("""
WITH images AS (DELETE FROM catalog_image WHERE product_id = :product_id)
DELETE FROM catalog_category_product WHERE product_id = :product_id
""")
_PARTS = text("""
WITH images AS (
    INSERT INTO catalog_image SELECT * FROM jsonb_populate_recordset(NULL::catalog_image, CAST(:images AS jsonb))
)
INSERT INTO catalog_category_product (store_id, id, category_id, product_id, position)
SELECT c.store_id, (wanted ->> 'id')::uuid, c.id, :product_id, (wanted ->> 'position')::integer
FROM jsonb_array_elements(CAST(:categories AS jsonb)) AS wanted JOIN catalog_category c ON c.handle = wanted ->> 'handle'
""")


async def save(ctx: Context, session: AsyncSession, product: ProductInput) -> SavedProduct:
    """Do what ``api.save_product`` says."""
    check(product)
    await ctx.hooks.veto(product_validate, product=product)
    fingerprint = hashlib.sha256(orjson.dumps(product)).hexdigest()
    found = (await session.execute(_FIND, {"handle": product.handle})).mappings().one_or_none()
    known: list[dict[str, Any]] = list(found["variants"]) if found else []
    ids = _match(product.variants, known)
    if found is not None and found["fingerprint"] == fingerprint:
        return SavedProduct(found["id"], "unchanged", tuple(ids))
    product_id: UUID = found["id"] if found else new_id()
    await session.execute(_SAVE, {"head": dump(_head(ctx, product, product_id, fingerprint))})
    if known:
        await session.execute(_ARCHIVE, {"product_id": product_id})
        await session.execute(_DROP_PARTS, {"product_id": product_id})
    keys = {"store_id": ctx.store.id, "product_id": product_id}
    rows = [_variant(v) | keys | {"id": ids[i], "position": i} for i, v in enumerate(product.variants)]
    await session.execute(_VARIANTS, {"rows": dump(rows)})
    await session.execute(_PARTS, {"product_id": product_id} | _parts(ctx, product, product_id))
    event = ProductSaved(product_id, product.handle, created=found is None)
    await ctx.hooks.emit(session, product_saved, event, aggregate=("catalog.product", product_id))
    await ctx.kernel.events.invalidate(
        ctx, session, [f"catalog.product:{product_id}", "catalog.products", CATEGORIES]
    )
    return SavedProduct(product_id, "updated" if found else "created", tuple(ids))


def _match(variants: tuple[VariantInput, ...], known: list[dict[str, Any]]) -> list[UUID]:
    """Find the id each variant has already: by options first, then by SKU; a new one for the rest."""
    free = {row["id"]: row for row in known}
    ids: list[UUID | None] = [None] * len(variants)
    for same in (_same_options, _same_sku):
        for index, variant in enumerate(variants):
            if ids[index] is None:
                hit = next((key for key, row in free.items() if same(variant, row)), None)
                if hit is not None:
                    ids[index] = UUID(hit)
                    del free[hit]
    return [found or new_id() for found in ids]


def _same_options(variant: VariantInput, row: dict[str, Any]) -> bool:
    return bool(list(variant.options) == row["options"])


def _same_sku(variant: VariantInput, row: dict[str, Any]) -> bool:
    return variant.sku != "" and bool(variant.sku == row["sku"])


def _head(ctx: Context, product: ProductInput, product_id: UUID, fingerprint: str) -> dict[str, Any]:
    prices = [variant.price for variant in product.variants]
    translations = {
        locale: {k: nh3.clean(v) if k == "description_html" else v for k, v in texts.items()}
        for locale, texts in (product.translations or {}).items()
    }
    names = (
        "handle",
        "vendor",
        "product_type",
        "tags",
        "published",
        "seo_title",
        "seo_description",
        "option_names",
    )
    return {name: getattr(product, name) for name in names} | {
        "store_id": ctx.store.id,
        "id": product_id,
        "title": product.title.strip(),
        "description_html": nh3.clean(product.description_html),
        "price_min": min(prices),
        "price_max": max(prices),
        "translations": translations,
        "fingerprint": fingerprint,
        "created_at": ctx.clock.now(),
    }


def _variant(variant: VariantInput) -> dict[str, Any]:
    return {name: getattr(variant, name) for name in VariantInput.__slots__}


def _parts(ctx: Context, product: ProductInput, product_id: UUID) -> dict[str, str]:
    images = [
        {
            "store_id": ctx.store.id, "id": new_id(), "product_id": product_id, "position": index,
            "source": image.source, "alt": image.alt, "width": image.width, "height": image.height,
        }
        for index, image in enumerate(sorted(product.images, key=lambda image: image.position))
    ]  # fmt: skip
    categories = [
        {"id": new_id(), "handle": handle, "position": index}
        for index, handle in enumerate(product.category_handles)
    ]
    return {"images": dump(images), "categories": dump(categories)}
