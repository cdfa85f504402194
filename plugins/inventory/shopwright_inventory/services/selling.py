# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of selling: what lies ready, what may be sold beyond it, and where it lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_catalog.api import Availability
from shopwright_inventory.api import StockAt, StockLocation

UNLIMITED = 1_000_000_000
"""What a level may hold beyond what is on hand when its item has no limit."""

COMING = """CASE WHEN i.policy = 'backorder' AND i.available_on IS NULL THEN (
    SELECT min(d.expected_on) FROM inventory_delivery_line x
    JOIN inventory_delivery d ON d.store_id = x.store_id AND d.id = x.delivery_id
    WHERE x.store_id = i.store_id AND x.variant_id = i.id AND x.received < x.expected
        AND d.state = 'expected') END"""
"""The day of the next delivery of an item ``i`` that is sold on back-order and has no day of its own."""

_LOCK = text("""
SELECT 1 FROM inventory_level WHERE variant_id = ANY(CAST(:ids AS uuid[]))
ORDER BY variant_id, location_id FOR UPDATE
""")
_READ = text(f"""
SELECT i.id AS variant_id, i.tracked, i.policy, i.safety_stock, i.backorder_limit, i.available_on,
    i.low_stock_at, l.location_id, l.on_hand, l.reserved + l.allocated AS held, l.version, l.backorder,
    p.code, p.priority, p.active, p.country, p.postal_code, p.latitude, p.longitude, {COMING} AS coming_on
FROM inventory_item i LEFT JOIN inventory_level l ON l.store_id = i.store_id AND l.variant_id = i.id
LEFT JOIN inventory_location p ON p.store_id = l.store_id AND p.id = l.location_id
WHERE i.id = ANY(CAST(:ids AS uuid[])) ORDER BY i.id, p.priority, p.code
""")
# What is used already stays where it is; the first active location may hold what is left of the limit.
_SPREAD = text("""
WITH used AS (
    SELECT l.store_id, l.id, l.variant_id, greatest(l.reserved + l.allocated - l.on_hand, 0) AS used,
        CASE WHEN i.policy = 'deny' THEN 0 ELSE coalesce(i.backorder_limit, :unlimited) END AS allowed,
        p.active AND row_number() OVER (PARTITION BY l.variant_id
            ORDER BY p.active DESC, p.priority, p.code) = 1 AS first
    FROM inventory_level l JOIN inventory_item i ON i.store_id = l.store_id AND i.id = l.variant_id
    JOIN inventory_location p ON p.store_id = l.store_id AND p.id = l.location_id
    WHERE l.variant_id = ANY(CAST(:ids AS uuid[]))
), spread AS (
    SELECT store_id, id, CASE WHEN first THEN greatest(used, allowed + used - sum(used) OVER (
        PARTITION BY variant_id)) ELSE used END AS backorder
    FROM used
)
UPDATE inventory_level l SET backorder = s.backorder
FROM spread s WHERE l.store_id = s.store_id AND l.id = s.id AND l.backorder <> s.backorder
""")


def today_of(ctx: Context) -> date:
    """Give the day it is in the store."""
    return ctx.clock.now().astimezone(ZoneInfo(ctx.store.timezone)).date()


