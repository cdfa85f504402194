# SPDX-License-Identifier: Apache-2.0
"""What of an order is not there yet: worked out from who held first, never stored."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright_inventory.services.selling import today_of

# Ids follow the order in which stock was held.
_WAITING = """
WITH mine AS (
    SELECT DISTINCT store_id, variant_id FROM inventory_reservation
    WHERE owner = ANY($1::uuid[]) AND state <> 'released'
), there AS (
    SELECT i.store_id, i.id, CASE
        WHEN i.policy = 'preorder' AND coalesce(i.available_on > $2::date, true) THEN 0
        ELSE greatest(coalesce(sum(l.on_hand), 0) - i.safety_stock, 0) END AS number
    FROM mine JOIN inventory_item i ON i.store_id = mine.store_id AND i.id = mine.variant_id
    LEFT JOIN (inventory_level l JOIN inventory_location p ON p.store_id = l.store_id AND p.id = l.location_id
        AND p.active) ON l.store_id = i.store_id AND l.variant_id = i.id
    GROUP BY i.store_id, i.id
), queue AS (
    SELECT r.owner, r.variant_id, r.quantity, there.number,
        sum(r.quantity) OVER (PARTITION BY r.variant_id ORDER BY r.id) AS upto
    FROM inventory_reservation r JOIN there ON there.store_id = r.store_id AND there.id = r.variant_id
    WHERE r.state <> 'released'
)
SELECT owner, variant_id, sum(least(quantity, upto - number))::int AS waiting FROM queue
WHERE owner = ANY($1::uuid[]) AND upto > number GROUP BY owner, variant_id
"""


async def of(ctx: Context, owner: UUID) -> dict[UUID, int]:
    """Do what ``api.waiting`` says."""
    return (await of_many(ctx, [owner])).get(owner, {})


async def of_many(ctx: Context, owners: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Give what waits of several owners, by owner and variant."""
    found: dict[UUID, dict[UUID, int]] = {}
    for row in await ctx.fetch_rows(_WAITING, list(owners), today_of(ctx)):
        found.setdefault(row["owner"], {})[row["variant_id"]] = row["waiting"]
    return found
