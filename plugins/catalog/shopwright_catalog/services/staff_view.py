# SPDX-License-Identifier: Apache-2.0
"""Products as staff see them: drafts too, in the store's own language."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright_catalog.api import ImageInput, ProductInput, SavedProduct, VariantInput
from shopwright_catalog.services import save_product

_LIST = """
SELECT p.id, p.handle, p.title, p.vendor, p.product_type, p.published, p.price_min, p.updated_at
FROM catalog_product p
WHERE NOT p.archived AND ($1 = '' OR p.title ILIKE '%' || $1 || '%' OR p.handle ILIKE '%' || $1 || '%' OR EXISTS (
        SELECT 1 FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id AND v.sku = $1))
ORDER BY p.updated_at DESC, p.id DESC LIMIT $2 OFFSET $3
"""
_ONE = """
SELECT to_jsonb(p) || jsonb_build_object(
    'variants', (SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.position), '[]') FROM catalog_variant v
        WHERE v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived),
    'images', (SELECT coalesce(jsonb_agg(to_jsonb(i) ORDER BY i.position), '[]') FROM catalog_image i
        WHERE i.store_id = p.store_id AND i.product_id = p.id),
    'categories', (SELECT coalesce(jsonb_agg(c.handle ORDER BY c.position), '[]') FROM catalog_category_product cp
        JOIN catalog_category c ON c.store_id = cp.store_id AND c.id = cp.category_id
        WHERE cp.store_id = p.store_id AND cp.product_id = p.id))
FROM catalog_product p WHERE p.id = $1
"""
_VERSION = text("SELECT version FROM catalog_product WHERE id = :id FOR UPDATE")


@dataclass(frozen=True, slots=True)
class Draft:
    """A product in the editor, with the version the editor began with (0: a new one)."""

    id: UUID | None
    version: int
    product: ProductInput


async def listing(ctx: Context, search: str, *, page: int, size: int = 50) -> list[Any]:
    """Give a page of products, last changed first; one row more than ``size`` when there is another page."""
    return await ctx.fetch_rows(_LIST, search.strip(), size + 1, (page - 1) * size)


async def draft(ctx: Context, product_id: UUID) -> Draft:
    """Give a product as the editor needs it.

    Raises:
        NotFound: there is no such product.
    """
    found = await ctx.fetch_value(_ONE, product_id)
    if found is None:
        raise NotFound("There is no such product.")
    data = orjson.loads(found)
    names = (
        "sku",
        "price",
        "compare_at",
        "barcode",
        "weight_grams",
        "requires_shipping",
        "taxable",
        "image_source",
    )
    variants = tuple(
        VariantInput(options=tuple(v["options"]), **{n: v[n] for n in names}) for v in data["variants"]
    )
    images = tuple(
        ImageInput(i["source"], i["alt"], i["position"], i["width"], i["height"]) for i in data["images"]
    )
    product = ProductInput(
        handle=data["handle"],
        title=data["title"],
        description_html=data["description_html"],
        vendor=data["vendor"],
        product_type=data["product_type"],
        tags=tuple(data["tags"]),
        published=data["published"],
        seo_title=data["seo_title"],
        seo_description=data["seo_description"],
        option_names=tuple(data["option_names"]),
        variants=variants,
        images=images,
        category_handles=tuple(data["categories"]),
        translations=data["translations"],
    )
    return Draft(UUID(data["id"]), data["version"], product)


async def save(ctx: Context, edited: Draft) -> SavedProduct:
    """Save what was edited, unless somebody else saved meanwhile.

    Raises:
        Conflict: somebody else changed the product; says which version it has now.
        Invalid, Rejected: see ``save_product``.
    """

    async def work(session: AsyncSession) -> SavedProduct:
        if edited.id is not None:
            version = (await session.execute(_VERSION, {"id": edited.id})).scalar_one_or_none()
            if version != edited.version:
                message = (
                    "Somebody else changed this product. Load the page again to see it; nothing was saved."
                )
                raise Conflict(message, code="version_conflict", extra={"version": version})
        saved = await save_product.save(ctx, session, edited.product)
        await ctx.audit(session, "catalog.product_saved", subject=("catalog.product", saved.id))
        return saved

    return await ctx.run(work)
