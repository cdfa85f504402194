# SPDX-License-Identifier: Apache-2.0
"""What a price list must be like, told field by field."""

import re
from collections.abc import Iterator
from itertools import chain

from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.money import CURRENCIES
from shopwright_pricing.services.lists import AUDIENCES, ListInput
from shopwright_pricing.services.rounding import RULES

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_TAG = re.compile(r"[^\s:,]{1,80}")
_MOST_CODES = 200
_MOST_PPM = 10_000_000
Fault = tuple[str, str]
"""A field, and what it should be."""


def check(new: ListInput) -> None:
    """Refuse a list that makes no sense.

    Raises:
        Invalid: names each wrong field and what is accepted.
    """
    errors: dict[str, FieldError] = {}
    for name, words in chain(
        _name_faults(new), _period_faults(new), _audience_faults(new), _price_faults(new)
    ):
        errors.setdefault(name, FieldError(f"/{name}", "invalid", words))
    if errors:
        raise Invalid(errors=list(errors.values()))


def _name_faults(new: ListInput) -> Iterator[Fault]:
    if not _CODE.fullmatch(new.code):
        yield "code", translatable("Use a-z, 0-9, - and _, up to 40 letters, like summer-sale.")
    if not 1 <= len(new.title.strip()) <= 80:
        yield "title", translatable("Give the list a name of up to 80 letters.")
    if not 0 <= new.priority <= 1000:
        yield "priority", translatable("Give a whole number from 0 to 1000.")


def _period_faults(new: ListInput) -> Iterator[Fault]:
    naive = [
        name
        for name in ("starts_at", "ends_at")
        if (at := getattr(new, name)) is not None and at.tzinfo is None
    ]
    for name in naive:
        yield name, translatable("Give a time with its time zone.")
    if naive or new.starts_at is None or new.ends_at is None:
        return
    if new.ends_at <= new.starts_at:
        yield "ends_at", translatable("The end must be after the start.")


def _audience_faults(new: ListInput) -> Iterator[Fault]:
    codes = new.audience_codes
    if new.audience not in AUDIENCES:
        yield "audience", translatable("Use everybody, groups, companies or customer.")
    if (new.audience == "everybody") == bool(codes) or (new.audience == "customer" and len(codes) > 1):
        yield (
            "audience_codes",
            translatable(
                "Name whom the list is for: groups, companies or one customer; nobody when it is for everybody."
            ),
        )
    if len(codes) > _MOST_CODES or not all(_TAG.fullmatch(code) for code in codes):
        yield "audience_codes", translatable("Give up to 200 codes without spaces, colons and commas.")
    if new.market and not _CODE.fullmatch(new.market):
        yield "market", translatable("Use a market's code.")


def _price_faults(new: ListInput) -> Iterator[Fault]:
    if new.currency not in CURRENCIES:
        yield "currency", translatable("Use a currency by its three letters, like EUR.")
    if new.percent is not None:
        ppm = new.percent * 10_000
        if not ppm.is_finite() or ppm != ppm.to_integral_value() or not 0 <= ppm <= _MOST_PPM:
            yield "percent", translatable("Give 0 to 1000 with at most four decimals.")
    if new.rounding not in RULES:
        yield "rounding", translatable("Use none, 5, 10 or 99.")
