# SPDX-License-Identifier: Apache-2.0
"""The kinds of fields: checking a value into the one form in which it is kept."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import nh3

from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_custom_fields.api import CustomField, Kind
from shopwright_custom_fields.services import patterns, uploads
from shopwright_custom_fields.services.wrong import Wrong

LABELS: Mapping[Kind, str] = {
    "text": translatable("Text, one line"),
    "multiline": translatable("Text, several lines"),
    "rich_text": translatable("Formatted text"),
    "integer": translatable("Whole number"),
    "decimal": translatable("Decimal number"),
    "boolean": translatable("Yes or no"),
    "date": translatable("Date"),
    "datetime": translatable("Date and time"),
    "choice": translatable("One of a list"),
    "choices": translatable("Several of a list"),
    "colour": translatable("Colour"),
    "link": translatable("Link"),
    "money": translatable("Amount of money"),
    "product": translatable("Product"),
    "picture": translatable("Picture"),
    "file": translatable("File"),
}
TEXTS = frozenset({"text", "multiline", "rich_text"})
LONGEST: Mapping[str, int] = {"text": 255, "multiline": 10_000, "rich_text": 50_000}
INDEXED = frozenset(
    {"text", "integer", "decimal", "boolean", "date", "datetime", "choice", "choices", "colour", "product"}
)
"""Kinds that can be unique, or filtered by: short, and written in one way only."""
LARGEST = 10**15
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_TEXT = translatable("Give a text.")
_MISFIT = translatable("This is not in the expected form.")
_LIST = translatable("Choose from the list: %(choices)s.")


def check(field: CustomField, value: Any) -> Any:
    """Give a value as it is kept; a reference must be an id already.

    Raises:
        Wrong: it does not fit the field.
    """
    return _CHECKS[field.kind](field, value)


def _text(field: CustomField, value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise Wrong("text_wrong", _TEXT)
    text = value.replace("\r\n", "\n").strip()
    if field.kind == "rich_text":
        text = nh3.clean(text)
    elif field.kind == "text" and "\n" in text:
        raise Wrong("text_wrong", translatable("Give one line."))
    most = min(int(field.maximum or LONGEST[field.kind]), LONGEST[field.kind])
    if len(text) > most:
        raise Wrong("too_long", translatable("This is too long; use at most %(most)s characters."), most=most)
    if field.minimum is not None and len(text) < field.minimum:
        words = translatable("This is too short; use at least %(least)s characters.")
        raise Wrong("too_short", words, least=field.minimum)
    if field.pattern and not patterns.matches(field.pattern, text):
        raise Wrong("pattern_mismatch", _MISFIT)
    return text


def _integer(field: CustomField, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise Wrong("integer_wrong", translatable("Give a whole number."))
    _within(field, Decimal(value))
    return value


def _decimal(field: CustomField, value: Any) -> str:
    written = repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if not isinstance(written, str) or not _DECIMAL.fullmatch(written):
        words = translatable("Give a number like 12.5, with at most 6 decimals.")
        raise Wrong("decimal_wrong", words)
    number = Decimal(written)
    _within(field, number)
    return plain(number)


def plain(number: Decimal) -> str:
    """Write a number in the one way in which it is kept: without exponent, trailing zeros and a zero's sign."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text.removeprefix("+")


def _within(field: CustomField, number: Decimal) -> None:
    if field.minimum is not None and number < field.minimum:
        raise Wrong("too_small", translatable("Give %(least)s or more."), least=plain(field.minimum))
    if field.maximum is not None and number > field.maximum:
        raise Wrong("too_large", translatable("Give %(most)s or less."), most=plain(field.maximum))


def _boolean(_: CustomField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("boolean_wrong", translatable("Say yes or no: true or false."))
    return value


def _date(_: CustomField, value: Any) -> str:
    try:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValueError("no date")
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Wrong("date_wrong", translatable("Give a date like 2026-12-24.")) from None


def _datetime(_: CustomField, value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, TypeError, OverflowError):
        words = translatable("Give a date and time with its zone, like 2026-12-24T18:00:00Z.")
        raise Wrong("datetime_wrong", words) from None


def _choice(field: CustomField, value: Any) -> str:
    codes = [choice.code for choice in field.choices]
    if not isinstance(value, str) or value not in codes:
        raise Wrong("choice_unknown", _LIST, choices=", ".join(codes))
    return value


def _choices(field: CustomField, value: Any) -> list[str]:
    codes = [choice.code for choice in field.choices]
    if not isinstance(value, list) or not all(isinstance(x, str) and x in codes for x in value):
        raise Wrong("choice_unknown", _LIST, choices=", ".join(codes))
    found = [code for code in codes if code in value]
    if field.minimum is not None and len(found) < field.minimum:
        raise Wrong("too_few", translatable("Choose at least %(least)s."), least=plain(field.minimum))
    if field.maximum is not None and len(found) > field.maximum:
        raise Wrong("too_many", translatable("Choose at most %(most)s."), most=plain(field.maximum))
    return found


def _colour(_: CustomField, value: Any) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value.lower()):
        raise Wrong("colour_wrong", translatable("Give a colour like #2f6f4f."))
    return value.lower()


def _link(field: CustomField, value: Any) -> str:
    del field
    words = translatable("Give an address that begins with https://.")
    if not isinstance(value, str) or len(value) > 2000 or not value.isprintable() or " " in value:
        raise Wrong("link_wrong", words)
    try:
        parts = urlsplit(value)
        is_usable = bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        raise Wrong("link_wrong", words) from None
    if parts.scheme != "https" or not is_usable or parts.username is not None:
        raise Wrong("link_wrong", words)
    return value


def _money(field: CustomField, value: Any) -> dict[str, Any]:
    try:
        if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
            raise ValueError("no amount")
        money = Money(value["amount"], value["currency"])
    except (ValueError, TypeError):
        words = translatable('Give an amount in minor units: {"amount": 1299, "currency": "EUR"}.')
        raise Wrong("money_wrong", words) from None
    _within(field, Decimal(money.amount))
    return {"amount": money.amount, "currency": money.currency}


def _product(_: CustomField, value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong("product_unknown", translatable("There is no such product; give its handle."))
    return value


_CHECKS: Mapping[Kind, Callable[[CustomField, Any], Any]] = {
    "text": _text, "multiline": _text, "rich_text": _text, "integer": _integer, "decimal": _decimal,
    "boolean": _boolean, "date": _date, "datetime": _datetime, "choice": _choice, "choices": _choices,
    "colour": _colour, "link": _link, "money": _money, "product": _product, "picture": uploads.check_picture,
    "file": uploads.check_file,
}  # fmt: skip


def read_decimal(text: str) -> Decimal | None:
    """Read a bound somebody typed; None when it is empty.

    Raises:
        Wrong: it is no number.
    """
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        raise Wrong("decimal_wrong", translatable("Give a number like 12.5, with at most 6 decimals."))
    return Decimal(text)
