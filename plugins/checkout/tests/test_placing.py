# SPDX-License-Identifier: Apache-2.0
"""Placing an order: one order whatever happens, and nothing held that is not ordered."""

import asyncio

import pytest
from tests.shop import add_product

from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.ids import new_id
from shopwright_checkout.services import carts
from shopwright_checkout.services.place_order import PriceChanged, place
from shopwright_inventory.api import OutOfStock


async def counts(ctx):
    rows = await ctx.fetch_rows(
        "SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM orders_payment_entry), "
        "(SELECT count(*) FROM inventory_reservation WHERE state <> 'released'), "
        "(SELECT count(*) FROM kernel_outbox WHERE name LIKE 'orders.%')"
    )
    return tuple(rows[0])


async def test_a_paid_order_is_confirmed_and_its_stock_allocated(ctx, cart_of, stock_of, assert_clean):
    lamp = await add_product(ctx, "lamp", price=4900, stock=3)

    placed = await place(ctx, await cart_of(ctx, {lamp: 2}))

    assert (placed.order.status, placed.order.payment_status) == ("confirmed", "paid")
    assert placed.order.total.amount == 2 * 4900 + 490
    assert placed.next_cart_id is None
    assert await stock_of(lamp) == (3, 0, 2)
    assert await counts(ctx) == (1, 1, 1, 2)
    await assert_clean()


async def test_placing_twice_gives_the_same_order(ctx, cart_of, assert_clean):
    cart_id = await cart_of(ctx, {await add_product(ctx, "lamp"): 1})

    first, second = await place(ctx, cart_id), await place(ctx, cart_id)

    assert first == second
    assert await counts(ctx) == (1, 1, 1, 2)
    await assert_clean()


@pytest.mark.parametrize("outcome", ["succeed", "decline"])
async def test_placing_twenty_times_at_once_gives_one_order(ctx, cart_of, stock_of, assert_clean, outcome):
    lamp = await add_product(ctx, "lamp", stock=5)
    cart_id = await cart_of(ctx, {lamp: 1}, outcome=outcome)

    placed = await asyncio.gather(*(place(ctx, cart_id) for _ in range(20)))

    assert len({p.order.id for p in placed}) == 1
    assert (await counts(ctx))[:2] == (1, 1)
    assert await ctx.fetch_value("SELECT count(*) FROM manual_payment_test_charge") == 1
    copies = {p.next_cart_id for p in placed}
    assert len(copies) == 1
    assert await ctx.fetch_value("SELECT count(*) FROM checkout_cart") == (1 if outcome == "succeed" else 2)
    assert await stock_of(lamp) == (5, 0, 1 if outcome == "succeed" else 0)
    await assert_clean()


async def test_a_declined_payment_cancels_the_order_and_reopens_the_cart(
    ctx, cart_of, stock_of, assert_clean
):
    lamp = await add_product(ctx, "lamp", stock=1)
    cart_id = await cart_of(ctx, {lamp: 1}, outcome="decline")

    declined = await place(ctx, cart_id)
    again = await place(ctx, cart_id)

    assert (declined.order.status, declined.order.payment_status) == ("cancelled", "declined")
    assert declined.order.payment_message == "The payment was declined. Please try another way."
    assert await stock_of(lamp) == (1, 0, 0)
    old, copy = await carts.read(ctx, cart_id), await carts.read(ctx, declined.next_cart_id)
    assert (old.status, copy.status) == ("placed", "open")
    assert [(x.variant_id, x.quantity, x.shown_price) for x in copy.lines] == [
        (x.variant_id, x.quantity, x.shown_price) for x in old.lines
    ]
    assert (copy.email, copy.shipping_address, copy.shipping_code) == (
        old.email, old.shipping_address, old.shipping_code,
    )  # fmt: skip
    assert again == declined
    await assert_clean()


async def test_a_reopened_cart_can_be_ordered(ctx, cart_of, stock_of, assert_clean):
    lamp = await add_product(ctx, "lamp", stock=1)
    declined = await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="decline"))
    await carts.update(ctx, declined.next_cart_id, {"payment_data": {"outcome": "succeed"}})

    second = await place(ctx, declined.next_cart_id)

    assert second.order.status == "confirmed"
    assert second.order.id != declined.order.id
    assert await stock_of(lamp) == (1, 0, 1)
    await assert_clean()


