# SPDX-License-Identifier: Apache-2.0
"""What is left of variants: one statement for any number."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog.api import Availability

_LEFT = """
SELECT i.id, coalesce(sum(l.on_hand - l.reserved - l.allocated), 0)::bigint AS available
FROM inventory_item i LEFT JOIN inventory_level l ON l.store_id = i.store_id AND l.variant_id = i.id
WHERE i.id = ANY($1) AND i.tracked GROUP BY i.id
"""


async def of(ctx: Context, variant_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    found = dict.fromkeys(variant_ids, Availability())
    if variant_ids:
        for row in await ctx.fetch_rows(_LEFT, list(variant_ids)):
            found[row["id"]] = Availability(row["available"] > 0, row["available"])
    return found
