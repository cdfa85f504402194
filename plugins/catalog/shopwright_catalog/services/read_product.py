# SPDX-License-Identifier: Apache-2.0
"""Reading a product for its page: one statement builds it, one hook asks for its availability."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog.api import (
    Availability,
    CategoryRef,
    CustomValue,
    CustomValues,
    OptionInfo,
    Picture,
    Price,
    PriceRequest,
    ProductInfo,
    VariantChoice,
)
from shopwright_catalog.api.handles import handles_in
from shopwright_catalog.hookspecs import product_fields, stock_available
from shopwright_catalog.services import kinds, prices
from shopwright_catalog.services.pictures import gallery, picture
from shopwright_catalog.services.read_variants import facts_of

_PRODUCT = """
SELECT jsonb_build_object(
    'id', p.id, 'handle', p.handle, 'own', (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
        FROM jsonb_each(p.translations) t WHERE t.value ->> 'handle' <> ''), 'title', p.title, 'description_html', p.description_html,
    'vendor', p.vendor, 'product_type', p.product_type, 'kind', p.kind, 'tags', p.tags, 'seo_title', p.seo_title,
    'seo_description', p.seo_description, 'option_names', p.option_names,
    'translation', p.translations -> $2,
    'images', (SELECT coalesce(jsonb_agg(jsonb_build_object('source', i.source, 'alt', i.alt,
            'width', i.width, 'height', i.height, 'focus_x', i.focus_x, 'focus_y', i.focus_y,
            'widths', (SELECT r.widths FROM catalog_rendition r
                WHERE r.store_id = i.store_id AND r.source = i.source)) ORDER BY i.position), '[]')
        FROM catalog_image i WHERE i.store_id = p.store_id AND i.product_id = p.id),
    'variants', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'sku', v.sku, 'options', v.options,
            'price', v.price, 'compare_at', v.compare_at, 'image', v.image_source,
            'tax_category', CASE WHEN v.taxable THEN v.tax_category ELSE '' END) ORDER BY v.position), '[]')
        FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived),
    'categories', ARRAY(SELECT c.handle FROM catalog_category_product cp
        JOIN catalog_category c ON c.store_id = cp.store_id AND c.id = cp.category_id
        WHERE cp.store_id = p.store_id AND cp.product_id = p.id ORDER BY c.handle),
    'category', (SELECT jsonb_build_object('handle', coalesce(nullif(c.translations -> $2 ->> 'handle', ''), c.handle),
            'title', coalesce(nullif(c.translations -> $2 ->> 'title', ''), c.title))
        FROM catalog_category_product cp
        JOIN catalog_category c ON c.store_id = cp.store_id AND c.id = cp.category_id AND c.visible
        WHERE cp.store_id = p.store_id AND cp.product_id = p.id ORDER BY cp.direct DESC, c.position, c.id LIMIT 1))
FROM catalog_product_handle h JOIN catalog_product p ON p.store_id = h.store_id AND p.id = h.thing_id
WHERE h.handle = $1 AND p.published AND (p.markets = '{}' OR $3 = '' OR $3 = ANY(p.markets))
"""


async def by_handle(ctx: Context, handle: str) -> ProductInfo | None:
    found = await ctx.fetch_value(_PRODUCT, handle, ctx.locale, ctx.market)
    if found is None:
        return None
    data = orjson.loads(found)
    ids = [UUID(variant["id"]) for variant in data["variants"]]
    priced = await prices.resolve(ctx, _requests(data, ctx.store.currency))
    everything: Mapping[UUID, Availability] = dict.fromkeys(ids, Availability())
    stock = await ctx.hooks.filter(stock_available, everything, variant_ids=ids)
    stock = kinds.all_available(ctx, ((id_, data["kind"]) for id_ in ids), stock)
    told = await ctx.hooks.collect(product_fields, product_ids=[UUID(data["id"])], variant_ids=ids)
    return _product(ctx, data, stock, priced, _by_id(told))


def _requests(data: dict[str, Any], currency: str) -> list[PriceRequest]:
    product_id, facts = UUID(data["id"]), facts_of(data)
    return [
        PriceRequest(
            UUID(row["id"]),
            product_id,
            Money(row["price"], currency),
            None if row["compare_at"] is None else Money(row["compare_at"], currency),
            facts=facts,
        )
        for row in data["variants"]
    ]


def _by_id(told: Sequence[CustomValues]) -> dict[UUID, dict[str, CustomValue]]:
    found: dict[UUID, dict[str, CustomValue]] = {}
    for one in told:
        found.setdefault(one.id, {}).update(one.values)
    return found


def _product(
    ctx: Context,
    data: dict[str, Any],
    stock: Mapping[UUID, Availability],
    priced: Mapping[UUID, Price],
    told: Mapping[UUID, Mapping[str, CustomValue]],
) -> ProductInfo:
    translation = data["translation"] or {}
    texts = translation.get("texts") or {}
    title = translation.get("title") or data["title"]
    pictures = {image["source"]: picture(ctx, image, texts, title) for image in data["images"]}
    variants = tuple(_choice(v, texts, pictures, stock, priced, told) for v in data["variants"])
    names = [texts.get(name, name) for name in data["option_names"]]
    values = zip(*(variant.options for variant in variants), strict=True) if names else []
    category = data["category"]
    own = data["own"] or {}
    return ProductInfo(
        id=UUID(data["id"]),
        handle=own.get(ctx.locale) or data["handle"],
        title=title,
        description_html=translation.get("description_html") or data["description_html"],
        vendor=data["vendor"],
        product_type=data["product_type"],
        tags=tuple(data["tags"]),
        seo_title=translation.get("seo_title") or data["seo_title"] or title,
        seo_description=translation.get("seo_description") or data["seo_description"],
        pictures=gallery(pictures.values()),
        options=tuple(OptionInfo(n, tuple(dict.fromkeys(v))) for n, v in zip(names, values, strict=True)),
        variants=variants,
        category=CategoryRef(category["handle"], category["title"]) if category else None,
        custom_fields=told.get(UUID(data["id"]), {}),
        kind=data["kind"],
        handles=handles_in(ctx, data["handle"], own),
    )


def _choice(
    row: dict[str, Any],
    texts: Mapping[str, str],
    pictures: Mapping[str, Picture | None],
    stock: Mapping[UUID, Availability],
    priced: Mapping[UUID, Price],
    told: Mapping[UUID, Mapping[str, CustomValue]],
) -> VariantChoice:
    variant_id = UUID(row["id"])
    options = tuple(texts.get(value, value) for value in row["options"])
    price = priced[variant_id]
    return VariantChoice(
        id=variant_id,
        title=" / ".join(options),
        sku=row["sku"],
        options=options,
        price=price.amount,
        compare_at=price.compare_at,
        picture=pictures.get(row["image"]),
        availability=stock.get(variant_id, Availability()),
        provenance=price.provenance,
        custom_fields=told.get(variant_id, {}),
        tax_category=row["tax_category"],
    )
