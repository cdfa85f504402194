# SPDX-License-Identifier: Apache-2.0
"""What is left of variants: one statement for any number."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog.api import Availability
from shopwright_inventory.services.selling import COMING, Rules, today_of

_LEFT = f"""
SELECT i.id, i.policy, i.safety_stock, i.backorder_limit, i.available_on,
    coalesce(sum(l.on_hand) FILTER (WHERE p.active), 0)::bigint AS on_hand,
    coalesce(sum(l.reserved + l.allocated) FILTER (WHERE p.active), 0)::bigint AS held,
    coalesce(bool_or(p.active), false) AS placed, {COMING} AS coming_on
FROM inventory_item i LEFT JOIN inventory_level l ON l.store_id = i.store_id AND l.variant_id = i.id
LEFT JOIN inventory_location p ON p.store_id = l.store_id AND p.id = l.location_id
WHERE i.id = ANY($1) AND i.tracked GROUP BY i.store_id, i.id
"""


async def of(ctx: Context, variant_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    """Give what the stock says of variants, before other plugins had their say."""
    found = dict.fromkeys(variant_ids, Availability())
    if variant_ids:
        today = today_of(ctx)
        for row in await ctx.fetch_rows(_LEFT, list(variant_ids)):
            rules = Rules(row["policy"], row["safety_stock"], row["backorder_limit"], row["available_on"])
            in_stock = rules.in_stock(row["on_hand"], row["held"])
            found[row["id"]] = rules.availability(
                in_stock, today, placed=row["placed"], coming_on=row["coming_on"]
            )
    return found
