# SPDX-License-Identifier: Apache-2.0
"""A store's tax rates: kept in memory for carts, read for staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from shopwright.context import Context
from shopwright.memory import StoreMemory

CHANNEL = "tax_changed"
_HERE = """
SELECT country, region, category, label, rate_ppm, valid_from FROM tax_rate ORDER BY valid_from DESC, id
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


Places = Mapping[tuple[str, str], Sequence["Dated"]]
"""Rates by country and region, the newest first."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A rate of a category with the first day it holds."""

    category: str
    valid_from: date
    rate: Rate


class _WithMemory(Protocol):
    memory: StoreMemory[Places]


def memory_of(ctx: Context) -> StoreMemory[Places]:
    return cast("_WithMemory", ctx.kernel.registry.plugins["tax"]).memory


async def read_places(ctx: Context) -> Places:
    """Read what every process keeps of a store's rates: one statement."""
    found: dict[tuple[str, str], list[Dated]] = {}
    for row in await ctx.fetch_rows(_HERE):
        country, region, category = row["country"], row["region"], row["category"]
        place = f"{country}-{region}" if region else country
        rate = Rate(row["label"], row["rate_ppm"], f"{place}, {category}")
        found.setdefault((country, region), []).append(Dated(category, row["valid_from"], rate))
    return found


async def rates_of(ctx: Context, country: str, region: str) -> dict[str, Rate]:
    """Give the rate of each category in a place; a region's own rate goes before its country's. From memory."""
    places, day = await memory_of(ctx).of(ctx), today(ctx)
    found: dict[str, Rate] = {}
    for part in dict.fromkeys((region.strip().upper(), "")):
        here: dict[str, Rate] = {}
        for dated in places.get((country.upper(), part), ()):
            if dated.valid_from <= day:
                here.setdefault(dated.category, dated.rate)
        found = here | found
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
