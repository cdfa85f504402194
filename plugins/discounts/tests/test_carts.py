# SPDX-License-Identifier: Apache-2.0
"""Promotions and codes in carts and orders, over HTTP: amounts, reasons, limits, and what is given back."""

from datetime import timedelta
from types import SimpleNamespace
from typing import ClassVar

import pytest
from plugins.discounts.tests.conftest import part, promote
from pydantic import BaseModel
from sqlalchemy import text
from tests.shop import add_product, place, ready_cart, system

from shopwright.activation import switch_plugin
from shopwright.doctor_run import examine
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA
from shopwright_catalog import api as catalog
from shopwright_discounts.api import ActionKind, Effect
from shopwright_discounts.services import privacy, redeem, save_promotion
from shopwright_discounts.services.promotions import memory_of
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput
from shopwright_orders import api as orders
from shopwright_orders.services import change_order


@pytest.fixture
async def client(ctx, make_client):
    return await make_client(ctx.kernel, "alpha")


@pytest.fixture
async def lamp(ctx):
    return await add_product(ctx, "lamp", price=4900, stock=50)


async def enter(client, cart_id, code):
    return await client.send("POST", f"/api/v1/carts/{cart_id}/coupons", {"code": code})


async def uses(ctx):
    rows = await ctx.fetch_rows("SELECT code, uses, spent FROM discounts_promotion ORDER BY code")
    found = {row["code"]: (row["uses"], row["spent"]) for row in rows}
    rows = await ctx.fetch_rows("SELECT code, uses FROM discounts_coupon")
    return found | {row["code"]: row["uses"] for row in rows}


async def assert_clean(kernel):
    report = await examine(kernel)
    assert [(f.code, f.offenders, f.error) for f in report.findings if f.offenders or f.error] == []


async def test_a_cart_promotion_and_free_shipping_are_taken_off_with_their_trail(ctx, client, lamp):
    desk = await add_product(ctx, "desk", price=10_001)
    await promote(
        ctx, "big", part("amount", amount=1000), conditions=[part("subtotal", at_least=10_000)], priority=9
    )
    await promote(ctx, "post", part("free_shipping"), conditions=[part("quantity", at_least=2)])

    cart_id = await ready_cart(client, {lamp: 1, desk: 1})
    cart = await client.get_json(f"/api/v1/carts/{cart_id}")

    # 1000 over 4900 : 10001 = 328.8 + 671.2
    assert sorted(line["discount"]["amount"] for line in cart["lines"]) == [329, 671]
    assert (cart["subtotal"]["amount"], cart["shipping"]["amount"], cart["total"]["amount"]) == (
        14_901,
        0,
        13_901,
    )
    line = next(x for x in cart["lines"] if x["sku"] == "LAMP")
    assert [(x["plugin"], x["rule"], x["amount"]["amount"]) for x in line["provenance"]] == [
        ("catalog", "catalog.variant", 4900), ("discounts", "big", -329),
    ]  # fmt: skip
    assert ("discounts", "post", -490) in [
        (x["plugin"], x["rule"], x["amount"]["amount"]) for x in cart["provenance"]
    ]
    order = await (await place(client, cart_id)).json()
    assert order["total"]["amount"] == 13_901
    kept = await orders.order(ctx, order["id"])
    assert [x.rule for x in kept.lines[0].provenance] == ["catalog.variant", "big"]
    assert await uses(ctx) == {"big": (1, 1000), "post": (1, 490)}
    await assert_clean(ctx.kernel)