async def test_an_offline_payment_confirms_without_money(ctx, cart_of, assert_clean):
    lamp = await add_product(ctx, "lamp")
    placed = await place(ctx, await cart_of(ctx, {lamp: 1}, payment="manual_payment.bank_transfer"))

    assert (placed.order.status, placed.order.payment_status) == ("confirmed", "offline")
    assert await counts(ctx) == (1, 1, 1, 1)
    await assert_clean()


async def test_a_changed_price_is_told_with_old_and_new_and_writes_nothing(ctx, cart_of):
    lamp = await add_product(ctx, "lamp", price=4900)
    cart_id = await cart_of(ctx, {lamp: 1})
    await add_product(ctx, "lamp", price=5900)

    with pytest.raises(PriceChanged) as told:
        await place(ctx, cart_id)

    old, new = {"amount": 4900, "currency": "EUR"}, {"amount": 5900, "currency": "EUR"}
    assert told.value.extra == {"lines": [{"variant_id": str(lamp), "old": old, "new": new}]}
    assert await counts(ctx) == (0, 0, 0, 0)
    assert (await carts.read(ctx, cart_id)).status == "open"
    await carts.accept_prices(ctx, cart_id)
    assert (await place(ctx, cart_id)).order.total.amount == 5900 + 490


async def test_what_is_sold_meanwhile_is_refused_with_what_is_left(ctx, cart_of, stock_of, assert_clean):
    lamp, desk = await add_product(ctx, "lamp", stock=3), await add_product(ctx, "desk", stock=3)
    late = await cart_of(ctx, {desk: 1, lamp: 3})
    await place(ctx, await cart_of(ctx, {lamp: 2}))

    with pytest.raises(OutOfStock) as told:
        await place(ctx, late)

    assert told.value.status == 409
    assert told.value.extra == {"lines": [{"variant_id": str(lamp), "requested": 3, "left": 1}]}
    assert (await carts.read(ctx, late)).status == "open"
    assert (await stock_of(desk), await stock_of(lamp)) == ((3, 0, 0), (3, 0, 2))
    assert (await counts(ctx))[0] == 1
    await assert_clean()


async def test_a_product_taken_off_sale_is_refused_with_its_line(ctx, cart_of):
    lamp = await add_product(ctx, "lamp")
    cart_id = await cart_of(ctx, {lamp: 1})
    await add_product(ctx, "lamp", published=False)
    line = (await carts.read(ctx, cart_id)).lines[0]

    with pytest.raises(Conflict) as told:
        await place(ctx, cart_id)

    assert told.value.error_code == "not_for_sale"
    assert told.value.extra == {"lines": [str(line.id)]}
    assert await counts(ctx) == (0, 0, 0, 0)


async def test_a_cart_that_is_not_complete_names_what_is_missing(ctx, cart_of):
    cart_id = await cart_of(ctx, {await add_product(ctx, "lamp"): 1})
    seen = []
    for values in ({"payment_method": "nobody.knows"}, {"shipping_code": ""}, {"email": ""}):
        await carts.update(ctx, cart_id, values)
        with pytest.raises(Invalid) as told:
            await place(ctx, cart_id)
        seen.append([error.pointer for error in told.value.errors])
    assert seen == [["/payment_method"], ["/shipping_code"], ["/email"]]
    with pytest.raises(NotFound):
        await place(ctx, new_id())


async def test_the_last_one_goes_to_one_of_many(ctx, cart_of, stock_of, assert_clean):
    lamp = await add_product(ctx, "lamp", stock=1)
    wanted = [await cart_of(ctx, {lamp: 1}) for _ in range(6)]

    placed = await asyncio.gather(*(place(ctx, cart_id) for cart_id in wanted), return_exceptions=True)

    assert sorted(type(p).__name__ for p in placed) == ["OutOfStock"] * 5 + ["Placement"]
    assert await stock_of(lamp) == (1, 0, 1)
    await assert_clean()
