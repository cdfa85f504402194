# SPDX-License-Identifier: Apache-2.0
"""Putting stored pictures in the place of outside addresses, wherever products name them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.jsontext import dump
from shopwright_catalog.api import ImageInput
from shopwright_catalog.jobs import want_renditions

# Products are locked first and in their order, as saving them does.
_LOCK = text("""
SELECT id FROM catalog_product WHERE id IN (
    SELECT i.product_id FROM unnest(CAST(:addresses AS text[])) AS address
    JOIN catalog_image i ON i.source LIKE 'http%' AND md5(i.source) = md5(address) AND i.source = address
    UNION
    SELECT v.product_id FROM unnest(CAST(:addresses AS text[])) AS address
    JOIN catalog_variant v ON v.image_source LIKE 'http%' AND md5(v.image_source) = md5(address)
        AND v.image_source = address
) ORDER BY id FOR UPDATE
""")
_WANTED = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(CAST(:pictures AS jsonb)) AS w (address text, source text, width int, height int)
)
"""
# Two addresses may have brought the same picture, and a product has each picture once.
_DROP_REPEATED = text(f"""{_WANTED}
DELETE FROM catalog_image i USING wanted w WHERE i.product_id = ANY(:ids) AND i.source = w.address AND EXISTS (
    SELECT 1 FROM catalog_image o LEFT JOIN wanted m ON m.address = o.source
    WHERE o.store_id = i.store_id AND o.product_id = i.product_id AND o.id <> i.id
        AND coalesce(m.source, o.source) = w.source AND (m.address IS NULL OR (o.position, o.id) < (i.position, i.id)))
""")
_PLACE = text(f"""{_WANTED}
, variants AS (
    UPDATE catalog_variant v SET image_source = w.source FROM wanted w
    WHERE v.product_id = ANY(:ids) AND v.image_source = w.address
), images AS (
    UPDATE catalog_image i SET source = w.source, width = w.width, height = w.height FROM wanted w
    WHERE i.product_id = ANY(:ids) AND i.source = w.address
)
UPDATE catalog_product SET version = version + 1 WHERE id = ANY(:ids)
""")


async def place(ctx: Context, session: AsyncSession, pictures: Mapping[str, ImageInput]) -> int:
    """Do what ``api.place_pictures`` says."""
    if not pictures:
        return 0
    found = await session.execute(_LOCK, {"addresses": list(pictures)})
    ids: list[UUID] = list(found.scalars())
    if not ids:
        return 0
    rows = [
        {"address": address, "source": image.source, "width": image.width, "height": image.height}
        for address, image in pictures.items()
    ]
    values = {"pictures": dump(rows), "ids": ids}
    await session.execute(_DROP_REPEATED, values)
    await session.execute(_PLACE, values)
    await want_renditions(ctx, session, [image.source for image in pictures.values()])
    tags = [f"catalog.product:{product_id}" for product_id in ids]
    await ctx.kernel.events.invalidate(ctx, session, [*tags, "catalog.products"])
    return len(ids)
