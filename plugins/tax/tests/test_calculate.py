# SPDX-License-Identifier: Apache-2.0
"""Taxes against a table worked out by hand, and against the laws they must keep for any cart."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plugins.tax.tests.carts import cart, rates

from shopwright.money import Money
from shopwright_checkout.api import Fee
from shopwright_tax.services.calculate import compute
from shopwright_tax.settings import TaxSettings

DE = {"standard": 190_000, "reduced": 70_000, "zero": 0}
NYC = {"standard": 88_750}
S, R, Z = "standard", "reduced", "zero"

# (what, included, currency, rounding, rates, lines, shipping) -> (tax by rate, tax by line, tax on shipping)
TABLE = [
    # 11900 × 19/119 = 1900
    ("one lamp, tax inside", True, "EUR", "half_up", DE, [(S, 11_900, 1, 0)], 0, [1900], [1900], 0),
    # 10000 × 0.19 = 1900
    ("one lamp, tax on top", False, "EUR", "half_up", DE, [(S, 10_000, 1, 0)], 0, [1900], [1900], 0),
    # 100 × 19/119 = 15.97 → 16
    ("one euro inside", True, "EUR", "half_up", DE, [(S, 100, 1, 0)], 0, [16], [16], 0),
    # 100 × 0.19 = 19
    ("one euro on top", False, "EUR", "half_up", DE, [(S, 100, 1, 0)], 0, [19], [19], 0),
    # 3 × 4900 = 14700; × 19/119 = 2347.06 → 2347
    ("three lamps", True, "EUR", "half_up", DE, [(S, 4900, 3, 0)], 0, [2347], [2347], 0),
    # 10000 − 1000 = 9000; × 0.19 = 1710
    ("with a discount", False, "EUR", "half_up", DE, [(S, 10_000, 1, 1000)], 0, [1710], [1710], 0),
    # discount takes it all: 0
    ("for nothing", False, "EUR", "half_up", DE, [(S, 500, 2, 1000)], 0, [0], [0], 0),
    # 10000 + 500 = 10500; × 0.19 = 1995 = 1900 + 95
    ("with shipping on top", False, "EUR", "half_up", DE, [(S, 10_000, 1, 0)], 500, [1995], [1900], 95),
    # 11900 + 490 = 12390; × 19/119 = 1978.2 → 1978; shares 1899.8 and 78.2: 1899 + 78, the spare one to 1899.8
    ("with shipping inside", True, "EUR", "half_up", DE, [(S, 11_900, 1, 0)], 490, [1978], [1900], 78),
    # 7 %: 2140 × 7/107 = 140; 19 %: 11900 × 19/119 = 1900. Rates in the order of their names: reduced first
    ("two rates inside", True, "EUR", "half_up", DE, [(S, 11_900, 1, 0), (R, 2140, 1, 0)], 0, [140, 1900], [1900, 140], 0),
    # 7 %: 2000 × 0.07 = 140; 19 %: (10000 + 500) × 0.19 = 1995
    ("two rates on top", False, "EUR", "half_up", DE, [(S, 10_000, 1, 0), (R, 2000, 1, 0)], 500, [140, 1995], [1900, 140], 95),
    # a zero rate is told, with 0
    ("a zero rate", True, "EUR", "half_up", DE, [(Z, 5000, 2, 0)], 0, [0], [0], 0),
    # zero 0; standard 11900 × 19/119 = 1900 ("standard" before "zero")
    ("a zero rate beside another", True, "EUR", "half_up", DE, [(Z, 5000, 1, 0), (S, 11_900, 1, 0)], 0, [1900, 0], [0, 1900], 0),
    # an unknown category pays the standard rate: 10000 × 0.19
    ("an unknown category", False, "EUR", "half_up", DE, [("books", 10_000, 1, 0)], 0, [1900], [1900], 0),
    # no rates: nothing
    ("no rates at all", False, "EUR", "half_up", {}, [(S, 10_000, 1, 0)], 500, [], [0], 0),
    # only reduced is known and nothing is in it
    ("no rate that fits", False, "EUR", "half_up", {R: 70_000}, [(S, 10_000, 1, 0)], 0, [], [0], 0),
    # 3 × 0.05 × 0.10 a line would be 0.5 each; once: 15 × 0.1 = 1.5 → 2, largest remainders equal: first two lines
    ("rounded once, not by line", False, "EUR", "half_up", {S: 100_000}, [(S, 5, 1, 0)] * 3, 0, [2], [1, 1, 0], 0),
    # 25 × 0.1 = 2.5 → 3 | 2 (even) | 3 | 2
    ("a half goes up", False, "EUR", "half_up", {S: 100_000}, [(S, 25, 1, 0)], 0, [3], [3], 0),
    ("a half goes to even", False, "EUR", "half_even", {S: 100_000}, [(S, 25, 1, 0)], 0, [2], [2], 0),
    # 35 × 0.1 = 3.5 → 4 (even)
    ("a half goes to even above", False, "EUR", "half_even", {S: 100_000}, [(S, 35, 1, 0)], 0, [4], [4], 0),
    # 21 × 0.1 = 2.1 → 3
    ("always up", False, "EUR", "up", {S: 100_000}, [(S, 21, 1, 0)], 0, [3], [3], 0),
    # 29 × 0.1 = 2.9 → 2
    ("always down", False, "EUR", "down", {S: 100_000}, [(S, 29, 1, 0)], 0, [2], [2], 0),
    # 1100 × 10/110 = 100: yen have no decimals
    ("yen inside", True, "JPY", "half_up", {S: 100_000}, [(S, 1100, 1, 0)], 0, [100], [100], 0),
    # 980 × 0.1 = 98; 10 yen × 0.1 = 1
    ("yen on top", False, "JPY", "down", {S: 100_000}, [(S, 980, 1, 0)], 10, [99], [98], 1),
    # 12.345 dinar = 12345 fils; × 0.05 = 617.25 → 617
    ("dinars of a thousand fils", False, "KWD", "half_up", {S: 50_000}, [(S, 12_345, 1, 0)], 0, [617], [617], 0),
    # 20000 × 0.08875 = 1775
    ("New York City", False, "USD", "half_up", NYC, [(S, 20_000, 1, 0)], 0, [1775], [1775], 0),
    # 1999 × 0.08875 = 177.41 → 177
    ("New York City, rounded", False, "USD", "half_up", NYC, [(S, 1999, 1, 0)], 0, [177], [177], 0),
    # 100 %: on top the same again, inside the half
    ("everything on top", False, "EUR", "half_up", {S: 1_000_000}, [(S, 999, 1, 0)], 0, [999], [999], 0),
    ("half of it inside", True, "EUR", "half_up", {S: 1_000_000}, [(S, 1000, 1, 0)], 0, [500], [500], 0),
    # 100 lines of 1 cent: 100 × 0.19 = 19, a cent for each of the first 19
    ("a hundred cents", False, "EUR", "half_up", DE, [(S, 1, 1, 0)] * 100, 0, [19], [1] * 19 + [0] * 81, 0),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_the_table_worked_out_by_hand(row):
    _, included, currency, rounding, by_category, lines, shipping, by_rate, by_line, on_shipping = row
    how = TaxSettings(prices_include_tax=included, rounding=rounding)

    result = compute(cart(lines, shipping, currency), rates(**by_category), how)

    assert result.included is included
    assert [line.amount.amount for line in result.lines] == by_rate
    ids = [line.line_id for line in cart(lines).lines]
    assert [result.by_line[i].amount if i in result.by_line else 0 for i in ids] == by_line
    assert result.on_shipping.amount == on_shipping


def test_what_is_not_taxable_pays_nothing_but_its_shipping_does():
    result = compute(cart([(S, 10_000, 1, 0)], 500, taxable=False), rates(**DE), TaxSettings())
    # 500 × 19/119 = 79.8 → 80
    assert ([x.amount.amount for x in result.lines], dict(result.by_line)) == ([80], {})
    assert result.on_shipping.amount == 80


def test_fees_are_taxed_by_their_own_category_or_not_at_all():
    fees = (
        Fee("x.wrapping", "Wrapping", Money(300, "EUR")),
        Fee("x.book", "A booklet", Money(200, "EUR"), tax_category="reduced"),
        Fee("x.deposit", "Deposit", Money(2500, "EUR"), taxable=False),
    )
    totals = replace(cart([(S, 10_000, 1, 0)], 500), fees=fees)

    result = compute(totals, rates(**DE), TaxSettings(prices_include_tax=False))

    # 7 %: 200 × 0.07 = 14; 19 %: (10000 + 500 + 300) × 0.19 = 2052 = 1900 + 95 + 57
    assert [(x.base.amount, x.amount.amount) for x in result.lines] == [(200, 14), (10_800, 2052)]
    assert {code: tax.amount for code, tax in result.by_fee.items()} == {"x.wrapping": 57, "x.book": 14}
    assert result.on_shipping.amount == 95


def test_shipping_may_have_a_category_of_its_own():
    how = TaxSettings(prices_include_tax=False, shipping_category="reduced")
    result = compute(cart([(S, 10_000, 1, 0)], 500), rates(**DE), how)
    # 500 × 0.07 = 35
    assert [(x.base.amount, x.amount.amount) for x in result.lines] == [(500, 35), (10_000, 1900)]


LINES = st.lists(
    st.tuples(
        st.sampled_from([S, R, Z, "books"]), st.integers(0, 2_000_000), st.integers(1, 99), st.just(0)
    ).flatmap(lambda x: st.tuples(*map(st.just, x[:3]), st.integers(0, x[1] * x[2]))),
    min_size=1,
    max_size=12,
)
RATES = st.dictionaries(st.sampled_from([S, R, Z]), st.integers(0, 1_000_000), max_size=3)
HOW = st.builds(
    TaxSettings,
    prices_include_tax=st.booleans(),
    rounding=st.sampled_from(["half_up", "half_even", "up", "down"]),
    shipping_category=st.sampled_from([S, R, Z, "none"]),
)
CURRENCY = st.sampled_from(["EUR", "JPY", "KWD"])
ANY_CART = {
    "lines": LINES,
    "shipping": st.integers(0, 50_000),
    "currency": CURRENCY,
    "by_category": RATES,
    "how": HOW,
}


@settings(max_examples=300, deadline=None)
@given(**ANY_CART)
def test_the_parts_are_exactly_the_whole(lines, shipping, currency, by_category, how):
    result = compute(cart(lines, shipping, currency), rates(**by_category), how)

    parts = sum(x.amount for x in result.by_line.values()) + result.on_shipping.amount
    assert parts == sum(x.amount.amount for x in result.lines)
    assert all(x.amount >= 0 for x in result.by_line.values())
    assert {x.currency for x in result.by_line.values()} <= {currency}


@settings(max_examples=300, deadline=None)
@given(**ANY_CART)
def test_each_rate_is_rounded_once_and_by_the_rule(lines, shipping, currency, by_category, how):
    for line in compute(cart(lines, shipping, currency), rates(**by_category), how).lines:
        whole = 1_000_000 + (line.rate_ppm if how.prices_include_tax else 0)
        exact = Fraction(line.base.amount * line.rate_ppm, whole)
        off = line.amount.amount - exact
        low, high = {
            "half_up": (Fraction(-1, 2), Fraction(1, 2)), "half_even": (Fraction(-1, 2), Fraction(1, 2)),
            "up": (Fraction(0), Fraction(1)), "down": (Fraction(-1), Fraction(0)),
        }[how.rounding]  # fmt: skip
        assert low <= off <= high
        if how.rounding in {"up", "down"}:
            assert abs(off) < 1
        if how.rounding == "half_even" and abs(off) == Fraction(1, 2):
            assert line.amount.amount % 2 == 0
        if how.rounding == "half_up":
            assert off != low


@settings(max_examples=300, deadline=None)
@given(**ANY_CART, random=st.randoms(use_true_random=False))
def test_the_order_of_lines_never_matters(lines, shipping, currency, by_category, how, random):
    totals = cart(lines, shipping, currency)
    shuffled = list(totals.lines)
    random.shuffle(shuffled)
    other = replace(totals, lines=tuple(shuffled))
    assert compute(other, rates(**by_category), how) == compute(totals, rates(**by_category), how)


@settings(max_examples=200, deadline=None)
@given(**ANY_CART)
def test_tax_inside_never_exceeds_what_it_is_in(lines, shipping, currency, by_category, how):
    inside = how.model_copy(update={"prices_include_tax": True})
    totals = cart(lines, shipping, currency)
    result = compute(totals, rates(**by_category), inside)
    by_id = {line.line_id: line.total for line in totals.lines}
    assert all(tax <= by_id[line_id] for line_id, tax in result.by_line.items())
    assert result.on_shipping <= totals.shipping