async def test_a_gift_is_offered_in_the_cart_and_free_once_it_is_in(ctx, client, lamp):
    bulb, mug = await add_product(ctx, "bulb", price=300), await add_product(ctx, "mug", price=900, stock=0)
    gift = part("gift", products=["bulb", "mug", "unknown"])
    await promote(ctx, "present", gift, conditions=[part("subtotal", at_least=4900)])
    cart_id = await ready_cart(client, {lamp: 1})
    path = f"/api/v1/carts/{cart_id}"

    offered = await client.get_json(f"{path}/gifts")
    await client.post_json(f"{path}/lines", {"variant_id": str(bulb), "quantity": 2})
    cart = await client.get_json(path)
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")
    page = await (await client.get("/cart")).text()
    await client.submit("/cart", {"variant_id": str(bulb), "quantity": "1"}, action="/cart/add")

    assert [(x["promotion"], [p["handle"] for p in x["products"]]) for x in offered] == [
        ("present", ["bulb"])
    ]
    assert await client.get_json(f"{path}/gifts") == []
    assert {x["sku"]: x["discount"]["amount"] for x in cart["lines"]} == {"LAMP": 0, "BULB": 300}
    assert "Take this gift" in page
    assert f'name="variant_id" value="{bulb}"' in page
    assert str(mug) not in page
    assert "Take this gift" not in await (await client.get("/cart")).text()
    order = await (await place(client, cart_id)).json()
    assert order["total"]["amount"] == 4900 + 300 + 490
    await assert_clean(ctx.kernel)


async def test_a_code_is_entered_told_why_not_applied_and_removed(ctx, clock, client, lamp):
    await promote(
        ctx, "ten", part("percentage", percent=10), coupon="TEN", conditions=[part("subtotal", at_least=9000)]
    )
    await promote(ctx, "alone", part("amount", amount=100), coupon="ALONE", combines=False)
    await promote(
        ctx, "later", part("amount", amount=100), coupon="LATER", starts_at=clock.now() + timedelta(days=1)
    )
    await promote(ctx, "gone", part("amount", amount=100), coupon="GONE", enabled=False)
    cart_id = await ready_cart(client, {lamp: 1})
    path = f"/api/v1/carts/{cart_id}"

    told = {}
    for code in ("NOPE", "later", "GONE"):
        refused = await enter(client, cart_id, code)
        told[code] = (refused.status, (await refused.json())["code"])
    first = await (await enter(client, cart_id, " t e n ")).json()
    line = (await client.get_json(path))["lines"][0]["id"]
    await client.send("PATCH", f"{path}/lines/{line}", {"quantity": 2})
    cart = await client.get_json(path)
    both = await (await enter(client, cart_id, "alone")).json()
    removed = await client.send("DELETE", f"{path}/coupons/alone")
    twice = await client.send("DELETE", f"{path}/coupons/alone")

    assert told == {
        "NOPE": (422, "coupon_unknown"), "later": (422, "not_yet"), "GONE": (422, "promotion_off"),
    }  # fmt: skip
    assert first == [{
        "code": "TEN", "applies": False, "title": "Ten", "reason_code": "subtotal_too_small",
        "reason": "Spend €41.00 more for this offer.",
    }]  # fmt: skip
    assert cart["discount"]["amount"] == 980
    # “Alone” is tried first, by its code; it does not combine, so the other is left out.
    assert [(x["code"], x["applies"], x["reason_code"]) for x in both] == [
        ("ALONE", True, ""), ("TEN", False, "not_combinable"),
    ]  # fmt: skip
    assert (removed.status, twice.status) == (204, 404)
    assert [x["code"] for x in await client.get_json(f"{path}/coupons")] == ["TEN"]
    assert (await enter(client, "01890000-0000-7000-8000-000000000000", "TEN")).status == 404


