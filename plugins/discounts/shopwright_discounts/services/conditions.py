# SPDX-License-Identifier: Apache-2.0
"""The kinds of conditions that come with the plugin."""

from datetime import time
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_discounts.api import Basket, ConditionKind, Item, MinorUnits, Reason

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_COLLECTION = "collection:"
_BACKWARDS = "at most must not be less than at least"


class Values(BaseModel):
    """Base of what a condition or action is told; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SubtotalValues(Values):
    """How much the selected items cost before discounts."""

    at_least: MinorUnits = Field(title=translatable("At least"))
    at_most: MinorUnits | None = Field(default=None, title=translatable("At most"))

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(_BACKWARDS)
        return self


class QuantityValues(Values):
    """How many pieces of the selected items are in the basket."""

    at_least: int = Field(ge=1, le=1_000_000, title=translatable("At least"))
    at_most: int | None = Field(default=None, ge=1, le=1_000_000, title=translatable("At most"))

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(_BACKWARDS)
        return self


class AnyOfValues(Values):
    """Words of which an item has one, or none of them."""

    any_of: list[str] = Field(
        min_length=1,
        max_length=1000,
        title=translatable("Any of"),
        description=translatable("One in a line."),
    )
    exclude: bool = Field(default=False, title=translatable("All but these"))


class AudienceValues(Values):
    """Tags of which the customer has one."""

    any_of: list[str] = Field(
        min_length=1,
        max_length=100,
        title=translatable("Any of"),
        description=translatable("One in a line, like group:vip."),
    )


class MarketValues(Values):
    """Codes of markets of which the customer is in one."""

    any_of: list[str] = Field(
        min_length=1,
        max_length=100,
        title=translatable("Any of"),
        description=translatable("Codes of markets, one in a line."),
    )


class NoValues(Values):
    """Nothing to say."""


class TimeWindowValues(Values):
    """A part of each day; it may go over midnight."""

    from_time: time = Field(title=translatable("From (time of day)"))
    until_time: time = Field(title=translatable("Until (time of day)"))


class WeekdayValues(Values):
    """Days of the week."""

    days: list[Weekday] = Field(min_length=1, title=translatable("Days"))


def _subtotal(values: SubtotalValues, basket: Basket) -> Reason | None:
    missing = values.at_least - basket.subtotal
    if missing > 0:
        amount = Money(missing, basket.currency)
        return Reason(
            "subtotal_too_small", translatable("Spend %(amount)s more for this offer."), {"amount": amount}
        )
    if values.at_most is not None and basket.subtotal > values.at_most:
        most = Money(values.at_most, basket.currency)
        return Reason(
            "subtotal_too_large", translatable("This offer holds up to %(amount)s."), {"amount": most}
        )
    return None


def _quantity(values: QuantityValues, basket: Basket) -> Reason | None:
    missing = values.at_least - basket.quantity
    if missing > 0:
        return Reason(
            "quantity_too_small", translatable("Add %(count)s more for this offer."), {"count": missing}
        )
    if values.at_most is not None and basket.quantity > values.at_most:
        words = translatable("This offer holds for up to %(count)s pieces.")
        return Reason("quantity_too_large", words, {"count": values.at_most})
    return None


def _audience(values: AudienceValues, basket: Basket) -> Reason | None:
    if basket.audience.isdisjoint(values.any_of):
        return Reason(
            "other_audience", translatable("This offer is for certain customers. Are you signed in?")
        )
    return None


def _market(values: MarketValues, basket: Basket) -> Reason | None:
    if basket.audience.isdisjoint(f"market:{code}" for code in values.any_of):
        return Reason("other_market", translatable("This offer does not hold in your country."))
    return None


def _first_order(values: NoValues, basket: Basket) -> Reason | None:
    if basket.has_ordered:
        return Reason("not_first_order", translatable("This offer is for a first order only."))
    return None


def _time_window(values: TimeWindowValues, basket: Basket) -> Reason | None:
    start, end, now = values.from_time, values.until_time, basket.now.time().replace(tzinfo=None)
    inside = start <= now < end if start < end else now >= start or now < end
    if inside:
        return None
    words = translatable("This offer holds from %(start)s to %(end)s.")
    return Reason("wrong_time", words, {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"})


def _weekday(values: WeekdayValues, basket: Basket) -> Reason | None:
    if WEEKDAYS[basket.now.weekday()] in values.days:
        return None
    return Reason("wrong_weekday", translatable("This offer does not hold today."))


def _has_one(values: AnyOfValues, words: frozenset[str]) -> bool:
    wanted = {word.casefold() for word in values.any_of}
    return wanted.isdisjoint(word.casefold() for word in words) == values.exclude


def _product(values: AnyOfValues, item: Item) -> bool:
    return _has_one(values, frozenset({item.handle}))


def _category(values: AnyOfValues, item: Item) -> bool:
    return _has_one(values, item.categories)


def _collection(values: AnyOfValues, item: Item) -> bool:
    handles = (group.removeprefix(_COLLECTION) for group in item.groups if group.startswith(_COLLECTION))
    return _has_one(values, frozenset(handles))


def _vendor(values: AnyOfValues, item: Item) -> bool:
    return _has_one(values, frozenset({item.vendor}))


def _tag(values: AnyOfValues, item: Item) -> bool:
    return _has_one(values, item.tags)


KINDS = (
    ConditionKind(
        "discounts.subtotal", translatable("Amount of the cart"), SubtotalValues, objection=_subtotal
    ),
    ConditionKind(
        "discounts.quantity", translatable("Number of pieces"), QuantityValues, objection=_quantity
    ),
    ConditionKind(
        "discounts.product", translatable("Products (handles)"), AnyOfValues, "product", selects=_product
    ),
    ConditionKind(
        "discounts.category", translatable("Categories (handles)"), AnyOfValues, "product", selects=_category
    ),
    ConditionKind(
        "discounts.collection",
        translatable("Collections (handles)"),
        AnyOfValues,
        "product",
        selects=_collection,
        needs_groups=True,
    ),
    ConditionKind("discounts.vendor", translatable("Brands"), AnyOfValues, "product", selects=_vendor),
    ConditionKind("discounts.tag", translatable("Tags of products"), AnyOfValues, "product", selects=_tag),
    ConditionKind(
        "discounts.audience", translatable("Customers"), AudienceValues, "audience", objection=_audience
    ),
    ConditionKind("discounts.market", translatable("Markets"), MarketValues, "audience", objection=_market),
    ConditionKind("discounts.first_order", translatable("First order"), NoValues, objection=_first_order),
    ConditionKind(
        "discounts.time_window", translatable("Time of day"), TimeWindowValues, "time", objection=_time_window
    ),
    ConditionKind("discounts.weekday", translatable("Weekdays"), WeekdayValues, "time", objection=_weekday),
)
