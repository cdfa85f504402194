# SPDX-License-Identifier: Apache-2.0
"""What the table of carts is about: products, price list, promotions, taxes and cards, the same in three currencies."""

from dataclasses import dataclass, field
from typing import Any

PRODUCTS = {
    "lamp": {"JPY": 4999, "EUR": 4999, "KWD": 15_250},
    "desk": {"JPY": 19_999, "EUR": 19_995, "KWD": 61_007},
    "bulb": {"JPY": 333, "EUR": 333, "KWD": 1_001},
    "book": {"JPY": 1995, "EUR": 1995, "KWD": 6_105},
    "mug": {"JPY": 901, "EUR": 901, "KWD": 2_755},
}
"""Prices in minor units. Ties between lines go to the one that comes first here."""
REDUCED = {"book"}
BRAND = "lamp"
"""The only product of its brand."""
UNIT = {"JPY": 1, "EUR": 1, "KWD": 3}
"""Amounts below are times this."""
DIGITS = {"JPY": 0, "EUR": 2, "KWD": 3}
TIERS = {"bulb": ((5, 299), (20, 249))}
"""Of a price list for everybody: from so many pieces on, each costs so much."""
BRAND_PERCENT = "10"
"""Off each piece of the brand, part of the price."""
RATES = {("DE", "standard"): "19", ("DE", "reduced"): "7", ("AT", "standard"): "20", ("AT", "reduced"): "10"}
SHIPPING, FREE_FROM = 490, 90_000
CARDS = {"small": 2_500, "large": 5_000_000}


@dataclass(frozen=True)
class Rule:
    """A promotion of carts. ``minimum`` is an amount, ``pieces`` a number that must be reached."""

    kind: str
    priority: int
    values: dict[str, Any]
    code: str = ""
    minimum: int = 0
    pieces: int = 0
    only: str = ""
    group: str = ""
    combines: bool = True
    money: tuple[str, ...] = field(default=())
    """Which of the values are amounts."""


RULES = {
    "big": Rule("amount", 90, {"amount": 1_000}, minimum=60_000, money=("amount",)),
    "bulbs": Rule("buy_get", 60, {"buy": 2, "get": 1}, "BULBS", only="bulb"),
    "set": Rule("bundle_price", 55, {"products": ["lamp", "desk"], "price": 22_222}, "SET", money=("price",)),
    "tier": Rule("tiered", 45, {"tiers": ["5: 5", "10: 12.5"]}, "TIER"),
    "ga": Rule("amount", 42, {"amount": 100}, "GROUPA", group="g", money=("amount",)),
    "gb": Rule("amount", 41, {"amount": 900}, "GROUPB", group="g", money=("amount",)),
    "ten": Rule("percentage", 40, {"percent": "10"}, "TEN"),
    "mug": Rule("gift", 35, {"products": ["mug"]}, "MUG", minimum=5_000),
    "book": Rule("fixed_price", 33, {"price": 1_000}, "BOOK", only="book", money=("price",)),
    "five": Rule("amount", 30, {"amount": 555}, "FIVE", money=("amount",)),
    "cheap": Rule("cheapest_free", 20, {"pieces": 3}, "CHEAP"),
    "post": Rule("free_shipping", 10, {}, "POST", pieces=2),
    "alone": Rule("percentage", 5, {"percent": "33.3333"}, "ALONE", combines=False),
}
BASKETS = (
    {"lamp": 1}, {"bulb": 3}, {"book": 1, "lamp": 1}, {"bulb": 7, "book": 2}, {"desk": 1, "lamp": 2},
    {"bulb": 20, "mug": 1, "lamp": 1}, {"desk": 3, "book": 5}, {"lamp": 1, "desk": 1, "bulb": 1, "book": 1, "mug": 1},
    {"book": 12}, {"desk": 5, "mug": 2}, {"bulb": 1}, {"lamp": 9, "bulb": 4, "book": 3},
)  # fmt: skip
CODES = (
    (), ("TEN",), ("FIVE", "CHEAP"), ("BULBS", "BOOK", "POST"), ("SET", "TIER"), ("GROUPA", "GROUPB", "MUG"),
    ("ALONE",), ("ALONE", "TEN"), ("TIER", "TEN", "FIVE", "POST"), ("SET", "CHEAP", "MUG", "BOOK"),
    ("GROUPB",), ("BULBS", "SET", "TIER", "GROUPA", "TEN", "MUG", "BOOK", "FIVE", "CHEAP", "POST"),
)  # fmt: skip
PLACES = ("DE", "AT", "CH")
"""Nothing is taxed in the last one."""


@dataclass(frozen=True)
class Case:
    """A cart to compute."""

    currency: str
    included: bool
    country: str
    lines: dict[str, int]
    codes: tuple[str, ...]
    card: str = ""


def cases() -> list[Case]:
    """Give 216 carts: each basket in each currency, prices with and without tax, with changing codes and cards."""
    found = []
    for c, currency in enumerate(UNIT):
        for included in (True, False):
            for b, lines in enumerate(BASKETS):
                for turn in range(3):
                    number = b + 5 * turn + 2 * c + (0 if included else 7)
                    card = ("", "small", "", "large")[(number + turn) % 4]
                    place = PLACES[0] if turn == 0 else PLACES[number % 3]
                    codes = CODES[(number + 4 * turn) % len(CODES)]
                    found.append(Case(currency, included, place, lines, codes, card))
    return found
