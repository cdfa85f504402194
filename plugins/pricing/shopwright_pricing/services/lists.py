# SPDX-License-Identifier: Apache-2.0
"""Price lists: what one is, and reading them for staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_pricing.services.rounding import RoundTo

Audience = Literal["everybody", "groups", "companies", "customer"]
AUDIENCES: tuple[str, ...] = get_args(Audience)
TAG_OF = {"groups": "group", "companies": "company", "customer": "customer"}
"""What the tags of an audience begin with."""

COUNTED = 1000
"""Lists with more prices are not counted to the end; their number is one more."""

_READ = f"""
SELECT l.id, l.code, l.title, l.currency, l.priority, l.enabled, l.starts_at, l.ends_at, l.audience,
    l.audience_tags, l.market, l.percent_ppm, l.rounding, l.shows_before, l.version,
    (SELECT count(*) FROM (SELECT 1 FROM pricing_price p WHERE p.store_id = l.store_id AND p.list_id = l.id
        LIMIT {COUNTED} + 1) AS x) AS prices
FROM pricing_list l
"""
_ONE = f"{_READ} WHERE l.id = $1"
_PAGE = f"""{_READ}
WHERE l.code > $1 AND ($2 = '' OR l.code ILIKE $3 OR l.title ILIKE $3) ORDER BY l.code LIMIT $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInput:
    """A price list to save.

    ``percent`` is of the catalogue's price, for variants without a price of their own; None: only fixed prices.
    ``audience_codes`` are codes of groups, ids of companies, or the id of one customer.
    """

    code: str
    title: str
    currency: str
    priority: int = 10
    """The catalogue has 0: with 0 a list counts only where it is lower, with more it always does."""
    enabled: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: Audience = "everybody"
    audience_codes: tuple[str, ...] = ()
    market: str = ""
    percent: Decimal | None = None
    rounding: RoundTo = "none"
    shows_before: bool = False
    """Show the catalogue's price as the former one where the list is lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedList(ListInput):
    """A price list as it is kept, with how many prices are in it: counted up to one more than ``COUNTED``."""

    id: UUID
    version: int
    prices: int


def period(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> str:
    """Tell where in its life a list is: ``scheduled``, ``running`` or ``ended``."""
    if starts_at is not None and now < starts_at:
        return translatable("scheduled")
    has_ended = ends_at is not None and now >= ends_at
    return translatable("ended") if has_ended else translatable("running")


async def page(ctx: Context, *, search: str = "", after: str = "", limit: int = 100) -> Sequence[SavedList]:
    """Give lists by code, from behind a code on; ``search`` looks into codes and names."""
    like = "%" + search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    return [_saved(row) for row in await ctx.fetch_rows(_PAGE, after, search, like, limit)]


async def by_id(ctx: Context, list_id: UUID) -> SavedList | None:
    rows = await ctx.fetch_rows(_ONE, list_id)
    return _saved(rows[0]) if rows else None


async def has_code(ctx: Context, code: str) -> bool:
    return bool(await ctx.fetch_value("SELECT EXISTS (SELECT 1 FROM pricing_list WHERE code = $1)", code))


def percent_of(ppm: int | None) -> Decimal | None:
    return None if ppm is None else Decimal(ppm).scaleb(-4).normalize() + 0


def _saved(row: Any) -> SavedList:
    values = {name: row[name] for name in SavedList.__dataclass_fields__ if name in row.keys()}  # noqa: SIM118
    codes = tuple(tag.partition(":")[2] for tag in row["audience_tags"])
    return SavedList(**values, audience_codes=codes, percent=percent_of(row["percent_ppm"]))
