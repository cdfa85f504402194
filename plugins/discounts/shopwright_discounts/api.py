# SPDX-License-Identifier: Apache-2.0
"""What kinds of conditions and actions of promotions are made of. All amounts are minor units of the basket's currency."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from pydantic.fields import FieldInfo

from shopwright.money import Money, Rounding

Scope = Literal["product", "audience", "time", "basket"]
"""What a condition looks at. A promotion without one of the ``basket`` can hold for a product's price already."""

MinorUnits = Annotated[int, Field(ge=0, le=10**12, json_schema_extra={"money": True})]
"""An amount in a kind's model: the admin asks for it in the currency's own notation."""


def is_money(info: FieldInfo) -> bool:
    """Tell whether a field of a kind's model holds ``MinorUnits``, or may."""
    inner = [x for part in get_args(info.annotation) for x in getattr(part, "__metadata__", ())]
    extras = [info.json_schema_extra, *(getattr(x, "json_schema_extra", None) for x in inner)]
    return any(isinstance(x, Mapping) and x.get("money") for x in extras)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a basket, or a single piece whose price is asked for; ``discount`` is what it has got so far."""

    key: str
    variant_id: UUID
    product_id: UUID
    unit_price: int
    quantity: int
    discount: int = 0
    handle: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    """Handles of the categories its product is in."""
    groups: frozenset[str] = frozenset()
    """What else it is in, like ``collection:summer``; filled for conditions with ``needs_groups``."""

    @property
    def subtotal(self) -> int:
        return self.unit_price * self.quantity

    @property
    def remaining(self) -> int:
        """What is left to pay, and the most that can be taken off."""
        return self.subtotal - self.discount


@dataclass(frozen=True, slots=True)
class Basket:
    """What promotions are computed for. Items are in the order of their variants' ids, whatever the cart's is."""

    currency: str
    items: tuple[Item, ...]
    now: datetime
    """In the time zone of the store."""
    audience: frozenset[str] = frozenset()
    """Tags of the customer, like ``group:vip``; see the hook ``customer_audience``."""
    has_ordered: bool = False
    rounding: Rounding = Rounding.HALF_UP

    @property
    def subtotal(self) -> int:
        return sum(item.subtotal for item in self.items)

    @property
    def quantity(self) -> int:
        return sum(item.quantity for item in self.items)

    @property
    def remaining(self) -> int:
        return sum(item.remaining for item in self.items)

    def share(self, amount: int, percent: Decimal) -> int:
        """Give a percentage of an amount, rounded once by the store's rule."""
        return Money(amount, self.currency).multiply(percent.scaleb(-2), self.rounding).amount


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a promotion does not apply: a message to translate, and what fills it; ``Money`` is shown as such."""

    code: str
    words: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action takes off, by item key. More than an item costs is never taken."""

    amounts: Mapping[str, int] = field(default_factory=dict)
    free_shipping: bool = False
    detail: str = ""
    """For staff: what of it applied, like ``from 10 pieces``."""


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """A kind of condition. One that looks at products chooses items with ``selects``, others have ``objection``.

    A promotion acts on the items that all its conditions select; ``objection`` gets a basket of these only.
    """

    code: str
    """``<plugin>.<kind>``."""
    label: str
    model: type[Any]
    """A pydantic model of its values; the admin's form is made of it.

    Amounts (``MinorUnits``) are converted where a market has another currency; a model that keeps amounts in other
    ways says how: ``in_currency(rate)`` gives it converted.
    """
    scope: Scope = "basket"
    selects: Callable[[Any, Item], bool] | None = None
    objection: Callable[[Any, Basket], Reason | None] | None = None
    needs_groups: bool = False
    """Whether it looks at an item's ``groups``."""


@dataclass(frozen=True, slots=True)
class ActionKind:
    """A kind of action. ``evaluate`` gets its values and a basket of the items it may act on."""

    code: str
    """``<plugin>.<kind>``."""
    label: str
    model: type[Any]
    """A pydantic model of its values; the admin's form is made of it."""
    evaluate: Callable[[Any, Basket], Effect]
    per_piece: bool = False
    """Whether it gives the same for each piece alone, so that a product's price can show it."""
    gives: Callable[[Any], frozenset[str]] | None = None
    """Handles of the products it gives away: they are what it acts on, and conditions do not look at them."""


def spread(amount: int, weights: Mapping[str, int], currency: str) -> dict[str, int]:
    """Split an amount over items in proportion to their weights, exactly, and never more than a weight.

    What does not divide goes to the largest remainders, among equals to the earlier item.
    """
    whole = sum(weights.values())
    if whole <= 0 or amount <= 0:
        return {}
    parts = Money(min(amount, whole), currency).allocate(list(weights.values()))
    return {key: part.amount for key, part in zip(weights, parts, strict=True) if part.amount}


def ordered(items: Sequence[Item]) -> tuple[Item, ...]:
    """Put items in the order that decides ties: by variant, then by key."""
    return tuple(sorted(items, key=lambda item: (item.variant_id.int, item.key)))
