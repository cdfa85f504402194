# SPDX-License-Identifier: Apache-2.0
"""The kinds of actions that come with the plugin."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shopwright.i18n import translatable
from shopwright.money import Money, exponent
from shopwright_catalog.api import ExchangeRate
from shopwright_discounts.api import ActionKind, Basket, Effect, Item, MinorUnits, spread
from shopwright_discounts.services.conditions import NoValues, Values

Percent = Annotated[Decimal, Field(gt=0, le=100, decimal_places=4)]
_ALL = Decimal(100)


class PercentageValues(Values):
    """A percentage off everything selected."""

    percent: Percent = Field(title=translatable("Percent"))


class AmountValues(Values):
    """An amount off."""

    amount: MinorUnits = Field(gt=0, title=translatable("Amount"))


class FixedPriceValues(Values):
    """A price for each piece."""

    price: MinorUnits = Field(title=translatable("Price of a piece"))


class BuyGetValues(Values):
    """For each ``buy`` pieces ``get`` more are cheaper: the cheapest ones."""

    buy: int = Field(ge=1, le=1000, title=translatable("Buy (pieces)"))
    get: int = Field(default=1, ge=1, le=1000, title=translatable("Get (pieces)"))
    percent: Percent = Field(default=_ALL, title=translatable("Percent off what they get"))
    most: int | None = Field(default=None, ge=1, le=1000, title=translatable("How often in a cart, at most"))


class CheapestFreeValues(Values):
    """Of each so many pieces the cheapest is free."""

    pieces: int = Field(ge=2, le=1000, title=translatable("Of how many pieces"))
    most: int | None = Field(default=None, ge=1, le=1000, title=translatable("How often in a cart, at most"))


class Tier(Values):
    """From ``reach`` on ``percent`` is taken off; written as ``10: 5``."""

    reach: Decimal = Field(gt=0, le=10**9)
    percent: Percent

    def __str__(self) -> str:
        return f"{self.reach:f}: {self.percent:f}"


def _tier(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    reach, colon, percent = value.partition(":")
    if not colon:
        raise ValueError("write it like 10: 5, which is 5 % from 10 on")
    return {"reach": reach.strip(), "percent": percent.strip().rstrip("%").strip()}


class TieredValues(Values):
    """The more the cheaper."""

    by: Literal["quantity", "amount"] = Field(default="quantity", title=translatable("Counted by"))
    tiers: list[Annotated[Tier, BeforeValidator(_tier)]] = Field(
        min_length=1,
        max_length=50,
        title=translatable("Tiers"),
        description=translatable("One in a line: pieces or amount, colon, percent, like 10: 5."),
    )

    def in_currency(self, rate: ExchangeRate) -> "TieredValues":
        """Give the tiers of another currency; pieces are the same in all."""
        if self.by == "quantity":
            return self
        tiers = [tier.model_copy(update={"reach": _major(rate, tier.reach)}) for tier in self.tiers]
        return self.model_copy(update={"tiers": tiers})


class BundleValues(Values):
    """One piece of each product together for a price."""

    products: list[str] = Field(
        min_length=2,
        max_length=20,
        title=translatable("Products (handles)"),
        description=translatable("One in a line."),
    )
    price: MinorUnits = Field(title=translatable("Price of the bundle"))


class GiftValues(Values):
    """Products that are given away."""

    products: list[str] = Field(
        min_length=1,
        max_length=20,
        title=translatable("Gifts to choose from (handles)"),
        description=translatable("One in a line."),
    )
    pieces: int = Field(default=1, ge=1, le=100, title=translatable("Pieces that are free"))


def _major(rate: ExchangeRate, reach: Decimal) -> Decimal:
    """Convert an amount in major units, to the nearest that the other currency has."""
    return Money(rate.minor(int(reach.scaleb(exponent(rate.source)))), rate.target).to_decimal()


def _percentage(values: PercentageValues, basket: Basket) -> Effect:
    off = basket.share(basket.remaining, values.percent)
    return Effect(spread(off, _remaining(basket), basket.currency), detail=f"{values.percent:f} %")


def _amount(values: AmountValues, basket: Basket) -> Effect:
    return Effect(spread(values.amount, _remaining(basket), basket.currency))


def _amount_each(values: AmountValues, basket: Basket) -> Effect:
    return Effect({item.key: values.amount * item.quantity for item in basket.items})


def _fixed_price(values: FixedPriceValues, basket: Basket) -> Effect:
    return Effect({item.key: item.remaining - values.price * item.quantity for item in basket.items})


def _buy_get(values: BuyGetValues, basket: Basket) -> Effect:
    sets = basket.quantity // (values.buy + values.get)
    if values.most is not None:
        sets = min(sets, values.most)
    return _cheapest_off(basket, sets * values.get, values.percent)


def _cheapest_free(values: CheapestFreeValues, basket: Basket) -> Effect:
    sets = basket.quantity // values.pieces
    return _cheapest_off(basket, sets if values.most is None else min(sets, values.most), _ALL)


def _cheapest_off(basket: Basket, pieces: int, percent: Decimal) -> Effect:
    """Take a percentage off the cheapest pieces; of a line a part of its rest, rounded down."""
    amounts: dict[str, int] = {}
    left = pieces
    for item in sorted(basket.items, key=_piece):
        count = min(left, item.quantity)
        amounts[item.key] = basket.share(item.remaining * count // item.quantity, percent)
        left -= count
    return Effect(amounts, detail=f"{pieces - left} ×" if pieces else "")


def _free_shipping(values: NoValues, basket: Basket) -> Effect:
    return Effect(free_shipping=True)


def _gift(values: GiftValues, basket: Basket) -> Effect:
    return _cheapest_off(basket, values.pieces, _ALL)


def _gifts(values: GiftValues) -> frozenset[str]:
    return frozenset(values.products)


def _tiered(values: TieredValues, basket: Basket) -> Effect:
    subtotal = Money(basket.subtotal, basket.currency).to_decimal()
    reached = Decimal(basket.quantity) if values.by == "quantity" else subtotal
    tiers = [tier for tier in values.tiers if tier.reach <= reached]
    if not tiers:
        return Effect()
    best = max(tiers, key=lambda tier: tier.percent)
    off = basket.share(basket.remaining, best.percent)
    return Effect(spread(off, _remaining(basket), basket.currency), detail=f"{best}")


def _bundle(values: BundleValues, basket: Basket) -> Effect:
    """Take the dearest pieces of each product: as many bundles as there are pieces of the rarest one."""
    handles = {handle.casefold() for handle in values.products}
    pieces = {handle: list(_pieces(basket, handle)) for handle in sorted(handles)}
    sets = min(len(found) for found in pieces.values())
    taken = Counter(item.key for found in pieces.values() for item in found[:sets])
    by_key = {item.key: item for item in basket.items}
    worth = {key: by_key[key].remaining * taken[key] // by_key[key].quantity for key in by_key if taken[key]}
    off = sum(worth.values()) - values.price * sets
    return Effect(spread(off, worth, basket.currency), detail=f"{sets} ×" if sets else "")


def _pieces(basket: Basket, handle: str) -> Iterator[Item]:
    items = [item for item in basket.items if item.handle.casefold() == handle]
    for item in sorted(items, key=lambda item: (-_piece(item)[0], item.variant_id.int, item.key)):
        for _ in range(item.quantity):
            yield item


def _piece(item: Item) -> tuple[Fraction, int, str]:
    return Fraction(item.remaining, item.quantity), item.variant_id.int, item.key


def _remaining(basket: Basket) -> Mapping[str, int]:
    return {item.key: item.remaining for item in basket.items}


KINDS = (
    ActionKind(
        "discounts.percentage", translatable("Percentage off"), PercentageValues, _percentage, per_piece=True
    ),
    ActionKind("discounts.amount", translatable("Amount off the cart"), AmountValues, _amount),
    ActionKind(
        "discounts.amount_each",
        translatable("Amount off each piece"),
        AmountValues,
        _amount_each,
        per_piece=True,
    ),
    ActionKind(
        "discounts.fixed_price",
        translatable("Fixed price of each piece"),
        FixedPriceValues,
        _fixed_price,
        per_piece=True,
    ),
    ActionKind("discounts.buy_get", translatable("Buy some, get some cheaper"), BuyGetValues, _buy_get),
    ActionKind(
        "discounts.cheapest_free", translatable("The cheapest is free"), CheapestFreeValues, _cheapest_free
    ),
    ActionKind("discounts.free_shipping", translatable("Free shipping"), NoValues, _free_shipping),
    ActionKind("discounts.gift", translatable("Gift with the purchase"), GiftValues, _gift, gives=_gifts),
    ActionKind("discounts.tiered", translatable("The more the cheaper"), TieredValues, _tiered),
    ActionKind("discounts.bundle_price", translatable("Price of a bundle"), BundleValues, _bundle),
)
