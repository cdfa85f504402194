# SPDX-License-Identifier: Apache-2.0
"""Carts for tests of taxes, made of plain numbers."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.money import Money
from shopwright_catalog.api import VariantInfo
from shopwright_checkout.api import LineTotals, ShippingRate, Totals
from shopwright_tax.services.rates import Rate

Line = tuple[str, int, int, int]
"""Tax category, unit price, quantity, discount."""


def cart(lines: Sequence[Line], shipping: int = 0, currency: str = "EUR", *, taxable: bool = True) -> Totals:
    rate = ShippingRate("flat_shipping.standard", "Standard", Money(shipping, currency))
    made = [_line(n, line, currency, taxable=taxable) for n, line in enumerate(lines, start=1)]
    return Totals(currency, tuple(made), shipping_rate=rate if shipping else None)


def rates(**percent: int) -> dict[str, Rate]:
    """Give rates by category, in millionths."""
    return {category: Rate(f"{ppm}", ppm, f"XX, {category}") for category, ppm in percent.items()}


def _line(number: int, line: Line, currency: str, *, taxable: bool) -> LineTotals:
    category, price, quantity, discount = line
    variant = VariantInfo(
        id=UUID(int=number + 1000), product_id=UUID(int=number), product_handle="x", product_title="X", title="",
        sku=f"X{number}", price=Money(price, currency), compare_at=None, requires_shipping=True, taxable=taxable,
        tax_category=category, weight_grams=0, picture=None, published=True,
    )  # fmt: skip
    zero = Money.zero(currency)
    return LineTotals(UUID(int=number), variant, quantity, variant.price, Money(discount, currency), zero)
