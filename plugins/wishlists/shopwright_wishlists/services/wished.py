# SPDX-License-Identifier: Apache-2.0
"""What customers wish for most, for staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog import api as catalog

VIEW = "wishlists.list.view"
_MOST = """
SELECT product_id, count(DISTINCT list_id) AS people, max(added_at) AS latest FROM wishlists_item
GROUP BY product_id
HAVING $2::uuid IS NULL OR (-count(DISTINCT list_id), product_id) > (-$1::bigint, $2)
ORDER BY people DESC, product_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class WishedProduct:
    """A product, on how many lists it is, and when it was put on one last."""

    product_id: UUID
    title: str
    people: int
    latest: datetime


async def most_wished(
    ctx: Context, *, after: tuple[Any, ...] | None = None, limit: int = 50
) -> list[WishedProduct]:
    """Give products by number of lists, behind the number and id of one."""
    rows = await ctx.fetch_rows(_MOST, *(after or (None, None)), limit)
    found = await catalog.summaries(ctx, [row["product_id"] for row in rows])
    titles = {product.id: product.title for product in found}
    gone = ctx.gettext("A product that is no longer for sale")
    return [
        WishedProduct(row["product_id"], titles.get(row["product_id"], gone), row["people"], row["latest"])
        for row in rows
    ]
