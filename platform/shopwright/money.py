# SPDX-License-Identifier: Apache-2.0
"""Amounts of money: whole minor units and a currency, never a float."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field

# ISO 4217 says how many decimals a currency has. It is written down here because stored amounts depend on it:
# CLDR (Babel) rounds some currencies for display (IQD, RSD, AFN) and changes its mind between releases.
_DECIMALS: dict[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
        "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
        "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG "
        "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES "
        "WST XCD XCG YER ZAR ZMW ZWG "
        # Withdrawn since 2020: orders placed in them must stay readable.
        "ANG BGN CUC HRK MRO SLL STD VEF ZWL"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
CURRENCIES: dict[str, int] = {code: digits for digits, codes in _DECIMALS.items() for code in codes.split()}
"""Decimals of each currency an amount may have, by ISO 4217 code."""

_LARGEST = 2**63 - 1
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")


class CurrencyMismatch(ValueError):  # named for what happened, as all errors here
    """Two amounts of different currencies met where only one currency makes sense."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"Cannot combine {left} with {right}: convert one of them first.")
        self.left = left
        self.right = right


class Rounding(StrEnum):
    """How a fraction of a minor unit becomes a whole one."""

    HALF_UP = "half_up"
    """To the nearest; a half goes away from zero."""
    HALF_EVEN = "half_even"
    """To the nearest; a half goes to the even neighbour."""
    UP = "up"
    """Away from zero."""
    DOWN = "down"
    """Toward zero."""


def exponent(currency: str) -> int:
    """Return how many decimals a currency has (EUR 2, JPY 0, KWD 3); ValueError for an unknown code."""
    try:
        return CURRENCIES[currency]
    except (KeyError, TypeError):
        raise ValueError(
            f"Unknown currency {currency!r}: use an ISO 4217 code in capitals, such as 'EUR'."
        ) from None


def _whole(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}.")
    return value


def _round_quotient(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Divide exactly (denominator > 0) and round the result to a whole number."""
    quotient, remainder = divmod(abs(numerator), denominator)
    match rounding:
        case Rounding.UP:
            away = remainder > 0
        case Rounding.DOWN:
            away = False
        case Rounding.HALF_UP:
            away = 2 * remainder >= denominator
        case Rounding.HALF_EVEN:
            away = 2 * remainder > denominator or (2 * remainder == denominator and quotient % 2 == 1)
    quotient += away
    return -quotient if numerator < 0 else quotient


def _parse_decimal(value: object) -> Decimal:
    if isinstance(value, str):
        if not _PLAIN_NUMBER.fullmatch(value):
            raise ValueError(f"{value[:40]!r} is not an amount: write it like '12.99'.")
        return Decimal(value)
    if not isinstance(value, Decimal):
        raise TypeError(f"An amount must be a Decimal or a str, not {type(value).__name__}.")
    if not value.is_finite():
        raise ValueError(f"{value} is not an amount.")
    return value


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents, yen, fils) of one ISO 4217 currency.

    Amounts combine and compare only within one currency (else :class:`CurrencyMismatch`); floats are refused.
    As JSON: ``{"amount": 1299, "currency": "EUR"}``.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"amount": 1299, "currency": "EUR"}]}
    )

    amount: Annotated[
        int,
        Field(
            strict=True, ge=-_LARGEST, le=_LARGEST, description="Minor units: 1299 is 12.99 EUR, or 1299 JPY."
        ),
    ]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")]

    def __post_init__(self) -> None:
        if abs(_whole(self.amount, "amount")) > _LARGEST:
            raise ValueError("amount does not fit in 64 bits.")
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: "Iterable[Money]", currency: str) -> Self:
        """Add up amounts that are all of this currency; none at all is zero."""
        result = 0
        for each in amounts:
            if each.currency != currency:
                raise CurrencyMismatch(currency, each.currency)
            result += each.amount
        return cls(result, currency)

    @classmethod
    def from_decimal(cls, value: Decimal | str, currency: str) -> Self:
        """Read an amount in major units (``"12.99"``); ValueError if the currency has fewer decimals."""
        number = _parse_decimal(value)
        digits = exponent(currency)
        if number and number.adjusted() > 20:
            raise ValueError("amount does not fit in 64 bits.")
        sign, figures, places = number.as_tuple()
        # is_finite() held, so the exponent is a number; zero may carry any, however large.
        shift = int(places) + digits if number else 0
        unscaled = int("".join(map(str, figures)))
        if shift < 0:
            kept, dropped = divmod(unscaled, 10 ** min(-shift, len(figures) + 1))
            if dropped:
                raise ValueError(f"{value} has too many decimals: {currency} has {digits}.")
            unscaled, shift = kept, 0
        amount = unscaled * 10**shift
        return cls(-amount if sign else amount, currency)

    def to_decimal(self) -> Decimal:
        """Return the amount in major units, with exactly the decimals of its currency."""
        return Decimal(
            (int(self.amount < 0), tuple(map(int, str(abs(self.amount)))), -exponent(self.currency))
        )

    def _other(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money combines only with Money, not with {type(other).__name__}.")
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._other(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._other(other), self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.amount * _whole(factor, "factor"), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._other(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._other(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._other(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._other(other)

    def __str__(self) -> str:
        return f"{self.to_decimal():f} {self.currency}"

    def multiply(self, rate: Decimal, rounding: Rounding) -> "Money":
        """Multiply by a rate (a tax rate, a discount, an exchange rate) exactly, and round once."""
        if not isinstance(rate, Decimal):
            raise TypeError(f"rate must be a Decimal, not {type(rate).__name__}.")
        # The bound keeps a hostile 1E+999999999 from filling the memory with zeros.
        if not rate.is_finite() or not -60 <= int(rate.as_tuple().exponent) <= 60:
            raise ValueError(f"{rate} is not a usable rate.")
        numerator, denominator = rate.as_integer_ratio()
        return Money(_round_quotient(self.amount * numerator, denominator, rounding), self.currency)

    def allocate(self, weights: Sequence[int]) -> "list[Money]":
        """Split into parts in proportion to the weights; the parts always add up to this amount.

        Minor units that do not divide go to the largest remainders, the earlier part first. When every weight
        is zero the parts are equal. A negative amount splits as the mirror image of the positive one.
        """
        if not weights:
            raise ValueError("weights is empty: there must be a part to put the amount in.")
        if any(_whole(weight, "weight") < 0 for weight in weights):
            raise ValueError("weights must not be negative.")
        shares = list(weights) if any(weights) else [1] * len(weights)
        whole, size = sum(shares), abs(self.amount)
        parts = [size * share // whole for share in shares]
        by_remainder = sorted(range(len(shares)), key=lambda i: (-(size * shares[i] % whole), i))
        for i in by_remainder[: size - sum(parts)]:
            parts[i] += 1
        sign = -1 if self.amount < 0 else 1
        return [Money(sign * part, self.currency) for part in parts]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which plugin and rule made an amount, or this part of it, and from what."""

    plugin: str
    version: str
    rule: str
    amount: Money
    detail: str = ""
