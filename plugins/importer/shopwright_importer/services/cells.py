# SPDX-License-Identifier: Apache-2.0
"""From the text of a cell to a value; what is wrong is told with the column and the way out."""

import re
from decimal import Decimal

from shopwright.money import Money
from shopwright_importer.services.read_csv import Row

MOST = 1_000_000_000
_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)", re.ASCII)
_NO = frozenset({"false", "no", "0"})


class RowError(ValueError):
    """A row cannot be taken."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def price(row: Row, column: str, currency: str) -> int:
    """Give a price in minor units.

    Raises:
        RowError: there is none, or it cannot be had in this currency to the last digit.
    """
    text = row[column]
    if not text:
        raise RowError("price_missing", f"{column} is empty; give a price like 12.50.")
    if not _NUMBER.fullmatch(text):
        raise RowError("price_wrong", f"{column} {text!r} is not a price; write it like 1299.50.")
    try:
        amount = Money.from_decimal(Decimal(text), currency).amount
    except ValueError:
        raise RowError(
            "price_wrong", f"{column} {text!r} has more decimals than {currency}; round it."
        ) from None
    if amount < 0:
        raise RowError("price_negative", f"{column} {text!r} is below zero; give 0 or more.")
    if amount > 1000 * MOST:
        raise RowError("price_too_high", f"{column} {text!r} is too high.")
    return amount


def price_or_none(row: Row, column: str, currency: str) -> int | None:
    return price(row, column, currency) if row[column] else None


def grams(row: Row) -> int:
    """Give the weight; parts of a gram are dropped."""
    number = _number(row, "Variant Grams")
    if number < 0:
        raise RowError("number_wrong", f"Variant Grams {row['Variant Grams']!r} is below 0; give 0 or more.")
    return int(number)


def whole(row: Row, column: str) -> int:
    """Give a whole number; an empty cell is 0."""
    number = _number(row, column)
    if number != int(number):
        raise RowError("number_wrong", f"{column} {row[column]!r} is not a whole number.")
    return int(number)


def _number(row: Row, column: str) -> Decimal:
    text = row[column]
    if not text:
        return Decimal(0)
    if not _NUMBER.fullmatch(text):
        raise RowError("number_wrong", f"{column} {text!r} is not a number; write it like 120.")
    number = Decimal(text)
    if abs(number) > MOST:
        raise RowError("number_wrong", f"{column} {text!r} is too large; use at most {MOST}.")
    return number


def yes(row: Row, column: str) -> bool:
    """Tell what a true/false cell says; an empty one says yes."""
    return row[column].lower() not in _NO
