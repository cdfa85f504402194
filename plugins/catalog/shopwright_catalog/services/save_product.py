# SPDX-License-Identifier: Apache-2.0
"""Saving products whole, by handle: a repetition changes nothing, and variants keep their ids."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import nh3
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog.api import PHYSICAL, ProductInput, SavedProduct, VariantInput
from shopwright_catalog.api.handles import own_handles, taken_handles
from shopwright_catalog.hookspecs import ProductSaved, product_saved, product_validate
from shopwright_catalog.jobs import plan_publication, want_renditions
from shopwright_catalog.services import category_tree, handles, kinds, publication
from shopwright_catalog.services.check_product import check
from shopwright_catalog.services.read_categories import TAG as CATEGORIES

_FIND = text("""
SELECT p.id, p.handle, p.fingerprint, p.kind, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'sku', v.sku,
        'options', v.options, 'archived', v.archived) ORDER BY v.archived, v.position), '[]')
    FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id) AS variants,
    (SELECT coalesce(jsonb_object_agg(t.key, t.value ->> 'handle'), '{}') FROM jsonb_each(p.translations) t
        WHERE t.value ->> 'handle' <> '') AS own
FROM catalog_product p WHERE p.handle = ANY(:handles) ORDER BY p.id FOR UPDATE
""")
_SAVE = text("""
INSERT INTO catalog_product AS p (store_id, id, handle, title, description_html, vendor, product_type, kind, tags,
    published, seo_title, seo_description, option_names, price_min, price_max, translations, fingerprint,
    publish_at, unpublish_at, markets, created_at, updated_at)
SELECT store_id, id, handle, title, description_html, vendor, product_type, kind, tags, published, seo_title,
    seo_description, option_names, price_min, price_max, translations, fingerprint, publish_at, unpublish_at,
    markets, created_at, created_at
FROM jsonb_populate_recordset(NULL::catalog_product, CAST(:rows AS jsonb))
ON CONFLICT (store_id, handle) DO UPDATE SET title = excluded.title,
    description_html = excluded.description_html, vendor = excluded.vendor,
    product_type = excluded.product_type, kind = excluded.kind, tags = excluded.tags, published = excluded.published, archived = false,
    seo_title = excluded.seo_title, seo_description = excluded.seo_description,
    option_names = excluded.option_names, price_min = excluded.price_min, price_max = excluded.price_max,
    translations = excluded.translations, fingerprint = excluded.fingerprint, version = p.version + 1,
    publish_at = excluded.publish_at, unpublish_at = excluded.unpublish_at,
    markets = excluded.markets, updated_at = excluded.updated_at
""")
_ARCHIVE = text("""
UPDATE catalog_variant SET archived = true, archived_with_product = false, version = version + 1
WHERE product_id = ANY(:product_ids) AND (NOT archived OR archived_with_product)
""")
_VARIANTS = text("""
INSERT INTO catalog_variant AS v (store_id, id, product_id, position, sku, barcode, options, price, compare_at,
    weight_grams, requires_shipping, taxable, tax_category, image_source)
SELECT store_id, id, product_id, position, sku, barcode, options, price, compare_at, weight_grams,
    requires_shipping, taxable, tax_category, image_source
FROM jsonb_populate_recordset(NULL::catalog_variant, CAST(:rows AS jsonb))
ON CONFLICT (store_id, id) DO UPDATE SET position = excluded.position, sku = excluded.sku,
    barcode = excluded.barcode, options = excluded.options, price = excluded.price,
    compare_at = excluded.compare_at, weight_grams = excluded.weight_grams,
    requires_shipping = excluded.requires_shipping, taxable = excluded.taxable,
    tax_category = excluded.tax_category, image_source = excluded.image_source, archived = false, version = v.version + 1
""")
_DROP_PARTS = text("""
WITH images AS (DELETE FROM catalog_image WHERE product_id = ANY(:product_ids))
DELETE FROM catalog_category_product WHERE product_id = ANY(:product_ids)
""")
_PARTS = text("""
WITH images AS (
    INSERT INTO catalog_image SELECT * FROM jsonb_populate_recordset(NULL::catalog_image, CAST(:images AS jsonb))
)
INSERT INTO catalog_category_product (store_id, id, category_id, product_id, position)
SELECT c.store_id, (wanted ->> 'id')::uuid, c.id, (wanted ->> 'product_id')::uuid,
    (wanted ->> 'position')::integer
