# SPDX-License-Identifier: Apache-2.0
"""Finding products like others: of the same categories, those with the most tags in common first."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context

LOOKED_AT = 100
"""Products of each category that are compared, in the order of the store; big categories cost no more."""
_SIMILAR = f"""
SELECT own.id AS product_id, other.id FROM unnest($1::uuid[]) AS wanted(id)
JOIN catalog_product own ON own.id = wanted.id
CROSS JOIN LATERAL (
    SELECT p.id, p.position, count(*) AS shared, cardinality(ARRAY(
        SELECT unnest(p.tags) INTERSECT SELECT unnest(own.tags))) AS common
    FROM catalog_category_product cp
    CROSS JOIN LATERAL (
        SELECT x.product_id FROM catalog_category_product x
        WHERE x.store_id = cp.store_id AND x.category_id = cp.category_id AND x.listed AND x.product_id <> own.id
        ORDER BY x.featured, x.product_id LIMIT {LOOKED_AT}) AS near
    JOIN catalog_product p ON p.store_id = cp.store_id AND p.id = near.product_id
    WHERE cp.store_id = own.store_id AND cp.product_id = own.id
    GROUP BY p.store_id, p.id ORDER BY shared DESC, common DESC, p.position, p.id LIMIT $2
) AS other
"""


async def similar(ctx: Context, ids: Sequence[UUID], limit: int) -> dict[UUID, list[UUID]]:
    """Do what ``api.similar`` says."""
    found: dict[UUID, list[UUID]] = {}
    for row in await ctx.fetch_rows(_SIMILAR, list(ids), limit) if ids else []:
        found.setdefault(row["product_id"], []).append(row["id"])
    return found
