# SPDX-License-Identifier: Apache-2.0
"""Money, numbers and dates as people of a locale write them."""

import re
from copy import copy
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import dates, numbers

from shopwright.i18n.locales import parse_locale
from shopwright.money import Money, exponent

Length = Literal["short", "medium", "long", "full"]

# CLDR puts a space between a currency code and the number ("CHF 12"); Babel leaves it out.
_LETTER_MEETS_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@lru_cache(maxsize=512)
def _money_pattern(locale: str, digits: int) -> numbers.NumberPattern:
    pattern: numbers.NumberPattern = copy(parse_locale(locale).currency_formats["standard"])
    # The decimals of ISO 4217, not those CLDR would round to for display: a price is never shown rounded.
    pattern.frac_prec = (digits, digits)
    return pattern


@lru_cache(maxsize=8192)
def format_money(money: Money, locale: str) -> str:
    """Write an amount exactly, in the manner of a locale: ``1.299,00 €`` in German."""
    text = numbers.format_currency(
        money.to_decimal(),
        money.currency,
        format=_money_pattern(locale, exponent(money.currency)),
        locale=parse_locale(locale),
        currency_digits=False,
    )
    return _LETTER_MEETS_DIGIT.sub("\u00a0", text)


def format_number(number: int | Decimal, locale: str) -> str:
    """Write a number with the separators of a locale and all its decimals."""
    return numbers.format_decimal(number, locale=parse_locale(locale), decimal_quantization=False)


@lru_cache(maxsize=128)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"Unknown time zone {name!r}: use a name such as 'Europe/Berlin'.") from None


def _local(moment: datetime, tz: str | tzinfo) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("The time must be aware: times come from the clock, in UTC.")
    return moment.astimezone(_zone(tz) if isinstance(tz, str) else tz)


def format_date(day: date, locale: str, tz: str | tzinfo = UTC, *, length: Length = "medium") -> str:
    """Write a date; of a moment in time, the date it has in the time zone."""
    shown = _local(day, tz).date() if isinstance(day, datetime) else day
    return dates.format_date(shown, format=length, locale=parse_locale(locale))


def format_datetime(
    moment: datetime, locale: str, tz: str | tzinfo = UTC, *, length: Length = "medium"
) -> str:
    """Write date and time of a moment as the clocks of the time zone show it."""
    local = _local(moment, tz)
    return dates.format_datetime(local, format=length, tzinfo=local.tzinfo, locale=parse_locale(locale))
