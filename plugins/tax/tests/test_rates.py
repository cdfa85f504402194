# SPDX-License-Identifier: Apache-2.0
"""Keeping tax rates: by place, by version, by store."""

from decimal import Decimal

import pytest
from plugins.tax.tests.carts import cart
from tests.shop import system

from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.ids import new_id
from shopwright_orders.api import Address
from shopwright_tax.services.calculate import taxes
from shopwright_tax.services.rates import all_rates, by_id
from shopwright_tax.services.save_rate import RateInput, create, delete, save, update


def address(country, region=""):
    return Address(name="Ada", line1="Street 1", city="Town", country=country, region=region)


async def amounts(ctx, destination, lines=(("standard", 10_000, 1, 0),)):
    result = await taxes(ctx, cart(lines), destination)
    return [(line.label, line.amount.amount, line.detail) for line in result.lines]


async def test_a_regions_own_rate_goes_before_its_countrys(ctx):
    await ctx.kernel.settings.save(ctx, "tax", {"prices_include_tax": False, "home_country": "DE"}, "store")
    for country, percent, label, region in [
        ("US", "4", "State", "NY"), ("US", "1", "Federal", ""), ("DE", "19", "USt", ""),
    ]:  # fmt: skip
        await create(ctx, RateInput(country, Decimal(percent), label, region))
    await create(ctx, RateInput("US", Decimal(2), "Food", category="food"))

    assert await amounts(ctx, address("US", "NY")) == [("State", 400, "US-NY, standard")]
    assert await amounts(ctx, address("US", " ny ")) == [("State", 400, "US-NY, standard")]
    assert await amounts(ctx, address("US", "CA")) == [("Federal", 100, "US, standard")]
    assert await amounts(ctx, address("FR")) == []
    assert await amounts(ctx, None) == [("USt", 1900, "DE, standard")]
    both = [("food", 10_000, 1, 0), ("standard", 10_000, 1, 0)]
    assert await amounts(ctx, address("US", "NY"), both) == [
        ("Food", 200, "US, food"), ("State", 400, "US-NY, standard"),
    ]  # fmt: skip


async def test_a_rate_is_kept_by_version(ctx):
    rate_id = await create(ctx, RateInput("de", Decimal("8.8750"), " VAT ", "be"))
    made = await by_id(ctx, rate_id)
    await update(ctx, rate_id, 1, RateInput("DE", Decimal(9), "VAT", "BE"))

    assert (made.country, made.region, made.label, str(made.percent), made.version) == (
        "DE",
        "BE",
        "VAT",
        "8.875",
        1,
    )
    with pytest.raises(Conflict) as told:
        await update(ctx, rate_id, 1, RateInput("DE", Decimal(10), "VAT", "BE"))
    assert (told.value.error_code, told.value.extra) == ("version_conflict", {"version": 2})
    with pytest.raises(Conflict):
        await delete(ctx, rate_id, 1)
    await delete(ctx, rate_id, 2)
    assert await all_rates(ctx) == []
    with pytest.raises(NotFound):
        await update(ctx, rate_id, 2, RateInput("DE", Decimal(10), "VAT"))
    actions = await ctx.fetch_rows("SELECT action FROM kernel_audit WHERE action LIKE 'tax.%' ORDER BY id")
    assert [row["action"] for row in actions] == ["tax.rate_created", "tax.rate_changed", "tax.rate_deleted"]


async def test_a_place_and_category_has_one_rate(ctx):
    first = await create(ctx, RateInput("DE", Decimal(19), "VAT"))
    other = await create(ctx, RateInput("DE", Decimal(7), "VAT", category="reduced"))
    for attempt in (
        create(ctx, RateInput("de", Decimal(20), "Again")),
        update(ctx, other, 1, RateInput("DE", Decimal(7), "VAT")),
    ):
        with pytest.raises(Conflict) as told:
            await attempt
        assert (told.value.error_code, told.value.errors[0].pointer) == ("rate_exists", "/category")
    assert await ctx.run(lambda session: save(ctx, session, RateInput("DE", Decimal(20), "VAT"))) == first
    assert [str(rate.percent) for rate in await all_rates(ctx)] == ["7", "20"]


@pytest.mark.parametrize(
    ("rate", "pointers"),
    [
        (RateInput("D", Decimal(19), "VAT"), ["/country"]),
        (RateInput("1A", Decimal(19), "VAT"), ["/country"]),
        (RateInput("DE", Decimal("19.00001"), "VAT"), ["/percent"]),
        (RateInput("DE", Decimal(-1), "VAT"), ["/percent"]),
        (RateInput("DE", Decimal("100.0001"), "VAT"), ["/percent"]),
        (RateInput("DE", Decimal("NaN"), "VAT"), ["/percent"]),
        (RateInput("DE", Decimal("Infinity"), "VAT"), ["/percent"]),
        (RateInput("Ä1", Decimal(101), "  "), ["/country", "/percent", "/label"]),
    ],
)
async def test_what_makes_no_sense_is_refused_by_field(ctx, rate, pointers):
    with pytest.raises(Invalid) as told:
        await create(ctx, rate)
    assert [error.pointer for error in told.value.errors] == pointers


async def test_stores_have_their_own_rates(kernel, ctx):
    rate_id = await create(ctx, RateInput("DE", Decimal(19), "VAT"))
    beta = system(kernel, "beta")
    assert await by_id(beta, rate_id) is None
    with pytest.raises(NotFound):
        await delete(beta, rate_id, 1)
    assert await by_id(ctx, new_id()) is None
    assert len(await all_rates(ctx)) == 1
