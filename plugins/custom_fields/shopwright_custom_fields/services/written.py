# SPDX-License-Identifier: Apache-2.0
"""Values as texts, for forms and CSV files: reading what was written gives the same value of the same kind."""

import re
from typing import Any

from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import uploads
from shopwright_custom_fields.services.wrong import Wrong

_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def to_text(field: CustomField, value: Any) -> str:
    """Write a value; None is empty."""
    if value is None:
        return ""
    if field.kind == "boolean":
        return "true" if value else "false"
    if field.kind == "choices":
        return "|".join(value)
    if field.kind in uploads.KINDS:
        return uploads.to_text(value)
    if field.kind == "money":
        return str(Money(value["amount"], value["currency"]))
    return str(value)


def from_text(field: CustomField, text: str, currency: str) -> Any:
    """Read a value that is yet to be checked; empty is None. An amount without a currency is in ``currency``.

    Raises:
        Wrong: it cannot be read as this kind.
    """
    text = text.strip()
    if not text:
        return None
    if field.kind == "integer":
        if not _WHOLE.fullmatch(text):
            raise Wrong("integer_wrong", translatable("Give a whole number."))
        return int(text)
    if field.kind == "boolean":
        if text.lower() not in _YES | _NO:
            raise Wrong("boolean_wrong", translatable("Say yes or no: true or false."))
        return text.lower() in _YES
    if field.kind == "choices":
        return [part.strip() for part in text.split("|") if part.strip()]
    if field.kind in uploads.KINDS:
        return uploads.from_text(field.kind, text)
    if field.kind == "money":
        return _money(text, currency)
    return text


def _money(text: str, currency: str) -> dict[str, Any]:
    number, _, code = text.partition(" ")
    try:
        money = Money.from_decimal(number.replace(",", "."), code.strip() or currency)
    except ValueError:
        raise Wrong("money_wrong", translatable("Give an amount like 12.50 EUR.")) from None
    return {"amount": money.amount, "currency": money.currency}
