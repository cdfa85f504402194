# SPDX-License-Identifier: Apache-2.0
"""Reading a store's tax rates: one statement."""

from dataclasses import dataclass

from shopwright.context import Context

_RATES = """
SELECT category, region, label, rate_ppm FROM tax_rate
WHERE country = $1 AND region IN ('', $2) ORDER BY region DESC, category
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate that holds in one place. ``rate_ppm`` is in millionths."""

    label: str
    rate_ppm: int
    detail: str


async def rates_of(ctx: Context, country: str, region: str) -> dict[str, Rate]:
    """Give the rate of each category in a place; a region's own rate goes before its country's."""
    found: dict[str, Rate] = {}
    for row in await ctx.fetch_rows(_RATES, country, region):
        place = f"{country}-{row['region']}" if row["region"] else country
        found.setdefault(row["category"], Rate(row["label"], row["rate_ppm"], f"{place}, {row['category']}"))
    return found
