# SPDX-License-Identifier: Apache-2.0
"""Rounding the prices of percentage lists to what looks like a price."""

from decimal import Decimal
from typing import Literal, get_args

from shopwright.money import Money, Rounding

RoundTo = Literal["none", "5", "10", "99"]
RULES: tuple[str, ...] = get_args(RoundTo)


def share(price: Money, percent_ppm: int, rule: RoundTo) -> Money:
    """Give so many millionths of a price, rounded by a rule."""
    exact = price.multiply(Decimal(percent_ppm).scaleb(-6), Rounding.HALF_UP)
    return Money(rounded(exact.amount, rule), price.currency)


def rounded(amount: int, rule: RoundTo) -> int:
    """Round minor units to the nearest that the rule allows; a half goes up, and nothing stays free."""
    if rule == "none" or amount == 0:
        return amount
    if rule == "99":
        return max((amount + 51) // 100 * 100 - 1, 99)
    step = int(rule)
    return max((2 * amount + step) // (2 * step) * step, step)
