# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shopwright.i18n import (
    fallback_chain,
    format_date,
    format_datetime,
    format_money,
    format_number,
    negotiate,
)
from shopwright.money import Money

MOMENT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(129_900, "EUR"), "de", "1.299,00\u00a0€"),
        (Money(129_900, "EUR"), "en", "€1,299.00"),
        (Money(-5, "USD"), "en", "-$0.05"),
        (Money(1299, "JPY"), "ja", "\uffe51,299"),
        (Money(1299, "KWD"), "en", "KWD\u00a01.299"),
        (Money(1250, "RSD"), "en", "RSD\u00a012.50"),
        (Money(123_456, "BRL"), "pt-BR", "R$\u00a01.234,56"),
        (Money(2**63 - 1, "EUR"), "en", "€92,233,720,368,547,758.07"),
    ],
)
def test_money_is_written_exactly_in_the_manner_of_the_locale(money: Money, locale: str, text: str) -> None:
    assert format_money(money, locale) == text


def test_numbers_keep_their_decimals() -> None:
    assert format_number(1_234_567, "de") == "1.234.567"
    assert format_number(Decimal("1234.56789"), "en") == "1,234.56789"


def test_dates_and_times_are_those_of_the_time_zone() -> None:
    assert format_date(MOMENT, "de", "Europe/Berlin") == "02.03.2026"
    assert format_date(MOMENT, "en") == "Mar 1, 2026"
    assert format_date(date(2026, 3, 1), "en", "Asia/Tokyo", length="long") == "March 1, 2026"
    assert format_datetime(MOMENT, "de", "Europe/Berlin", length="short") == "02.03.26, 00:30"


def test_naive_times_unknown_zones_and_unknown_locales_are_refused() -> None:
    with pytest.raises(ValueError, match="must be aware"):
        format_datetime(MOMENT.replace(tzinfo=None), "de")
    for zone in ("Europe/Atlantis", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="Unknown time zone"):
            format_datetime(MOMENT, "de", zone)
    with pytest.raises(ValueError, match="Unknown locale 'xx-YY'"):
        format_money(Money(1, "EUR"), "xx-YY")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("de", "de"),
        ("de-CH, fr;q=0.9", "de"),
        ("fr-CA, de;q=0.8", "de"),
        ("fr;q=0.1, de;q=0.9", "de"),
        ("DE-at", "de"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("de;q=0, pt-BR", "pt-BR"),
        ("ja, *", "en"),
        ("", "en"),
        (";;;,,q=;", "en"),
        ("de;q=high", "en"),
        ("de;q=nan", "en"),
        ("x" * 100_000 + ",de", "en"),
    ],
)
def test_the_visitor_gets_the_best_language_at_hand(header: str, chosen: str) -> None:
    assert negotiate(header, ["de", "en", "pt-BR"], "en") == chosen


def test_equal_preferences_keep_the_order_of_the_header() -> None:
    assert negotiate("pt-BR, de", ["de", "en", "pt-BR"], "en") == "pt-BR"


def test_the_fallback_chain_ends_with_the_default_once() -> None:
    assert fallback_chain("zh-Hant-TW", "en") == ["zh-Hant-TW", "zh-Hant", "zh", "en"]
    assert fallback_chain("en-GB", "en") == ["en-GB", "en"]