@dataclass(frozen=True, slots=True)
class Rules:
    """By what rules a variant is sold."""

    policy: str = "deny"
    safety_stock: int = 0
    backorder_limit: int | None = None
    available_on: date | None = None
    low_stock_at: int | None = None

    def waits_for_its_date(self, today: date) -> bool:
        """Whether it is on pre-order: then nothing of it is ready, wherever it lies."""
        return self.policy == "preorder" and (self.available_on is None or self.available_on > today)

    def beyond(self, today: date) -> int:
        """How many may be sold beyond what is in stock; from its date on, a pre-order sells no more of these."""
        if self.policy == "backorder" or self.waits_for_its_date(today):
            return UNLIMITED if self.backorder_limit is None else self.backorder_limit
        return 0

    def in_stock(self, on_hand: int, held: int) -> int:
        """How many more can be sold from stock; below zero as many are promised beyond it."""
        return max(on_hand - self.safety_stock, 0) - held

    def availability(
        self, in_stock: int, today: date, *, placed: bool = True, coming_on: date | None = None
    ) -> Availability:
        """Say what customers are told; ``placed`` is whether an active location could hold it.

        ``coming_on`` is the day of the next delivery, told where the rules say no day.
        """
        beyond = self.beyond(today) if placed else 0
        left = in_stock + beyond
        ready = 0 if self.waits_for_its_date(today) else max(in_stock, 0)
        expected_on = self.available_on or coming_on
        is_promise = beyond > 0 and expected_on is not None and expected_on > today
        return Availability(
            sellable=left > 0,
            left=None if beyond >= UNLIMITED else max(left, 0),
            ready=ready,
            backorder=left > 0 and ready == 0,
            preorder=placed and self.waits_for_its_date(today),
            expected_on=expected_on if is_promise else None,
        )


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A locked level with its location."""

    location_id: UUID
    location: StockLocation
    active: bool
    on_hand: int
    held: int
    backorder: int
    version: int


@dataclass(frozen=True, slots=True)
class Stocked:
    """A variant with its rules and levels, those of locations with the lowest priority first."""

    variant_id: UUID
    tracked: bool
    rules: Rules
    levels: tuple[LevelRow, ...]
    coming_on: date | None = None

    @property
    def active(self) -> tuple[LevelRow, ...]:
        return tuple(level for level in self.levels if level.active)

    @property
    def in_stock(self) -> int:
        levels = self.active
        return self.rules.in_stock(sum(x.on_hand for x in levels), sum(x.held for x in levels))

    @property
    def is_simple(self) -> bool:
        """Whether no level may hold more than it has, nor does."""
        return self.rules.policy == "deny" and not any(level.backorder for level in self.levels)

    def availability(self, today: date) -> Availability:
        placed = bool(self.active)
        return self.rules.availability(self.in_stock, today, placed=placed, coming_on=self.coming_on)

    def kept(self) -> dict[UUID, int]:
        """Give the share of each location in the safety stock: the last location keeps it first."""
        rest, shares = self.rules.safety_stock, {}
        for level in reversed(self.active):
            shares[level.location_id] = min(level.on_hand, rest)
            rest -= shares[level.location_id]
        return shares

    def places(self, today: date) -> list[StockAt]:
        """Give what could be taken from each location."""
        kept, may_wait = self.kept(), self.rules.beyond(today) > 0
        places = []
        for level in self.active:
            free = level.on_hand - kept[level.location_id] - level.held
            most = free + (level.backorder if may_wait else 0)
            places.append(StockAt(self.variant_id, level.location, max(free, 0), max(most, 0)))
        return places


async def lock(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Lock all levels of variants in the one order that everybody keeps to."""
    await session.execute(_LOCK, {"ids": sorted(ids)})


async def read(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Stocked]:
    """Read variants that are or were stocked. Lock first: a statement sees what was there when it began."""
    grouped: dict[UUID, list[Any]] = {}
    for row in (await session.execute(_READ, {"ids": sorted(ids)})).all():
        grouped.setdefault(row.variant_id, []).append(row)
    return {variant_id: _stocked(rows) for variant_id, rows in grouped.items()}


async def spread(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Say anew what locked levels may hold beyond what is on hand: their limit, and never less than they do."""
    await session.execute(_SPREAD, {"ids": sorted(ids), "unlimited": UNLIMITED})


def _stocked(rows: Sequence[Any]) -> Stocked:
    item = rows[0]
    rules = Rules(item.policy, item.safety_stock, item.backorder_limit, item.available_on, item.low_stock_at)
    levels = tuple(
        LevelRow(
            row.location_id,
            StockLocation(row.code, row.priority, row.country, row.postal_code, row.latitude, row.longitude),
            row.active,
            row.on_hand,
            row.held,
            row.backorder,
            row.version,
        )
        for row in rows
        if row.location_id is not None
    )
    return Stocked(item.variant_id, item.tracked, rules, levels, item.coming_on)
