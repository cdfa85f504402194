# SPDX-License-Identifier: Apache-2.0
"""From the text of a cell to a value; what is wrong is told with the column and the way out."""

import re
from decimal import Decimal

from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_importer.services.records import Row

MOST = 1_000_000_000
_LONGEST_SHOWN = 200
_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)", re.ASCII)
UNITS = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
"""Grams in each unit of weight."""
_NO = frozenset({"false", "no", "0"})


class RowError(ValueError):
    """A row cannot be taken."""

    def __init__(self, code: str, words: str, **values: str | int) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.values = values


def price(row: Row, column: str, currency: str) -> int:
    """Give a price in minor units.

    Raises:
        RowError: there is none, or it cannot be had in this currency to the last digit.
    """
    text = row[column]
    if not text:
        words = translatable("%(column)s is empty; give a price like 12.50.")
        raise RowError("price_missing", words, column=column)
    given = {"column": column, "given": _shown(text)}
    if not _NUMBER.fullmatch(text):
        words = translatable("%(column)s %(given)s is not a price; write it like 1299.50.")
        raise RowError("price_wrong", words, **given)
    try:
        amount = Money.from_decimal(Decimal(text), currency).amount
    except ValueError:
        words = translatable("%(column)s %(given)s has more decimals than %(currency)s; round it.")
        raise RowError("price_wrong", words, currency=currency, **given) from None
    if amount < 0:
        words = translatable("%(column)s %(given)s is below zero; give 0 or more.")
        raise RowError("price_negative", words, **given)
    if amount > 1000 * MOST:
        raise RowError("price_too_high", translatable("%(column)s %(given)s is too high."), **given)
    return amount


def price_or_none(row: Row, column: str, currency: str) -> int | None:
    return price(row, column, currency) if row[column] else None


def grams(row: Row, column: str, unit: str = "g") -> int:
    """Give a weight in grams; of one in grams, parts are dropped, of others the nearest is taken."""
    number = _number(row, column)
    if number < 0:
        raise _wrong(translatable("%(column)s %(given)s is below zero; give 0 or more."), row, column)
    weight = number * UNITS[unit]
    if weight > MOST:
        words = translatable("%(column)s %(given)s is too large; use at most %(most)s.")
        most = int(MOST / UNITS[unit])
        raise RowError("number_wrong", words, column=column, given=_shown(row[column]), most=most)
    return int(weight if unit == "g" else weight.to_integral_value())


def whole(row: Row, column: str) -> int:
    """Give a whole number; an empty cell is 0."""
    number = _number(row, column)
    if number != int(number):
        raise _wrong(translatable("%(column)s %(given)s is not a whole number."), row, column)
    return int(number)


def _number(row: Row, column: str) -> Decimal:
    text = row[column]
    if not text:
        return Decimal(0)
    if not _NUMBER.fullmatch(text):
        raise _wrong(translatable("%(column)s %(given)s is not a number; write it like 120."), row, column)
    number = Decimal(text)
    if abs(number) > MOST:
        words = translatable("%(column)s %(given)s is too large; use at most %(most)s.")
        raise RowError("number_wrong", words, column=column, given=_shown(text), most=MOST)
    return number


def _wrong(words: str, row: Row, column: str) -> RowError:
    return RowError("number_wrong", words, column=column, given=_shown(row[column]))


def _shown(text: str) -> str:
    """Give what stands in a cell so that its ends can be seen."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


def yes(row: Row, column: str) -> bool:
    """Tell what a true/false cell says; an empty one says yes."""
    return row[column].lower() not in _NO