async def test_what_is_used_is_held_counted_and_given_back(ctx, clock, client, lamp):
    await promote(
        ctx,
        "ten",
        part("percentage", percent=10),
        coupon="TEN",
        coupon_limit=1,
        limit_per_customer=1,
        budget=500,
    )
    declined_id = await ready_cart(client, {lamp: 1}, outcome="decline")
    await enter(client, declined_id, "TEN")
    declined = await (await place(client, declined_id)).json()
    after_decline = await uses(ctx)
    copied = await client.get_json(f"/api/v1/carts/{declined['next_cart_id']}/coupons")

    cart_id = await ready_cart(client, {lamp: 1}, payment="manual_payment.bank_transfer")
    await enter(client, cart_id, "TEN")
    late_id = await ready_cart(client, {lamp: 1})
    await enter(client, late_id, "TEN")
    order = await (await place(client, cart_id)).json()
    held = await uses(ctx)
    late = await client.get_json(f"/api/v1/carts/{late_id}/coupons")
    refused = await enter(client, await ready_cart(client, {lamp: 1}), "TEN")
    clock.advance(timedelta(seconds=61))
    await redeem.count(ctx)
    states = await ctx.fetch_rows("SELECT state FROM discounts_redemption ORDER BY id")
    seen = await orders.order(ctx, order["id"])
    await change_order.cancel(ctx, order["id"], version=seen.version, reason="changed mind")

    assert declined["code"] == "payment_declined"
    assert after_decline == {"ten": (0, 0), "TEN": 0}
    assert [(x["code"], x["applies"]) for x in copied] == [("TEN", True)]
    assert held == {"ten": (1, 490), "TEN": 1}
    assert [(x["applies"], x["reason_code"]) for x in late] == [(False, "coupon_used_up")]
    assert (refused.status, (await refused.json())["code"]) == (422, "coupon_used_up")
    assert [row["state"] for row in states] == ["released", "counted"]
    assert await uses(ctx) == {"ten": (0, 0), "TEN": 0}
    assert await ctx.fetch_value("SELECT max(uses) FROM discounts_person") == 0
    await assert_clean(ctx.kernel)
    for table, code in (("promotion", "discounts.uses"), ("coupon", "discounts.coupons")):
        await ctx.run(
            lambda session, table=table: session.execute(text(f"UPDATE discounts_{table} SET uses = 1"))
        )
        assert {f.code for f in (await examine(ctx.kernel)).findings if f.offenders} == {code}
        await ctx.run(
            lambda session, table=table: session.execute(text(f"UPDATE discounts_{table} SET uses = 0"))
        )


async def test_a_discount_that_changed_after_it_was_computed_is_not_given(ctx, client, lamp, monkeypatch):
    promotion_id = await promote(
        ctx, "ten", part("percentage", percent=10), conditions=[part("quantity", at_least=1)]
    )
    cart_id = await ready_cart(client, {lamp: 1})
    monkeypatch.setattr(save_promotion, "memory_of", lambda ctx: _Deaf())
    monkeypatch.setattr(save_promotion, "changed", _nothing)
    await save_promotion.update(
        ctx, promotion_id, 1, PromotionInput("ten", "Ten", [part("percentage", percent=90)])
    )

    refused = await place(client, cart_id)
    again = await place(client, cart_id)

    assert (refused.status, [x["code"] for x in (await refused.json())["errors"]]) == (
        422,
        ["promotion_changed"],
    )
    # 90 % off is a promotion of prices by now: the price is another one than was shown.
    assert (again.status, (await again.json())["code"]) == (409, "price_changed")


class _Deaf:
    def forget(self, store_id):
        """Hear nothing."""


async def _nothing(ctx, session):
    """Tell nobody."""


async def test_customers_enter_and_remove_codes_on_the_carts_page(ctx, client, lamp):
    await promote(
        ctx, "ten", part("percentage", percent=10), coupon="TEN", conditions=[part("quantity", at_least=2)]
    )
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")
    cart_page = await (await client.get("/cart")).text()
    cart_id = cart_page.partition('name="cart_id" value="')[2].partition('"')[0]
    unknown = await client.submit("/cart", {"code": "x1", "cart_id": cart_id}, action="/cart/codes")
    told = await (await client.get("/cart")).text()
    entered = await client.submit("/cart", {"code": "ten", "cart_id": cart_id}, action="/cart/codes")
    shown = await (await client.get("/cart")).text()
    await client.submit("/cart", {"code": "discounts.TEN", "cart_id": cart_id}, action="/cart/codes/remove")
    after = await (await client.get("/cart")).text()

    assert (unknown.status, entered.status) == (303, 303)
    assert "We do not know this code. Please check it." in told
    assert '<label class="field__label" for="cart-code">Discount code</label>' in cart_page
    assert '<span class="badge">TEN</span>' in shown
    assert shown.count("Add 1 more for this offer.") == 2
    assert '<span class="badge">TEN</span>' not in after


