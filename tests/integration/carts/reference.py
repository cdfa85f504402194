# SPDX-License-Identifier: Apache-2.0
"""Carts computed by plain fractions, apart from the product's code: no money type, no engine, no plugin is used.

``python -m tests.integration.carts.reference`` prints the table that the tests compare with.
"""

import json
from fractions import Fraction
from typing import Any

from tests.integration.carts.shop import (
    BRAND,
    BRAND_PERCENT,
    CARDS,
    DIGITS,
    FREE_FROM,
    PRODUCTS,
    RATES,
    REDUCED,
    RULES,
    SHIPPING,
    TIERS,
    UNIT,
    Case,
    Rule,
    cases,
)  # fmt: skip


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


def percent_of(amount: int, percent: object) -> int:
    return half_up(amount * Fraction(str(percent)) / 100)


def shares(amount: int, weights: dict[str, int]) -> dict[str, int]:
    """Give each its floor, and the units that are left to those who lost most by that, the earlier one first."""
    total = sum(weights.values())
    amount = min(amount, total)
    if amount <= 0:
        return {}
    exact = {name: Fraction(amount * weight, total) for name, weight in weights.items()}
    given = {name: int(share) for name, share in exact.items()}
    order = sorted(weights, key=lambda name: given[name] - exact[name])
    for name in order[: amount - sum(given.values())]:
        given[name] += 1
    return given


class Till:
    """One cart being rung up."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.unit = UNIT[case.currency]
        self.lines = {name: case.lines[name] for name in PRODUCTS if name in case.lines}
        self.price = {name: self._price(name, count) for name, count in self.lines.items()}
        self.gross = {name: self.price[name] * count for name, count in self.lines.items()}
        self.off = dict.fromkeys(self.lines, 0)
        self.applied: list[str] = []
        self.free_shipping = False

    def _price(self, name: str, count: int) -> int:
        price = PRODUCTS[name][self.case.currency]
        for reach, tier in TIERS.get(name, ()):
            if count >= reach:
                price = min(price, tier * self.unit)
        return price - percent_of(price, BRAND_PERCENT) if name == BRAND else price

    def left(self, names: list[str]) -> dict[str, int]:
        return {name: self.gross[name] - self.off[name] for name in names}

    def promote(self) -> None:
        for code, rule in sorted(RULES.items(), key=lambda item: -item[1].priority):
            if not rule.code or rule.code in self.case.codes:
                self.attempt(code, rule)

    def attempt(self, code: str, rule: Rule) -> None:
        in_the_way = [
            other
            for other in self.applied
            if (rule.group and RULES[other].group == rule.group)
            or not rule.combines
            or not RULES[other].combines
        ]
        gifts = rule.values["products"] if rule.kind == "gift" else []
        names = [x for x in self.lines if (not rule.only or x == rule.only) and x not in gifts]
        gross = sum(self.gross[name] for name in names)
        pieces = sum(self.lines[name] for name in names)
        if in_the_way or not names or gross < rule.minimum * self.unit or pieces < rule.pieces:
            return
        taken = getattr(self, "_" + rule.kind)(rule, names, pieces, gross)
        taken = {name: min(amount, self.left([name])[name]) for name, amount in taken.items()}
        if rule.kind == "free_shipping":
            self.free_shipping = True
        elif not any(amount > 0 for amount in taken.values()):
            return
        self.applied.append(code)
        for name, amount in taken.items():
            self.off[name] += max(amount, 0)

    def _percentage(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        left = self.left(names)
        return shares(percent_of(sum(left.values()), rule.values["percent"]), left)

    def _amount(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        return shares(rule.values["amount"] * self.unit, self.left(names))

    def _tiered(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        tiers = [tier.split(": ") for tier in rule.values["tiers"]]
        best = max(
            [Fraction(percent) for reach, percent in tiers if pieces >= int(reach)], default=Fraction(0)
        )
        left = self.left(names)
        return shares(half_up(sum(left.values()) * best / 100), left)

    def _fixed_price(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        wanted = rule.values["price"] * self.unit
        return {name: left - wanted * self.lines[name] for name, left in self.left(names).items()}

    def _buy_get(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        buy, get = rule.values["buy"], rule.values["get"]
        return self._cheapest(names, pieces // (buy + get) * get)

    def _cheapest_free(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        return self._cheapest(names, pieces // rule.values["pieces"])

    def _gift(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        return self._cheapest([name for name in self.lines if name in rule.values["products"]], 1)

    def _free_shipping(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        return {}

    def _bundle_price(self, rule: Rule, names: list[str], pieces: int, gross: int) -> dict[str, int]:
        wanted = rule.values["products"]
        sets = min(self.lines.get(name, 0) for name in wanted)
        left = self.left([name for name in self.lines if name in wanted])
        worth = {name: amount * sets // self.lines[name] for name, amount in left.items()}
        return shares(sum(worth.values()) - rule.values["price"] * self.unit * sets, worth) if sets else {}

    def _cheapest(self, names: list[str], free: int) -> dict[str, int]:
        """Take the cheapest pieces, each worth its part of what is left of its line."""
        left, taken = self.left(names), {}
        for name in sorted(names, key=lambda name: Fraction(left[name], self.lines[name])):
            count = min(free, self.lines[name])
            taken[name] = left[name] * count // self.lines[name]
            free -= count
        return taken

    def shipping(self) -> int:
        is_free = sum(self.left(list(self.lines)).values()) >= FREE_FROM * self.unit
        return 0 if is_free or self.free_shipping else SHIPPING * self.unit

    def taxes(self, shipping: int) -> dict[str, int]:
        """Give the tax of each part: rounded once a rate, then shared out; shipping comes first."""
        parts = {"shipping": shipping} if shipping else {}
        parts |= self.left(list(self.lines))
        found: dict[str, int] = {}
        for category in ("standard", "reduced"):
            percent = Fraction(RATES.get((self.case.country, category), "0"))
            mine = {name: x for name, x in parts.items() if (name in REDUCED) == (category == "reduced")}
            share = percent / (100 + percent) if self.case.included else percent / 100
            if percent:
                found |= dict.fromkeys(mine, 0) | shares(half_up(sum(mine.values()) * share), mine)
        return found

    def ring_up(self) -> dict[str, Any]:
        self.promote()
        shipping = self.shipping()
        taxes = self.taxes(shipping)
        total = sum(self.left(list(self.lines)).values()) + shipping
        total += 0 if self.case.included else sum(taxes.values())
        paid = min(CARDS[self.case.card] * self.unit, total) if self.case.card else 0
        return {
            "prices": self.price, "off": self.off, "applied": sorted(self.applied), "shipping": shipping,
            "taxes": {name: tax for name, tax in taxes.items() if tax}, "total": total, "due": total - paid,
        }  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Give the table: each cart with what it costs."""
    return [
        {
            "currency": case.currency, "digits": DIGITS[case.currency], "included": case.included, "country": case.country,
            "lines": case.lines, "codes": list(case.codes), "card": case.card, "expected": Till(case).ring_up(),
        }
        for case in cases()
    ]  # fmt: skip


if __name__ == "__main__":
    print("[\n" + ",\n".join(json.dumps(row) for row in rows()) + "\n]")
