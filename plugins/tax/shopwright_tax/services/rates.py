# SPDX-License-Identifier: Apache-2.0
"""Reading a store's tax rates: one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shopwright.context import Context

_HERE = """
SELECT * FROM (
    SELECT DISTINCT ON (category, region) category, region, label, rate_ppm FROM tax_rate
    WHERE country = $1 AND region IN ('', $2) AND valid_from <= $3 ORDER BY category, region, valid_from DESC
) AS x ORDER BY region DESC, category
"""
_ALL = """
SELECT id, country, region, category, label, rate_ppm, valid_from, version FROM tax_rate
WHERE $1::uuid IS NULL OR id = $1 ORDER BY country, region, category, valid_from LIMIT 2000
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate that holds in one place. ``rate_ppm`` is in millionths."""

    label: str
    rate_ppm: int
    detail: str


@dataclass(frozen=True, slots=True)
class SavedRate:
    """A rate as staff keep it. ``percent`` is like ``19`` or ``8.875``; an empty region is the whole country."""

    id: UUID
    country: str
    region: str
    category: str
    label: str
    percent: Decimal
    valid_from: date | None
    """None: for ever; until a later rate of the same place and category begins."""
    version: int


def today(ctx: Context) -> date:
    """Give the day it is in the store."""
    return ctx.clock.now().astimezone(ZoneInfo(ctx.store.timezone)).date()


async def rates_of(ctx: Context, country: str, region: str) -> dict[str, Rate]:
    """Give the rate of each category in a place; a region's own rate goes before its country's."""
    found: dict[str, Rate] = {}
    for row in await ctx.fetch_rows(_HERE, country.upper(), region.strip().upper(), today(ctx)):
        place = f"{country}-{row['region']}" if row["region"] else country
        found.setdefault(row["category"], Rate(row["label"], row["rate_ppm"], f"{place}, {row['category']}"))
    return found


async def all_rates(ctx: Context) -> Sequence[SavedRate]:
    """Give every rate of the store by place."""
    return [_saved(row) for row in await ctx.fetch_rows(_ALL, None)]


async def by_id(ctx: Context, rate_id: UUID) -> SavedRate | None:
    rows = await ctx.fetch_rows(_ALL, rate_id)
    return _saved(rows[0]) if rows else None


def _saved(row: Any) -> SavedRate:
    percent = Decimal(row["rate_ppm"]).scaleb(-4).normalize() + 0
    return SavedRate(
        id=row["id"],
        country=row["country"],
        region=row["region"],
        category=row["category"],
        label=row["label"],
        percent=percent,
        valid_from=None if row["valid_from"] == date.min else row["valid_from"],
        version=row["version"],
    )