async def test_a_cart_takes_one_more_statement_when_there_are_codes_and_none_otherwise(
    ctx, client, lamp, query_log
):
    cart_id = await ready_cart(client, {lamp: 2})
    path = f"/api/v1/carts/{cart_id}"

    async def taken():
        await client.get_json(path)
        with query_log.recording():
            await client.get_json(path)
        return len(query_log)

    without = await taken()
    await promote(ctx, "two", part("percentage", percent=5), conditions=[part("quantity", at_least=2)])
    automatic = await taken()
    await promote(
        ctx, "ten", part("percentage", percent=10), coupon="TEN", limit_per_customer=1, budget=100_000
    )
    await enter(client, cart_id, "TEN")
    with_code = await taken()

    # 5 % of 9800 is 490; 10 % of what is left is 931
    assert (await client.get_json(path))["discount"]["amount"] in {490 + 931, 980 + 441}
    assert (automatic - without, with_code - without) == (0, 1)


async def test_a_first_order_is_known_by_account_or_address(ctx, client, lamp):
    await promote(ctx, "hello", part("amount", amount=500), conditions=[part("first_order")])
    totals = [
        (await (await place(client, await ready_cart(client, {lamp: 1}))).json())["total"]["amount"]
        for _ in range(2)
    ]
    assert totals == [4900 - 500 + 490, 4900 + 490]


async def test_a_person_is_told_and_forgotten_and_the_count_stays(ctx, client, lamp):
    await promote(ctx, "ten", part("percentage", percent=10), limit_per_customer=5)
    await place(client, await ready_cart(client, {lamp: 1}))
    person = SimpleNamespace(customer_id=None, email="Ada@example.com")

    told = await privacy.sections(ctx, person)
    erased = await ctx.run(lambda session: privacy.forget(ctx, session, person))
    after = await privacy.sections(ctx, person)

    assert [section.rows for section in told] == [[{"code": "ten", "title": "Ten", "uses": 1}]]
    assert ([x.number for x in erased], after) == ([2], [])
    assert await uses(ctx) == {"ten": (1, 490)}
    assert await ctx.fetch_value("SELECT people FROM discounts_redemption") == []
    await assert_clean(ctx.kernel)


async def test_prices_go_by_the_groups_of_who_is_signed_in_and_by_kinds_of_other_plugins(
    make_kernel, make_client, monkeypatch
):
    kernel = await make_kernel(plugins=["discounts", "customers", "inventory", Neighbour], stores=[ALPHA])
    ctx = system(kernel, "alpha")
    await add_product(ctx, "lamp", price=4900)
    vip = PartInput("discounts.audience", {"any_of": ["group:vip"]})
    await promote(ctx, "vip", PartInput("neighbour.round_down", {"to": 1000}), conditions=[vip])
    client = await make_client(kernel, "alpha")

    before = await client.get_json("/api/v1/products/lamp")
    monkeypatch.setattr(Neighbour, "groups", frozenset({"vip"}))
    promotions = await memory_of(ctx).of(ctx)
    priced = await catalog.product(ctx, "lamp")
    await switch_plugin(ctx, "neighbour", enabled=False)
    after = await catalog.product(system(kernel, "alpha"), "lamp")

    assert before["variants"][0]["price"]["amount"] == 4900
    assert [x.is_catalogue for x in promotions] == [True]
    assert (priced.variants[0].price.amount, priced.variants[0].compare_at.amount) == (4000, 4900)
    assert after.variants[0].price.amount == 4900


class To(BaseModel):
    """What prices are rounded down to."""

    to: int


class Neighbour(Plugin):
    """A kind of action, and what customers are, of another plugin."""

    manifest = Manifest(
        name="neighbour",
        version="1",
        title="Neighbour",
        summary="Rounds down",
        requires=("catalog", "discounts"),
    )
    groups: ClassVar[frozenset[str]] = frozenset()

    @hookimpl
    def promotion_actions(self):
        def down(values, basket):
            return Effect({x.key: x.remaining % (values.to * x.quantity) for x in basket.items})

        return [ActionKind("neighbour.round_down", "Round down", To, down, per_piece=True)]

    @hookimpl
    async def customer_audience(self, ctx):
        return [catalog.Audience(groups=self.groups)]
