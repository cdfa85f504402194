# SPDX-License-Identifier: Apache-2.0
"""Gift cards as products."""

from shopwright.i18n import translatable
from shopwright_catalog.api import ProductType

KIND = ProductType(
    "gift_cards.card",
    translatable("Gift card"),
    ships=False,
    stocked=False,
    taxable=False,
    help=translatable("A card of what each unit costs without discounts is mailed when the order is paid."),
)
