# SPDX-License-Identifier: Apache-2.0
"""The promotions of a store, kept in memory and forgotten in every process when one changes."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.memory import StoreMemory
from shopwright_discounts.hookspecs import promotion_actions, promotion_conditions
from shopwright_discounts.services.engine import Promotion

log = logging.getLogger(__name__)

CHANNEL = "discounts_changed"
COLUMNS = """
id, code, title, titles, enabled, needs_coupon, priority, exclusion_group, combines, starts_at, ends_at, currency,
conditions, actions, limit_total, limit_per_customer, budget, uses, spent, version
"""
_ENABLED = f"SELECT {COLUMNS} FROM discounts_promotion WHERE enabled ORDER BY priority DESC, code"


@dataclass(frozen=True, slots=True)
class Live:
    """An enabled promotion with what is needed to offer, limit and show it."""

    promotion: Promotion
    titles: Mapping[str, str]
    version: int
    needs_coupon: bool
    limit_total: int | None
    limit_per_customer: int | None
    budget: int | None
    is_catalogue: bool
    """It depends on product, audience and time only, so a product's price shows it."""

    @property
    def is_limited(self) -> bool:
        return (self.limit_total, self.limit_per_customer, self.budget) != (None, None, None)

    @property
    def scopes(self) -> set[str]:
        return {kind.scope for kind, _ in self.promotion.conditions}

    def title(self, locale: str) -> str:
        return self.titles.get(locale) or self.promotion.title


Memory = StoreMemory[tuple[Live, ...]]


async def read_live(ctx: Context) -> tuple[Live, ...]:
    """Read the enabled promotions of a store: one statement."""
    return tuple(x for row in await ctx.fetch_rows(_ENABLED) if (x := live(ctx, row)) is not None)


class _WithMemory(Protocol):
    memory: Memory


def memory_of(ctx: Context) -> Memory:
    """Give the memory of this process: the plugin's own."""
    return cast("_WithMemory", ctx.kernel.registry.plugins["discounts"]).memory


async def changed(ctx: Context, session: AsyncSession) -> None:
    """Have every process forget the store's promotions once the transaction has committed."""
    await memory_of(ctx).changed(ctx, session)


async def enabled(ctx: Context) -> tuple[Live, ...]:
    return await memory_of(ctx).of(ctx)


def local_now(ctx: Context) -> datetime:
    """Give the time as the store's clocks show it."""
    return ctx.clock.now().astimezone(ZoneInfo(ctx.store.timezone))


def live(ctx: Context, row: Any) -> Live | None:
    """Read a promotion; None when a kind or its values are not known any more."""
    try:
        conditions = parts(ctx.hooks.registered(promotion_conditions), parsed(row["conditions"]))
        actions = parts(ctx.hooks.registered(promotion_actions), parsed(row["actions"]))
    except (KeyError, ValidationError) as error:
        log.warning("promotion %s is left out: %s", row["code"], error)
        return None
    promotion = Promotion(
        id=row["id"],
        code=row["code"],
        title=row["title"],
        currency=row["currency"],
        priority=row["priority"],
        exclusion_group=row["exclusion_group"],
        combines=row["combines"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        conditions=conditions,
        actions=actions,
    )
    limits = (row["limit_total"], row["limit_per_customer"], row["budget"])
    is_free = not row["needs_coupon"] and limits == (None, None, None)
    return Live(
        promotion, parsed(row["titles"]), row["version"], row["needs_coupon"], *limits,
        is_catalogue=is_free and all(kind.scope != "basket" for kind, _ in conditions)
        and all(kind.per_piece for kind, _ in actions),
    )  # fmt: skip


def parts(kinds: Mapping[str, Any], saved: Sequence[Mapping[str, Any]]) -> tuple[tuple[Any, Any], ...]:
    """Read saved conditions or actions.

    Raises:
        KeyError: a kind is not there.
        ValidationError: values do not fit their kind.
    """
    return tuple((kinds[x["kind"]], kinds[x["kind"]].model.model_validate(x["values"])) for x in saved)


def parsed(value: Any) -> Any:
    """JSON comes parsed through SQLAlchemy and as text on the hot path."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