FROM jsonb_array_elements(CAST(:categories AS jsonb)) AS wanted JOIN catalog_category c ON c.handle = wanted ->> 'handle'
""")
_HEAD = (
    "handle", "vendor", "product_type", "tags", "seo_title", "seo_description", "option_names",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Work:
    """A product, what it becomes, and its ids."""

    product: ProductInput
    kind: str
    fingerprint: str
    id: UUID
    variant_ids: tuple[UUID, ...]
    known: bool
    """The product is in the store already (perhaps archived)."""
    changed: bool
    before: Mapping[str, str]
    """Handles that languages had of their own."""

    @property
    def own(self) -> dict[str, str]:
        return own_handles(self.product.translations)

    @property
    def result(self) -> SavedProduct:
        outcome = "unchanged" if not self.changed else "updated" if self.known else "created"
        return SavedProduct(self.id, outcome, self.variant_ids)  # type: ignore[arg-type]


async def save(ctx: Context, session: AsyncSession, product: ProductInput) -> SavedProduct:
    """Do what ``api.save_product`` says."""
    return (await save_all(ctx, session, [product]))[0]


async def save_all(
    ctx: Context, session: AsyncSession, products: Sequence[ProductInput]
) -> list[SavedProduct]:
    """Do what ``api.save_products`` says."""
    if not products:
        return []
    for product in products:
        check(product)
        await ctx.hooks.veto(product_validate, product=product)
    named = [product.handle for product in products]
    if len(set(named)) < len(named):
        raise ValueError("save each product once")
    rows = (await session.execute(_FIND, {"handles": named})).mappings()
    found: dict[str, Mapping[str, Any]] = {row["handle"]: dict(row) for row in rows}
    works = [_work(ctx, product, found.get(product.handle)) for product in products]
    changed = [work for work in works if work.changed]
    await _check_names(ctx, session, changed)
    await _write(ctx, session, changed)
    return [work.result for work in works]


async def _check_names(ctx: Context, session: AsyncSession, works: Sequence[_Work]) -> None:
    """Refuse handles of other products; those that products have already are not asked for."""
    fresh = [work for work in works if not work.known or work.own.items() - work.before.items()]
    if not fresh:
        return
    names = [name for work in fresh for name in (work.product.handle, *work.own.values())]
    owners = await handles.owners(session, names)
    for work in fresh:
        handle, own = work.product.handle, work.own
        handles.refuse(taken_handles(ctx, handle, own, owners, work.id))
        owners |= dict.fromkeys((handle, *own.values()), (work.id, work.product.title))


def _work(ctx: Context, product: ProductInput, found: Mapping[str, Any] | None) -> _Work:
    plain = replace(product, variants=tuple(replace(variant, id=None) for variant in product.variants))
    ids = tuple(_match(product.variants, list(found["variants"]) if found else []))
    kind = kinds.check(ctx, product.kind, found["kind"] if found else None)
    said = {name: getattr(plain, name) for name in ProductInput.__slots__ if name != "kind"}
    if not product.markets:
        del said["markets"]
    words = orjson.dumps(said) + (b"" if kind == PHYSICAL else kind.encode())
    fingerprint = hashlib.sha256(words).hexdigest()
    changed = found is None or found["fingerprint"] != fingerprint
    product_id = new_id() if found is None else found["id"]
    before = found["own"] if found else {}
    return _Work(product, kind, fingerprint, product_id, ids, found is not None, changed, before)


async def _write(ctx: Context, session: AsyncSession, works: Sequence[_Work]) -> None:
    if not works:
        return
    heads = [_head(ctx, work) for work in works]
    await session.execute(_SAVE, {"rows": dump(heads)})
    times = [head[name] for head in heads for name in ("publish_at", "unpublish_at") if head[name]]
    await plan_publication(ctx, session, times)
    known = [work.id for work in works if work.known]
    if known:
        await session.execute(_ARCHIVE, {"product_ids": known})
        await session.execute(_DROP_PARTS, {"product_ids": known})
    await session.execute(_VARIANTS, {"rows": dump([row for work in works for row in _variants(ctx, work)])})
    images = [row for work in works for row in _images(ctx, work)]
    categories = [row for work in works for row in _categories(work)]
    if images or categories:
        await session.execute(_PARTS, {"images": dump(images), "categories": dump(categories)})
    if categories:
        await category_tree.fill(ctx, session, [work.id for work in works])
    if images:
        await want_renditions(ctx, session, [image["source"] for image in images])
    events = [
        (
            ProductSaved(work.id, work.product.handle, created=not work.known),
            ("catalog.product", work.id),
        )
        for work in works
    ]
    await ctx.hooks.emit_many(session, product_saved, events)
    moves = [
        handles.moves("product", work.id, work.before, work.product.handle, work.own)
        for work in works
        if work.before
    ]
    await handles.tell_moves(ctx, session, [move for found in moves for move in found])
    tags = [f"catalog.product:{work.id}" for work in works]
    await ctx.kernel.events.invalidate(ctx, session, [*tags, "catalog.products", CATEGORIES])


def _match(variants: tuple[VariantInput, ...], known: list[dict[str, Any]]) -> list[UUID]:
    """Find the id each variant has already: as given, by options, then by SKU; a new one for the rest."""
    free = {row["id"]: row for row in known}
    ids: list[UUID | None] = [None] * len(variants)
    for same in (_same_id, _same_options, _same_sku):
        for index, variant in enumerate(variants):
            if ids[index] is None:
                hit = next((key for key, row in free.items() if same(variant, row)), None)
                if hit is not None:
                    ids[index] = UUID(hit)
                    del free[hit]
    return [found or new_id() for found in ids]


def _same_id(variant: VariantInput, row: dict[str, Any]) -> bool:
    return variant.id is not None and bool(str(variant.id) == row["id"])


def _same_options(variant: VariantInput, row: dict[str, Any]) -> bool:
    return bool(list(variant.options) == row["options"])


def _same_sku(variant: VariantInput, row: dict[str, Any]) -> bool:
    return variant.sku != "" and bool(variant.sku == row["sku"])


def _head(ctx: Context, work: _Work) -> dict[str, Any]:
    product = work.product
    prices = [variant.price for variant in product.variants]
    now = ctx.clock.now()
    translations = {
        locale: {k: nh3.clean(v) if k == "description_html" else v for k, v in texts.items()}
        for locale, texts in (product.translations or {}).items()
    }
    return (
        {name: getattr(product, name) for name in _HEAD}
        | publication.state(product, now)
        | {
            "store_id": ctx.store.id,
            "id": work.id,
            "title": product.title.strip(),
            "kind": work.kind,
            "description_html": nh3.clean(product.description_html),
            "price_min": min(prices),
            "price_max": max(prices),
            "translations": translations,
            "fingerprint": work.fingerprint,
            "markets": product.markets,
            "created_at": now,
        }
    )


def _variants(ctx: Context, work: _Work) -> list[dict[str, Any]]:
    keys = {"store_id": ctx.store.id, "product_id": work.id}
    return [
        {name: getattr(variant, name) for name in VariantInput.__slots__} | keys | {"id": id_, "position": i}
        for i, (variant, id_) in enumerate(zip(work.product.variants, work.variant_ids, strict=True))
    ]


def _images(ctx: Context, work: _Work) -> list[dict[str, Any]]:
    return [
        {
            "store_id": ctx.store.id, "id": new_id(), "product_id": work.id, "position": index,
            "source": image.source, "alt": image.alt, "width": image.width, "height": image.height,
            "focus_x": image.focus_x, "focus_y": image.focus_y,
        }
        for index, image in enumerate(sorted(work.product.images, key=lambda image: image.position))
    ]  # fmt: skip


def _categories(work: _Work) -> list[dict[str, Any]]:
    return [
        {"id": new_id(), "product_id": work.id, "handle": handle, "position": index}
        for index, handle in enumerate(work.product.category_handles)
    ]
