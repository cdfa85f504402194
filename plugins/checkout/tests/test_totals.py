# SPDX-License-Identifier: Apache-2.0
"""What a cart costs and why: each amount says which plugin and rule made it, and they add up."""

from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

import pytest
from tests.shop import EVERYTHING, add_product, furnish

from shopwright.money import Money
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Fee, TaxResult
from shopwright_checkout.services import carts
from shopwright_checkout.services.place_order import place
from shopwright_checkout.services.totals import calculate, check_tax
from shopwright_orders import api as orders
from shopwright_tax.services.save_rate import RateInput, save


class Extras(Plugin):
    """Takes a tenth off each line, and charges for wrapping."""

    manifest: ClassVar[Manifest] = Manifest(
        name="extras", version="2.3.4", title="Extras", summary="For tests.", requires=("checkout",)
    )

    @hookimpl
    async def cart_process(self, ctx, value, stage):
        if stage != "discounts":
            return None
        return replace(
            value,
            lines=tuple(
                replace(line, discount=Money(line.unit_price.amount * line.quantity // 10, value.currency))
                for line in value.lines
            ),
        )

    @hookimpl
    async def cart_fees(self, ctx):
        return [Fee("extras.wrapping", "Gift wrapping", Money(300, "EUR"))]


@pytest.fixture
async def kernel(make_kernel, clock):
    return await make_kernel(plugins=[*EVERYTHING, Extras], stores=[ALPHA], clock=clock)


@pytest.fixture
async def ctx(kernel):
    ctx = await furnish(kernel, "alpha")
    rate = RateInput("DE", Decimal(19), "19 % VAT")
    await ctx.run(lambda session: save(ctx, session, rate))
    return ctx


async def totals_of(ctx, cart_id):
    cart = await carts.read(ctx, cart_id)
    variants = await catalog.variants(ctx, [line.variant_id for line in cart.lines])
    return (await calculate(ctx, cart, variants)).totals


def trail(provenance):
    return [(p.plugin, p.version, p.rule, p.amount.amount, p.detail) for p in provenance]


async def test_each_amount_names_its_plugin_version_and_rule(ctx, cart_of):
    lamp, desk = await add_product(ctx, "lamp", price=4900), await add_product(ctx, "desk", price=20_000)

    totals = await totals_of(ctx, await cart_of(ctx, {lamp: 2, desk: 1}))

    assert [trail(line.provenance) for line in totals.lines] == [
        [("catalog", "0.1.0", "catalog.variant", 4900, "")],
        [("catalog", "0.1.0", "catalog.variant", 20_000, "")],
    ]
    # 9800 + 20000 = 29800, a tenth off 2980, shipping 490, wrapping 300: 27610; × 19 / 119 = 4408.3
    assert trail(totals.provenance) == [
        ("extras", "2.3.4", "discounts", -2980, ""),
        ("flat_shipping", "0.1.0", "flat_shipping.standard", 490, ""),
        ("extras", "2.3.4", "extras.wrapping", 300, "Gift wrapping"),
        ("tax", "0.1.0", "19 % VAT", 4408, "DE, standard"),
    ]
    assert (totals.subtotal.amount, totals.discount.amount, totals.total.amount) == (29_800, 2980, 27_610)


async def test_a_placed_order_keeps_the_trail_and_its_amounts_add_up(ctx, cart_of, assert_clean):
    cart_id = await cart_of(ctx, {await add_product(ctx, "lamp", price=4900): 2})
    totals = await totals_of(ctx, cart_id)

    placed = await place(ctx, cart_id)
    order = await orders.order(ctx, placed.order.id)

    assert order.provenance == totals.provenance
    assert [line.provenance for line in order.lines] == [line.provenance for line in totals.lines]
    assert order.total == totals.total
    assert order.total == order.subtotal - order.discount + order.shipping + order.fees
    # 8820 + 490 + 300 = 9610; × 19 / 119 = 1534.4; the share of the wrapping: 300 × 1534 / 9610 = 47.9
    assert [(x.code, x.label, x.amount.amount, x.tax.amount) for x in order.fee_lines] == [
        ("extras.wrapping", "Gift wrapping", 300, 48)
    ]
    assert [(x.amount.amount, x.provenance.plugin, x.provenance.version) for x in order.tax_lines] == [
        (1534, "tax", "0.1.0")
    ]
    assert order.fees.amount == 300
    await assert_clean()


async def test_a_product_that_is_gone_is_left_out_and_named(ctx, cart_of):
    lamp, desk = await add_product(ctx, "lamp"), await add_product(ctx, "desk")
    cart_id = await cart_of(ctx, {lamp: 1, desk: 1})
    await add_product(ctx, "desk", published=False)
    cart = await carts.read(ctx, cart_id)

    found = await calculate(ctx, cart, await catalog.variants(ctx, [lamp, desk]))

    assert [line.variant.id for line in found.totals.lines] == [lamp]
    assert found.missing == (cart.lines[1].id,)


def test_taxes_whose_parts_are_not_their_whole_are_refused():
    wrong = TaxResult(included=True, by_line={}, on_shipping=Money(1, "EUR"), lines=())
    with pytest.raises(
        ValueError, match="tax by line, fee and shipping is 0.01 EUR, tax by rate is 0.00 EUR"
    ):
        check_tax(wrong, "EUR")
