# SPDX-License-Identifier: Apache-2.0
"""One field of the cart takes discount codes, gift cards and what plugins take, and says why it refuses one."""

from datetime import timedelta

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, furnish, ready_cart, system

from shopwright.activation import switch_plugin
from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA
from shopwright_discounts.services import coupons, save_promotion
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput
from shopwright_gift_cards.services import manage


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now())


@pytest.fixture
async def ctx(make_kernel, clock):
    kernel = await make_kernel(
        plugins=[*EVERYTHING, "house_rules"], stores=[ALPHA], clock=clock, config=THEMES
    )
    ctx = await furnish(kernel, "alpha")
    await kernel.settings.save(ctx, "house_rules", {"friends_word": "Ahoy"}, "store")
    for code, minimum in (("TEN", 0), ("BIG", 100_000)):
        given = PromotionInput(
            code.lower(), code.title(), (PartInput("discounts.percentage", {"percent": 10}),),
            conditions=[PartInput("discounts.subtotal", {"at_least": minimum})], needs_coupon=True,
        )  # fmt: skip
        await coupons.add(ctx, await save_promotion.create(ctx, given), code, None)
    return system(kernel, "alpha")


async def test_the_api_takes_codes_of_every_kind_and_limits_guesses(ctx, make_client, clock):
    lamp = await add_product(ctx, price=10_000)
    client = await make_client(ctx.kernel, "alpha")
    card_id, card = await manage.issue(ctx, 2000)
    _, old = await manage.issue(ctx, 100, expires_at=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(hours=2))
    path = f"/api/v1/carts/{await ready_cart(client, {lamp: 1})}"

    answers = [
        await client.send("POST", f"{path}/codes", {"code": x})
        for x in ("nonsense", old, "ten", "BIG", f" {card.lower()} ", "AHOY")
    ]
    bodies = [await answer.json() for answer in answers]
    cart = await client.get_json(path)
    listed = await client.get_json(f"{path}/codes")
    gone = [await client.send("DELETE", f"{path}/codes/{x['code']}") for x in listed]
    again = await client.send("DELETE", f"{path}/codes/discounts.TEN")
    after = await client.get_json(path)
    guesses = [(await client.send("POST", f"{path}/codes", {"code": "guess"})).status for _ in range(5)]

    assert [answer.status for answer in answers] == [422, 422, 201, 201, 201, 201]
    assert [(body["errors"][0]["pointer"], body["code"], body["detail"]) for body in bodies[:2]] == [
        ("/code", "code_unknown", "We do not know this code. Please check it."),
        ("/code", "gift_card_expired", "This gift card has expired."),
    ]
    assert [(body["applies"], body["message"]) for body in bodies[2:]] == [
        (True, "The code TEN is in your cart."),
        (False, "Spend €900.00 more for this offer."),
        (True, f"Gift card •••• {card[-4:]} pays for your order."),
        (True, "Welcome, friend."),
    ]
    assert [(x["code"], x["label"], x["detail"], x["problem"]) for x in listed] == [
        ("discounts.BIG", "BIG", "Big", "Spend €900.00 more for this offer."),
        ("discounts.TEN", "TEN", "Ten", ""),
        (f"gift_cards.{card_id}", f"Gift card •••• {card[-4:]}", "€20.00", ""),
        ("house_rules.friend", "Ahoy", "−10 %", ""),
    ]
    assert (cart["total"]["amount"], cart["due"]["amount"]) == (8100 + 490, 8100 + 490 - 2000)
    assert ([x.status for x in gone], again.status) == ([204] * 4, 404)
    assert after["due"]["amount"] == 10_490
    assert guesses == [422] * 4 + [429]


async def test_one_form_stands_on_the_pages_of_cart_and_checkout_and_says_what_it_takes(ctx, make_client):
    lamp = await add_product(ctx, price=10_000)
    client = await make_client(ctx.kernel, "alpha")
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")

    async def label(path="/cart"):
        page = await (await client.get(path)).text()
        assert page.count('for="cart-code"') == page.count('id="cart-code"')
        return page.partition('for="cart-code">')[2].partition("<")[0]

    page = await (await client.get("/checkout")).text()
    fields = {"cart_id": page.partition('name="cart_id" value="')[2].partition('"')[0], "step": "contact"}
    entered = await client.submit("/checkout", fields | {"code": "big"}, action="/cart/codes")
    told = await (await client.get("/checkout")).text()
    removed = await client.submit(
        "/checkout", fields | {"code": "discounts.BIG"}, action="/cart/codes/remove"
    )
    left = await (await client.get("/checkout")).text()
    everything = [await label(), await label("/checkout"), await label("/de/cart")]
    for plugin in ("house_rules", "gift_cards"):
        await switch_plugin(ctx, plugin, enabled=False)
    alone = await label()
    await switch_plugin(ctx, "discounts", enabled=False)

    assert everything[:2] == ["Discount code, gift card, or word of a friend"] * 2
    assert everything[2] == "Rabattcode, Gutschein oder word of a friend"
    assert (entered.status, entered.headers["Location"]) == (303, "/checkout")
    assert told.count("Spend €900.00 more for this offer.") == 2
    assert (removed.headers["Location"], "Spend €900.00" in left) == ("/checkout", False)
    assert (alone, await label()) == ("Discount code", "")
