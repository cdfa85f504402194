# SPDX-License-Identifier: Apache-2.0
"""Walking through what is published by addresses: pages by id, so that a big store costs no memory."""

from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright_catalog.api import PublishedHandles
from shopwright_catalog.api.handles import handles_in

_FIRST = UUID(int=0)
_SHOWN = "(p.markets = '{{}}' OR {0} = '' OR {0} = ANY(p.markets))"
_PAGE = f"""
SELECT p.id, p.handle, p.updated_at, (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
    FROM jsonb_each(p.translations) t WHERE t.value ->> 'handle' <> '')::text AS own
FROM catalog_product p WHERE p.published AND p.id > $1 AND {_SHOWN.format("$3")} ORDER BY p.id LIMIT $2
"""
_STARTS = f"""
SELECT numbered.before FROM (
    SELECT lag(p.id) OVER (ORDER BY p.id) AS before, row_number() OVER (ORDER BY p.id) AS number
    FROM catalog_product p WHERE p.published AND {_SHOWN.format("$2")}) AS numbered
WHERE numbered.number > 1 AND (numbered.number - 1) % $1 = 0 ORDER BY numbered.before
"""


async def page(ctx: Context, after: UUID | None, limit: int) -> list[PublishedHandles]:
    return [
        PublishedHandles(
            row["id"],
            handles_in(ctx, row["handle"], orjson.loads(row["own"]) if row["own"] else {}),
            row["updated_at"],
        )
        for row in await ctx.fetch_rows(_PAGE, after or _FIRST, limit, ctx.market)
    ]


async def starts(ctx: Context, size: int) -> list[UUID | None]:
    return [None, *(row["before"] for row in await ctx.fetch_rows(_STARTS, size, ctx.market))]
