# SPDX-License-Identifier: Apache-2.0
"""The vendors that products name."""

from shopwright.context import Context

_VENDORS = """
SELECT btrim(p.vendor) AS name, count(*) AS products FROM catalog_product p WHERE NOT p.archived AND btrim(p.vendor) <> ''
GROUP BY 1 ORDER BY 2 DESC, 1
"""


async def vendors(ctx: Context) -> dict[str, int]:
    """Give how many products name each vendor, hidden ones too, those with most first: one statement."""
    return {row["name"]: row["products"] for row in await ctx.fetch_rows(_VENDORS)}
