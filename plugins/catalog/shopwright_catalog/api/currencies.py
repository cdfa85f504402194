# SPDX-License-Identifier: Apache-2.0
"""Amounts of the store's currency and those of its markets."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shopwright.context import Context
from shopwright.money import Money, exponent


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """So much of ``target`` is one unit of ``source``, and how prices are rounded that are converted with it.

    A price becomes a multiple of ``step`` minor units, less ``less``: with 100 and 1 like 9.99, with 5 and 0 like 9.35.
    """

    source: str
    target: str
    rate: Decimal
    step: int = 1
    less: int = 0
    detail: str = ""
    """For the trail of a price: where the rate is from, and since when it holds."""

    def amount(self, money: Money) -> Money:
        """Convert an amount, to the nearest minor unit: thresholds, fees, what is taken off."""
        return Money(self.minor(money.amount), self.target)

    def minor(self, amount: int) -> int:
        """Convert minor units of the source."""
        return _nearest(Fraction(amount) * self._factor())

    def price(self, money: Money) -> Money:
        """Convert a price, and round it as prices are in the target's currency; what is free stays free."""
        if not money.amount:
            return Money(0, self.target)
        steps = max(
            _nearest(Fraction(money.amount) * self._factor() / self.step + Fraction(self.less, self.step)), 1
        )
        return Money(max(steps * self.step - self.less, 1), self.target)

    def back(self, money: Money) -> Money:
        """Convert an amount of the target to the source, to the nearest minor unit."""
        return Money(_nearest(Fraction(money.amount) / self._factor()), self.source)

    def _factor(self) -> Fraction:
        """Minor units of the target for one of the source."""
        return Fraction(self.rate) * Fraction(10) ** (exponent(self.target) - exponent(self.source))


def _nearest(value: Fraction) -> int:
    """Round to a whole number; a half goes away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


async def rate_to(ctx: Context, currency: str) -> ExchangeRate | None:
    """Give the rate by which amounts of the store's currency become another's; None for the store's own.

    Raises:
        Conflict: there is none, so nothing can be sold in that currency.
    """
    from shopwright_catalog.services import currencies

    return await currencies.rate_to(ctx, currency)


async def convert(ctx: Context, money: Money, currency: str) -> Money:
    """Convert an amount from the store's currency to another, or back, to the nearest minor unit.

    Raises:
        Conflict: there is no exchange rate.
    """
    if money.currency == currency:
        return money
    if currency == ctx.store.currency:
        back = await rate_to(ctx, money.currency)
        assert back is not None
        return back.back(money)
    rate = await rate_to(ctx, currency)
    assert rate is not None
    return rate.amount(money)


async def in_all_markets(ctx: Context) -> list[Context]:
    """Give the context once for each market of the store, so that prices can be asked in each; at least itself."""
    from shopwright_catalog.hookspecs import sales_markets

    found = await ctx.hooks.collect(sales_markets)
    return [ctx.in_market(x.code, x.currency) for x in found] or [ctx]
