# SPDX-License-Identifier: Apache-2.0
"""Walking through all products as they were saved: for exports, by pages, so that memory does not grow."""

from uuid import UUID

from shopwright.context import Context
from shopwright_catalog.api import Exported
from shopwright_catalog.services import staff_view

_PAGE = """
SELECT p.id FROM catalog_product p
WHERE NOT p.archived AND ($1::uuid IS NULL OR p.id > $1) ORDER BY p.id LIMIT $2
"""
_TITLES = "SELECT handle, title FROM catalog_category"


async def page(ctx: Context, after: UUID | None, limit: int) -> list[Exported]:
    ids = [row["id"] for row in await ctx.fetch_rows(_PAGE, after, limit)]
    found = []
    for draft in await staff_view.drafts(ctx, ids) if ids else ():
        assert draft.id is not None
        variant_ids = tuple(variant.id for variant in draft.product.variants if variant.id is not None)
        found.append(Exported(draft.id, draft.product, variant_ids))
    return found


async def category_titles(ctx: Context) -> dict[str, str]:
    return {row["handle"]: row["title"] for row in await ctx.fetch_rows(_TITLES)}
