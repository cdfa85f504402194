# SPDX-License-Identifier: Apache-2.0
"""Reading the categories: kept as one document per language, since every page shows them."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_catalog.api import CategoryInfo
from shopwright_catalog.api.handles import handles_in
from shopwright_catalog.services import category_tree
from shopwright_catalog.services.pictures import picture
from shopwright_catalog.services.read_cards import COUNTED

TAG = "catalog.categories"

_CATEGORIES = f"""
SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'parent', c.parent_id, 'handle', c.handle,
    'own', (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
        FROM jsonb_each(c.translations) t WHERE t.value ->> 'handle' <> ''),
    'title', coalesce(nullif(c.translations -> $1 ->> 'title', ''), c.title),
    'description', coalesce(nullif(c.translations -> $1 ->> 'description', ''), c.description),
    'alt', coalesce(nullif(c.translations -> $1 ->> 'image_alt', ''), c.image_alt),
    'source', c.image_source, 'widths', (SELECT r.widths FROM catalog_rendition r
        WHERE r.store_id = c.store_id AND r.source = c.image_source),
    'count', (SELECT count(*) FROM (SELECT 1 FROM catalog_category_product cp
        WHERE cp.store_id = c.store_id AND cp.category_id = c.id AND cp.listed LIMIT {COUNTED} + 1) AS x)) ORDER BY c.position, c.id), '[]')::text
FROM catalog_category c WHERE c.visible
"""
_HANDLES = text("SELECT handle FROM catalog_category WHERE handle = ANY(:handles)")


async def visible(ctx: Context) -> tuple[CategoryInfo, ...]:
    async def load() -> bytes:
        found: str = await ctx.fetch_value(_CATEGORIES, ctx.locale)
        return found.encode()

    key = f"{ctx.store.id}:catalog.categories:{ctx.locale}"
    document = await ctx.kernel.backend.cache.get_or_set(key, 300, load, tags=[f"{ctx.store.id}:{TAG}"])
    found = category_tree.in_order(orjson.loads(document), itemgetter("id"), itemgetter("parent"))
    return tuple(_info(ctx, data, depth) for data, depth in found)


def _info(ctx: Context, data: dict[str, Any], depth: int) -> CategoryInfo:
    own = data["own"] or {}
    return CategoryInfo(
        id=UUID(data["id"]),
        handle=own.get(ctx.locale) or data["handle"],
        title=data["title"],
        description=data["description"],
        picture=picture(ctx, {**data, "width": 800, "height": 800}, {}, data["title"]),
        product_count=data["count"],
        parent_id=UUID(data["parent"]) if data["parent"] and depth else None,
        depth=depth,
        handles=handles_in(ctx, data["handle"], own),
    )


async def known_handles(session: AsyncSession, handles: Sequence[str]) -> frozenset[str]:
    return frozenset((await session.execute(_HANDLES, {"handles": list(handles)})).scalars())
