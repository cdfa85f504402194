# SPDX-License-Identifier: Apache-2.0
"""The lists of a store, kept in memory until one changes, and the prices of variants in them: one statement at most.

Keeping is the cache's work, so that every process hears of a change: as of stale pages, by NOTIFY or by the
server they share. Lists that begin later are kept too; the clock tells which hold.
"""

from collections.abc import Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright_pricing.services import keeping
from shopwright_pricing.services.contents import CONTENTS, Content, read_contents
from shopwright_pricing.services.history import LOWEST, Lowest, read_lowest
from shopwright_pricing.services.rounding import RoundTo

_LISTS = """
(SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'code', l.code, 'currency', l.currency,
    'priority', l.priority, 'starts_at', l.starts_at, 'ends_at', l.ends_at, 'tags', l.audience_tags,
    'market', l.market, 'percent_ppm', l.percent_ppm, 'rounding', l.rounding, 'shows_before', l.shows_before,
    'has_prices', EXISTS (SELECT 1 FROM pricing_price p WHERE p.store_id = l.store_id AND p.list_id = l.id))
    ORDER BY l.code), '[]') FROM pricing_list l WHERE l.enabled)
"""
_PRICES = """
(SELECT coalesce(jsonb_agg(jsonb_build_array(p.list_id, p.variant_id, p.min_quantity, p.amount, p.compare_at)
    ORDER BY p.min_quantity), '[]') FROM pricing_price p
 WHERE p.variant_id = ANY($1) AND ($2::uuid[] IS NULL OR p.list_id = ANY($2)))
"""
_EXTRAS = """
jsonb_build_object('lowest', {lowest}, 'contents', {contents})
"""
_READ = f"""
SELECT jsonb_build_object('kept', CASE WHEN $2::uuid[] IS NULL THEN jsonb_build_object('lists', {_LISTS},
        'has_contents', EXISTS (SELECT 1 FROM pricing_content)) END,
    'prices', {_PRICES}, 'extras', CASE WHEN $3::text <> '' THEN
        {_EXTRAS.format(lowest=LOWEST.format(currency="$3::text", now="$4::timestamptz", market="$5::text"), contents=CONTENTS)} END)
"""
_READ_EXTRAS = "SELECT " + _EXTRAS.format(
    lowest=LOWEST.format(currency="$2::text", now="$3::timestamptz", market="$4::text"), contents=CONTENTS
)

_moment: ContextVar[datetime | None] = ContextVar("shopwright_pricing_moment", default=None)


@dataclass(frozen=True, slots=True)
class ActiveList:
    """A list that is switched on, as prices are made with it."""

    id: UUID
    code: str
    currency: str
    priority: int
    starts_at: datetime | None
    ends_at: datetime | None
    tags: frozenset[str]
    market: str
    percent_ppm: int | None
    rounding: RoundTo
    shows_before: bool
    has_prices: bool

    @property
    def is_for_some(self) -> bool:
        return bool(self.tags or self.market)

    def holds(self, currency: str, now: datetime) -> bool:
        """Tell whether it holds in a currency at a moment; percentages are the same in every currency."""
        is_on = self.starts_at is None or self.starts_at <= now
        fits = self.currency == currency or self.percent_ppm is not None
        return fits and is_on and (self.ends_at is None or now < self.ends_at)

    def is_for(self, tags: Collection[str]) -> bool:
        in_market = not self.market or f"market:{self.market}" in tags
        return in_market and (not self.tags or any(tag in self.tags for tag in tags))


@dataclass(frozen=True, slots=True)
class Tier:
    """A price in a list from a quantity on."""

    min_quantity: int
    amount: int
    compare_at: int | None


