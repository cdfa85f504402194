# SPDX-License-Identifier: Apache-2.0
"""Promotions in the currency of a market: their amounts are kept in the store's and converted when they are asked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from shopwright_catalog.api import ExchangeRate
from shopwright_discounts.api import is_money
from shopwright_discounts.services.promotions import Live


def converted(found: Sequence[Live], rate: ExchangeRate | None) -> list[Live]:
    """Give promotions with the amounts of their conditions and actions converted; budgets stay what they are."""
    return list(found) if rate is None else [_live(x, rate) for x in found]


def _live(live: Live, rate: ExchangeRate) -> Live:
    promotion = live.promotion
    if promotion.currency != rate.source:
        return live
    return replace(live, promotion=replace(
        promotion,
        currency=rate.target,
        conditions=tuple((kind, _values(values, rate)) for kind, values in promotion.conditions),
        actions=tuple((kind, _values(values, rate)) for kind, values in promotion.actions),
    ))  # fmt: skip


def _values(values: Any, rate: ExchangeRate) -> Any:
    """Convert the amounts in a kind's values, wherever in them they stand."""
    if isinstance(values, list | tuple):
        return type(values)(_values(x, rate) for x in values)
    if not isinstance(values, BaseModel):
        return values
    if hasattr(values, "in_currency"):
        return values.in_currency(rate)
    return values.model_copy(update=dict(_amounts(values, rate)))


def _amounts(values: BaseModel, rate: ExchangeRate) -> Iterable[tuple[str, Any]]:
    for name, info in type(values).model_fields.items():
        value = getattr(values, name)
        if is_money(info):
            yield name, None if value is None else rate.minor(value)
        else:
            yield name, _values(value, rate)
