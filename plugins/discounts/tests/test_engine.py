# SPDX-License-Identifier: Apache-2.0
"""The engine against a table worked out by hand, and against the laws it must keep for any basket."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plugins.discounts.tests.baskets import ACTIONS, NOON, basket, computed, item, off, promotion
from pydantic import BaseModel, ValidationError

from shopwright_discounts.api import ActionKind, Effect
from shopwright_discounts.services.engine import Candidate, run

TEN = ("percentage", {"percent": 10})
LAMP, DESK, BULB = item("lamp", 4900, 2), item("desk", 19900), item("bulb", 300, 5)

# what, basket, parts of one promotion -> off by handle
TABLE = [
    # 10 % of 9800
    ("a percentage", basket(LAMP), [TEN], {"lamp": 980}),
    # 10 % of 9800 + 19900 + 1500 = 3120; shares 980, 1990, 150
    ("a percentage of everything", basket(LAMP, DESK, BULB), [TEN], {"lamp": 980, "desk": 1990, "bulb": 150}),
    # 10 % of 3 × 5 = 1.5 -> 2: largest remainders are equal, so the first two by variant
    ("rounded once", basket(item("c", 5), item("a", 5), item("b", 5)), [TEN], {"a": 1, "b": 1}),
    ("rounded down", basket(item("a", 15), rounding="down"), [TEN], {"a": 1}),
    ("rounded up", basket(item("a", 11), rounding="up"), [TEN], {"a": 2}),
    ("half to even", basket(item("a", 25), rounding="half_even"), [TEN], {"a": 2}),
    # 33.3333 % of 10000 = 3333.33
    ("four decimals", basket(item("a", 10000)), [("percentage", {"percent": "33.3333"})], {"a": 3333}),
    # yen have no decimals: 10 % of 1234 = 123.4
    ("yen", basket(item("a", 1234), currency="EUR"), [TEN], {"a": 123}),
    # 1000 over 9800 : 19900 = 329.97 + 670.03
    ("an amount over lines", basket(LAMP, DESK), [("amount", {"amount": 1000})], {"lamp": 330, "desk": 670}),
    # 100 over 3 equal lines: 34, 33, 33
    ("an amount that does not divide", basket(item("a", 500), item("b", 500), item("c", 500)),
     [("amount", {"amount": 100})], {"a": 34, "b": 33, "c": 33}),
    ("an amount larger than the cart", basket(BULB), [("amount", {"amount": 99999})], {"bulb": 1500}),
    ("an amount off each piece", basket(BULB, LAMP), [("amount_each", {"amount": 400})], {"bulb": 1500, "lamp": 800}),
    ("a fixed price", basket(LAMP), [("fixed_price", {"price": 4000})], {"lamp": 1800}),
    ("a fixed price above", basket(LAMP), [("fixed_price", {"price": 5000})], {}),
    # 7 pieces: 2 sets of 3; the two cheapest pieces are bulbs
    ("buy two, get one", basket(LAMP, BULB), [("buy_get", {"buy": 2, "get": 1})], {"bulb": 600}),
    # 2 sets, at most one: one bulb, half of 300
    ("half off the third, once", basket(LAMP, BULB), [("buy_get", {"buy": 2, "percent": 50, "most": 1})], {"bulb": 150}),
    ("too few pieces", basket(LAMP), [("buy_get", {"buy": 2})], {}),
    # 3 pieces: the desk and two lamps; the cheapest is a lamp
    ("the cheapest of three", basket(LAMP, DESK), [("cheapest_free", {"pieces": 3})], {"lamp": 4900}),
    # 4 pieces of two: two free, of equal price the first by variant
    ("the cheapest of two, twice", basket(item("b", 700, 2), item("a", 700, 2)), [("cheapest_free", {"pieces": 2})], {"a": 1400}),
    ("tiers, the first", basket(BULB), [("tiered", {"tiers": ["5: 10", "10: 20"]})], {"bulb": 150}),
    ("tiers, the second", basket(item("bulb", 300, 10)), [("tiered", {"tiers": ["5: 10", "10: 20"]})], {"bulb": 600}),
    ("below all tiers", basket(LAMP), [("tiered", {"tiers": ["5: 10"]})], {}),
    # 98.00 reaches 50, not 100
    ("tiers by amount", basket(LAMP), [("tiered", {"by": "amount", "tiers": ["50: 5", "100: 10"]})], {"lamp": 490}),
    # desk 19900 + lamp 4900 = 24800 for 20000: 4800 over 19900 : 4900 = 3851.6 + 948.4
    ("a bundle", basket(LAMP, DESK), [("bundle_price", {"products": ["lamp", "desk"], "price": 20000})], {"desk": 3852, "lamp": 948}),
    # two bundles: 2 × (300 + 4900) = 10400 for 10000: 400 over 600 : 9800 = 23.08 + 376.92
    ("a bundle twice", basket(LAMP, BULB), [("bundle_price", {"products": ["lamp", "bulb"], "price": 5000})], {"bulb": 23, "lamp": 377}),
    ("half a bundle", basket(LAMP), [("bundle_price", {"products": ["lamp", "desk"], "price": 1})], {}),
    ("a bundle that is dearer", basket(LAMP, DESK), [("bundle_price", {"products": ["lamp", "desk"], "price": 99999})], {}),
    ("only some products", basket(LAMP, DESK), [("product", {"any_of": ["LAMP"]}), TEN], {"lamp": 980}),
    ("all but some", basket(LAMP, DESK), [("product", {"any_of": ["lamp"], "exclude": True}), TEN], {"desk": 1990}),
    ("a category", basket(item("a", 100, categories=["light"]), BULB), [("category", {"any_of": ["light"]}), TEN], {"a": 10}),
    ("a brand", basket(item("a", 100, vendor="Acme"), BULB), [("vendor", {"any_of": ["acme"]}), TEN], {"a": 10}),
    ("a collection", basket(item("a", 100, groups=["collection:new", "x:old"]), BULB), [("collection", {"any_of": ["New"]}), TEN], {"a": 10}),
    ("no other group", basket(item("a", 100, groups=["x:new"])), [("collection", {"any_of": ["new"]}), TEN], {}),
    # two lamps earn one bulb; the gift itself does not count for what is asked
    ("a gift", basket(LAMP, BULB), [("subtotal", {"at_least": 9800}), ("gift", {"products": ["Bulb"]})], {"bulb": 300}),
    ("a gift is no purchase", basket(LAMP, BULB), [("subtotal", {"at_least": 9801}), ("gift", {"products": ["bulb"]})], {}),
    ("a gift and less", basket(LAMP, BULB), [("gift", {"products": ["bulb"], "pieces": 2}), TEN], {"bulb": 600, "lamp": 980}),
    ("a tag", basket(item("a", 100, tags=["sale"]), BULB), [("tag", {"any_of": ["sale", "x"]}), TEN], {"a": 10}),
    ("two filters", basket(item("a", 100, tags=["sale"], vendor="B"), item("c", 100, tags=["sale"])),
     [("tag", {"any_of": ["sale"]}), ("vendor", {"any_of": ["B"]}), TEN], {"a": 10}),
    ("subtotal reached", basket(LAMP), [("subtotal", {"at_least": 9800}), TEN], {"lamp": 980}),
    ("subtotal not reached", basket(LAMP), [("subtotal", {"at_least": 9801}), TEN], {}),
    # only what is selected counts
    ("subtotal of selected", basket(LAMP, DESK), [("product", {"any_of": ["lamp"]}), ("subtotal", {"at_least": 9801}), TEN], {}),
    ("quantity reached", basket(BULB), [("quantity", {"at_least": 5, "at_most": 5}), TEN], {"bulb": 150}),
    ("too many", basket(item("a", 100, 6)), [("quantity", {"at_least": 5, "at_most": 5}), TEN], {}),
    ("the right customer", basket(LAMP, audience=frozenset({"group:vip"})), [("audience", {"any_of": ["group:vip"]}), TEN], {"lamp": 980}),
    ("another customer", basket(LAMP), [("audience", {"any_of": ["group:vip"]}), TEN], {}),
    ("a first order", basket(LAMP), [("first_order", {}), TEN], {"lamp": 980}),
    ("a second order", basket(LAMP, has_ordered=True), [("first_order", {}), TEN], {}),
    ("within hours", basket(LAMP), [("time_window", {"from_time": "12:00", "until_time": "14:00"}), TEN], {"lamp": 980}),
    ("before hours", basket(LAMP), [("time_window", {"from_time": "12:01", "until_time": "14:00"}), TEN], {}),
    ("over midnight", basket(LAMP, now=NOON + timedelta(hours=13)), [("time_window", {"from_time": "22:00", "until_time": "02:00"}), TEN], {"lamp": 980}),
    ("on mondays", basket(LAMP), [("weekday", {"days": ["monday"]}), TEN], {"lamp": 980}),
    ("on tuesdays", basket(LAMP), [("weekday", {"days": ["tuesday"]}), TEN], {}),
    ("two actions", basket(item("a", 1000)), [TEN, ("amount", {"amount": 100})], {"a": 200}),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_the_table_worked_out_by_hand(row):
    _, given_basket, parts, expected = row
    assert off(given_basket, promotion("p", *parts)) == expected


def reasons(outcome):
    return {x.promotion.code: x.reason.code for x in outcome.refused}


def test_a_gift_that_is_not_in_the_cart_waits_only_for_who_has_earned_it():
    given = promotion("p", ("subtotal", {"at_least": 9800}), ("gift", {"products": ["bulb"]}))
    assert reasons(computed(basket(LAMP), given)) == {"p": "choose_gift"}
    assert reasons(computed(basket(item("lamp", 9799)), given)) == {"p": "subtotal_too_small"}
    assert reasons(computed(basket(BULB), given)) == {"p": "nothing_fits"}


def test_promotions_act_on_what_those_before_left():
    first, second = promotion("a", TEN), promotion("b", TEN, priority=5)
    # the higher priority first: 10 % of 1000, then 10 % of 900
    assert off(basket(item("x", 1000)), first, second) == {"x": 190}
    assert [x.promotion.code for x in computed(basket(item("x", 1000)), first, second).applied] == ["b", "a"]


def test_of_an_exclusion_group_one_applies_and_who_does_not_combine_applies_alone():
    a, b = promotion("a", TEN, exclusion_group="g"), promotion("b", TEN, exclusion_group="g")
    alone = promotion("alone", ("amount", {"amount": 1}), combines=False)
    given_basket = basket(item("x", 1000))

    assert reasons(computed(given_basket, a, b)) == {"b": "not_combinable"}
    assert reasons(computed(given_basket, alone, a)) == {"alone": "not_combinable"}
    assert reasons(computed(given_basket, replace(alone, priority=1), a)) == {"a": "not_combinable"}
    assert computed(given_basket, a, b).refused[0].reason.values == {"title": "A"}


def test_what_does_nothing_stands_in_nobodys_way():
    nothing = promotion("a", ("product", {"any_of": ["other"]}), TEN, exclusion_group="g", combines=False)
    outcome = computed(basket(item("x", 1000)), nothing, promotion("b", TEN, exclusion_group="g"))
    assert ([x.total for x in outcome.applied], reasons(outcome)) == ([100], {"a": "nothing_fits"})


def test_each_reason_is_told_by_name():
    late, early = NOON + timedelta(seconds=1), NOON
    refused = [
        promotion("not_yet", TEN, starts_at=late), promotion("over", TEN, ends_at=early),
        promotion("other_currency", TEN, currency="USD"), promotion("nothing_fits", ("tag", {"any_of": ["x"]}), TEN),
        promotion("subtotal_too_small", ("subtotal", {"at_least": 1500}), TEN),
        promotion("subtotal_too_large", ("subtotal", {"at_least": 0, "at_most": 999}), TEN),
        promotion("quantity_too_small", ("quantity", {"at_least": 2}), TEN),
        promotion("other_audience", ("audience", {"any_of": ["x"]}), TEN),
        promotion("wrong_weekday", ("weekday", {"days": ["sunday"]}), TEN),
        promotion("no_effect", ("fixed_price", {"price": 1000})),
    ]  # fmt: skip
    outcome = computed(basket(item("x", 1000)), *refused)
    assert reasons(outcome) == {x.code: x.code for x in refused}
    missing = next(x.reason for x in outcome.refused if x.reason.code == "subtotal_too_small")
    assert str(missing.values["amount"]) == "5.00 EUR"


def test_a_budget_is_not_overdrawn():
    ten = promotion("p", TEN)
    enough, short = (run([Candidate(ten, budget=budget)], basket(item("x", 1000))) for budget in (100, 99))
    assert (enough.off("line-x"), reasons(short)) == (100, {"p": "budget_used_up"})


def test_free_shipping_counts_without_an_amount():
    outcome = computed(basket(item("x", 1000)), promotion("p", ("free_shipping", {})))
    assert [(x.free_shipping, x.amounts) for x in outcome.applied] == [(True, {})]


class Nothing(BaseModel):
    """Values of a kind that needs none."""


def test_a_kind_that_fails_or_asks_too_much_harms_nobody_else():
    def fails(values, basket):
        raise RuntimeError("broken")

    def greedy(values, basket):
        return Effect({"line-x": 10**9, "line-other": 5, "line-y": -7})

    parts = [ActionKind("other.kind", "Other", Nothing, evaluate) for evaluate in (fails, greedy)]
    broken, hungry = (
        replace(promotion(n, TEN), actions=((kind, Nothing()),)) for n, kind in zip("ab", parts, strict=True)
    )
    outcome = computed(basket(item("x", 1000), item("y", 50)), broken, hungry)
    assert reasons(outcome) == {"a": "broken"}
    assert outcome.applied[0].amounts == {"line-x": 1000}


@pytest.mark.parametrize(
    ("kind", "values"),
    [("percentage", {"percent": 0}), ("percentage", {"percent": 101}), ("percentage", {"percent": "1.00001"}),
     ("amount", {"amount": 0}), ("amount", {"amount": -5}), ("buy_get", {"buy": 0}), ("tiered", {"tiers": []}),
     ("tiered", {"tiers": ["10 5"]}), ("bundle_price", {"products": ["one"], "price": 1}), ("percentage", {"percent": 1, "x": 1})],
)  # fmt: skip
def test_values_that_make_no_sense_are_refused(kind, values):
    with pytest.raises(ValidationError):
        ACTIONS[kind].model.model_validate(values)


ITEMS = st.lists(
    st.builds(
        lambda handle, price, quantity, tags: item(handle, price, quantity, tags=tags),
        st.text("abcdef", min_size=1, max_size=3), st.integers(0, 100_000), st.integers(1, 12),
        st.lists(st.sampled_from(["sale", "new"]), max_size=2),
    ),
    min_size=1, max_size=6, unique_by=lambda x: x.handle,
)  # fmt: skip
PERCENT = st.integers(1, 10_000).map(lambda n: Decimal(n).scaleb(-2))
ACTION = st.one_of(
    st.tuples(st.just("percentage"), st.fixed_dictionaries({"percent": PERCENT})),
    st.tuples(st.sampled_from(["amount", "amount_each"]), st.fixed_dictionaries({"amount": st.integers(1, 50_000)})),
    st.tuples(st.just("fixed_price"), st.fixed_dictionaries({"price": st.integers(0, 50_000)})),
    st.tuples(st.just("buy_get"), st.fixed_dictionaries({"buy": st.integers(1, 3), "get": st.integers(1, 3), "percent": PERCENT})),
    st.tuples(st.just("cheapest_free"), st.fixed_dictionaries({"pieces": st.integers(2, 4)})),
    st.tuples(st.just("tiered"), st.just({"tiers": ["2: 5", "6: 25.5"]})),
    st.tuples(st.just("bundle_price"), st.just({"products": ["a", "b"], "price": 500})),
)  # fmt: skip
CONDITION = st.sampled_from(
    [("tag", {"any_of": ["sale"]}), ("subtotal", {"at_least": 1000}), ("quantity", {"at_least": 3})]
)
PROMOTIONS = st.lists(
    st.builds(
        lambda conditions, actions, priority, group, combines: (
            [*conditions, *actions], {"priority": priority, "exclusion_group": group, "combines": combines}
        ),
        st.lists(CONDITION, max_size=1), st.lists(ACTION, min_size=1, max_size=2), st.integers(0, 2),
        st.sampled_from(["", "", "g"]), st.sampled_from([True, True, False]),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(items=ITEMS, made=PROMOTIONS, currency=st.sampled_from(["EUR", "JPY", "KWD"]), seed=st.integers(0, 99))
def test_no_line_is_negative_sums_are_exact_and_the_order_of_lines_never_matters(items, made, currency, seed):
    promotions = [promotion(f"p{n}", *parts, currency=currency, **how) for n, (parts, how) in enumerate(made)]
    given_basket = basket(*items, currency=currency)
    outcome = computed(given_basket, *promotions)

    for line in items:
        assert 0 <= outcome.off(line.key) <= line.subtotal
    assert sum(x.total for x in outcome.applied) == sum(outcome.off(line.key) for line in items)
    shuffled = random.Random(seed).sample(items, len(items))
    assert computed(basket(*shuffled, currency=currency), *reversed(promotions)) == outcome
    groups = [x.promotion.exclusion_group for x in outcome.applied if x.promotion.exclusion_group]
    assert len(groups) == len(set(groups))
    assert len(outcome.applied) <= 1 or all(x.promotion.combines for x in outcome.applied)


@settings(max_examples=60, deadline=None)
@given(items=ITEMS, amount=st.integers(1, 200_000))
def test_an_amount_is_taken_exactly_or_the_whole_cart_is(items, amount):
    given_basket = basket(*items)
    taken = sum(off(given_basket, promotion("p", ("amount", {"amount": amount}))).values())
    assert taken == min(amount, given_basket.subtotal)