Tiers = dict[tuple[UUID, UUID], list[Tier]]
"""By list and variant, the smaller quantities first."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What is told beside the prices of variants: the lowest of their history, and what is in them."""

    lowest: dict[UUID, Lowest]
    contents: dict[UUID, Content]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept in memory of a store."""

    lists: tuple[ActiveList, ...]
    has_contents: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of variants; ``extras`` is None where they were not asked for."""

    tiers: Tiers
    extras: Extras | None = None


def now(ctx: Context) -> datetime:
    """Give the moment prices are asked for: now, or the one staff look at."""
    return _moment.get() or ctx.clock.now()


class at_moment:  # noqa: N801 - used like a function
    """``with at_moment(then):`` has lists hold as they do at another moment."""

    def __init__(self, moment: datetime | None) -> None:
        self._value = moment

    def __enter__(self) -> None:
        self._token = _moment.set(self._value)

    def __exit__(self, *_: object) -> None:
        _moment.reset(self._token)


async def kept_and_prices(
    ctx: Context, variant_ids: Sequence[UUID], *, extras: bool = False
) -> tuple[Kept, Found | None]:
    """Give what is kept of the store; when it had to be read, with what the variants have in all lists."""
    found: Found | None = None

    async def read() -> bytes:
        nonlocal found
        values, found = await _read(ctx, variant_ids, None, extras=extras)
        return orjson.dumps(values)

    store, cache = ctx.store.id, ctx.kernel.backend.cache
    kept = await cache.get_or_set(f"{store}:pricing:lists", keeping.SECONDS, read, [f"{store}:{keeping.TAG}"])
    return _kept(kept), found


async def prices_in(
    ctx: Context, variant_ids: Sequence[UUID], list_ids: Sequence[UUID], *, extras: bool = False
) -> Found:
    """Read the prices of variants in lists, with all their quantities: one statement, extras included."""
    return (await _read(ctx, variant_ids, list_ids, extras=extras))[1]


async def extras_of(ctx: Context, variant_ids: Sequence[UUID]) -> Extras:
    """Read what is told beside the prices of variants: one statement."""
    values = await ctx.fetch_value(_READ_EXTRAS, list(variant_ids), ctx.currency, ctx.clock.now(), ctx.market)
    return _extras(orjson.loads(values))


async def _read(
    ctx: Context, variant_ids: Sequence[UUID], list_ids: Sequence[UUID] | None, *, extras: bool
) -> tuple[Any, Found]:
    ids = None if list_ids is None else list(list_ids)
    currency = ctx.currency if extras else ""
    args = (list(variant_ids), ids, currency, ctx.clock.now(), ctx.market)
    values = orjson.loads(await ctx.fetch_value(_READ, *args))
    known = None if values["extras"] is None else _extras(values["extras"])
    return values["kept"], Found(_tiers(values["prices"]), known)


def _extras(values: dict[str, Any]) -> Extras:
    return Extras(read_lowest(values["lowest"]), read_contents(values["contents"]))


@lru_cache(maxsize=64)
def _kept(text: bytes) -> Kept:
    """Read what is kept; a store with thousands of lists reads them once, not for each price."""
    values = orjson.loads(text)
    return Kept(tuple(_list(x) for x in values["lists"]), values["has_contents"])


def _tiers(rows: Sequence[Any]) -> Tiers:
    found: Tiers = {}
    for list_id, variant_id, min_quantity, amount, compare_at in rows:
        found.setdefault((UUID(list_id), UUID(variant_id)), []).append(Tier(min_quantity, amount, compare_at))
    return found


def _list(values: dict[str, Any]) -> ActiveList:
    return ActiveList(
        id=UUID(values["id"]),
        code=values["code"],
        currency=values["currency"],
        priority=values["priority"],
        starts_at=_time(values["starts_at"]),
        ends_at=_time(values["ends_at"]),
        tags=frozenset(values["tags"]),
        market=values["market"],
        percent_ppm=values["percent_ppm"],
        rounding=cast("RoundTo", values["rounding"]),
        shows_before=values["shows_before"],
        has_prices=values["has_prices"],
    )


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
