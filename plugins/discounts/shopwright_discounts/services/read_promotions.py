# SPDX-License-Identifier: Apache-2.0
"""Reading promotions for staff: all of them, on or off, with what has been used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shopwright.context import Context
from shopwright_discounts.services.promotions import COLUMNS, parsed

State = Literal["active", "scheduled", "ended", "off"]
_ALL = f"""
SELECT {COLUMNS}, (SELECT count(*) FROM discounts_coupon c WHERE c.store_id = p.store_id AND c.promotion_id = p.id) AS coupons
FROM discounts_promotion p WHERE $1::uuid IS NULL OR id = $1 ORDER BY priority DESC, code LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class SavedPromotion:
    """A promotion as staff keep it."""

    id: UUID
    code: str
    title: str
    titles: Mapping[str, str]
    enabled: bool
    needs_coupon: bool
    priority: int
    exclusion_group: str
    combines: bool
    starts_at: datetime | None
    ends_at: datetime | None
    currency: str
    conditions: Sequence[Mapping[str, Any]]
    actions: Sequence[Mapping[str, Any]]
    limit_total: int | None
    limit_per_customer: int | None
    budget: int | None
    uses: int
    spent: int
    version: int
    coupons: int
    state: State


async def all_promotions(ctx: Context) -> list[SavedPromotion]:
    """Give the promotions of the store, in the order in which they are tried."""
    return [_saved(ctx, row) for row in await ctx.fetch_rows(_ALL, None)]


async def by_id(ctx: Context, promotion_id: UUID) -> SavedPromotion | None:
    rows = await ctx.fetch_rows(_ALL, promotion_id)
    return _saved(ctx, rows[0]) if rows else None


def _saved(ctx: Context, row: Any) -> SavedPromotion:
    values = dict(row)
    for name in ("titles", "conditions", "actions"):
        values[name] = parsed(values[name])
    return SavedPromotion(**values, state=_state(ctx.clock.now(), row))


def _state(now: datetime, row: Any) -> State:
    if not row["enabled"]:
        return "off"
    if row["ends_at"] is not None and row["ends_at"] <= now:
        return "ended"
    return "scheduled" if row["starts_at"] is not None and row["starts_at"] > now else "active"
