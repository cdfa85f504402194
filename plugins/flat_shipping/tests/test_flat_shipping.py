# SPDX-License-Identifier: Apache-2.0
"""Flat rates: by country, free from an amount, in the customer's language."""

import pytest
from plugins.tax.tests.carts import cart
from tests.shop import system

from shopwright.errors import Invalid
from shopwright.money import Money
from shopwright.testing.kernels import ALPHA
from shopwright_flat_shipping.services import demo_settings, quote
from shopwright_orders.api import Address

METHODS = [
    {
        "code": "standard", "label": "Standard", "labels": {"de": "Standardversand"}, "price": 490,
        "free_from": 10_000, "detail": "2–3 days", "details": {"de": "2–3 Tage"},
    },
    {"code": "express", "label": "Express", "price": 990, "countries": ["DE", "AT"]},
]  # fmt: skip


@pytest.fixture
async def kernel(make_kernel):
    kernel = await make_kernel(plugins=["flat_shipping"], stores=[ALPHA])
    await kernel.settings.save(system(kernel, "alpha"), "flat_shipping", {"methods": METHODS}, "store")
    return kernel


def to(country):
    return Address(name="Ada", line1="Street 1", city="Town", country=country)


async def rates(ctx, price, country="DE", discount=0):
    totals = cart([("standard", price, 1, discount)])
    return [(r.code, r.label, r.price, r.detail) for r in await quote(ctx, totals, to(country))]


def eur(amount):
    return Money(amount, "EUR")


async def test_each_method_is_quoted_where_it_ships_to(kernel):
    ctx = system(kernel, "alpha")
    standard = ("flat_shipping.standard", "Standard", eur(490), "2–3 days")
    assert await rates(ctx, 5000) == [standard, ("flat_shipping.express", "Express", eur(990), "")]
    assert await rates(ctx, 5000, "FR") == [standard]


@pytest.mark.parametrize(
    ("price", "discount", "expected"),
    [(9999, 0, 490), (10_000, 0, 0), (10_500, 501, 490), (10_500, 500, 0)],
)
async def test_shipping_is_free_from_what_the_goods_cost_after_discounts(kernel, price, discount, expected):
    ctx = system(kernel, "alpha")
    assert (await rates(ctx, price, "FR", discount))[0][2] == eur(expected)


async def test_names_and_times_are_in_the_customers_language(kernel):
    store = kernel.directory.by_code("alpha")
    german = kernel.context(store, locale="de")
    assert [rate[1::2] for rate in await rates(german, 5000)] == [
        ("Standardversand", "2–3 Tage"),
        ("Express", ""),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": -1}, "price"),
        ({"code": "Not a code"}, "code"),
        ({"label": ""}, "label"),
        ({"free_from": -5}, "free_from"),
    ],
)
async def test_a_method_that_makes_no_sense_is_refused(kernel, change, field):
    ctx = system(kernel, "alpha")
    with pytest.raises(Invalid) as told:
        await kernel.settings.save(ctx, "flat_shipping", {"methods": [METHODS[0] | change]}, "store")
    assert [error.pointer for error in told.value.errors] == [f"/methods/0/{field}"]


def test_demo_methods_take_every_language():
    values = {
        "shipping_methods": [
            {
                "code": "standard",
                "title": {"en": "Standard", "de": "Standardversand"},
                "price": 490,
                "free_from": 5000,
            }
        ]
    }
    method = demo_settings(values)["methods"][0]
    assert (method["label"], method["labels"]["de"], method["free_from"], method["countries"]) == (
        "Standard", "Standardversand", 5000, (),
    )  # fmt: skip
    assert demo_settings({}) == {"methods": []}
