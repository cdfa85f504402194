# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.money import Money
from shopwright_catalog.api import ExchangeRate


@pytest.mark.parametrize(
    ("source", "target", "rate", "step", "less", "price", "expected"),
    [
        ("EUR", "CHF", "0.9412", 1, 0, 4900, 4612),
        ("EUR", "CHF", "0.9412", 5, 0, 4900, 4610),
        ("EUR", "CHF", "0.9412", 100, 1, 4900, 4599),
        ("EUR", "CHF", "0.9412", 100, 5, 4950, 4695),
        ("EUR", "JPY", "171.3", 1, 0, 4900, 8394),
        ("EUR", "JPY", "171.3", 100, 20, 4900, 8380),
        ("EUR", "KWD", "0.3341", 50, 0, 4900, 16350),
        ("JPY", "EUR", "0.00584", 1, 0, 4980, 2908),
        ("EUR", "CHF", "0.9412", 100, 1, 1, 99),
        ("EUR", "CHF", "0.9412", 5, 0, 0, 0),
    ],
)
def test_prices_are_converted_and_rounded_once(source, target, rate, step, less, price, expected):
    exchange = ExchangeRate(source, target, Decimal(rate), step, less)
    assert exchange.price(Money(price, source)) == Money(expected, target)


def test_amounts_are_converted_to_the_nearest_minor_unit():
    exchange = ExchangeRate("EUR", "CHF", Decimal("0.9412"), 5, 0)
    assert exchange.amount(Money(490, "EUR")) == Money(461, "CHF")
    assert exchange.amount(Money(-490, "EUR")) == Money(-461, "CHF")
    assert exchange.back(Money(461, "CHF")) == Money(490, "EUR")


@given(
    amount=st.integers(1, 10**9),
    rate=st.decimals("0.0001", "9999", places=4),
    rounding=st.sampled_from([(1, 0), (5, 0), (10, 0), (100, 1), (100, 5), (1000, 20)]),
    currencies=st.permutations(["EUR", "JPY", "KWD"]),
)
def test_a_converted_price_is_never_free_and_lies_at_most_half_a_step_away(
    amount, rate, rounding, currencies
):
    step, less = rounding
    exchange = ExchangeRate(currencies[0], currencies[1], rate, step, less)
    exact = ExchangeRate(currencies[0], currencies[1], rate).minor(amount)
    price = exchange.price(Money(amount, currencies[0])).amount
    assert price > 0
    assert (price + less) % step == 0 or price == 1
    assert abs(price - exact) <= step
