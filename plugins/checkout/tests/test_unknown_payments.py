# SPDX-License-Identifier: Apache-2.0
"""Payments whose answer is lost: the order waits, and a job finds out what became of the money."""

import asyncio
from datetime import timedelta

import pytest
from tests.shop import add_product

from shopwright_checkout.jobs import resolve_payment
from shopwright_checkout.services import place_order
from shopwright_checkout.services.place_order import place
from shopwright_inventory.services import reservations
from shopwright_orders import api as orders


async def decide(ctx, outcome):
    """Have the provider know by now what it did not know before."""
    async with ctx.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"UPDATE manual_payment_test_charge SET outcome = '{outcome}'")


async def states(ctx):
    rows = await ctx.fetch_rows("SELECT status, payment_status FROM orders_order ORDER BY id")
    return [tuple(row) for row in rows]


async def test_an_unknown_outcome_waits_and_keeps_its_stock(ctx, clock, cart_of, stock_of, assert_clean):
    lamp = await add_product(ctx, "lamp", stock=1)

    placed = await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="unknown"))
    clock.advance(timedelta(hours=23))
    await reservations.release_expired(ctx)

    assert (placed.order.status, placed.order.payment_status) == ("pending", "unknown")
    assert await stock_of(lamp) == (1, 1, 0)
    await assert_clean()


@pytest.mark.parametrize(
    ("answer", "order", "stock"),
    [("paid", ("confirmed", "paid"), (1, 0, 1)), ("declined", ("cancelled", "declined"), (1, 0, 0))],
)
async def test_the_job_resolves_what_was_unknown(
    ctx, clock, cart_of, stock_of, assert_clean, answer, order, stock
):
    lamp = await add_product(ctx, "lamp", stock=1)
    await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="unknown"))

    clock.advance(121)
    await ctx.kernel.jobs.drain()
    waiting = await states(ctx)
    await decide(ctx, answer)
    clock.advance(31)
    await ctx.kernel.jobs.drain()

    assert waiting == [("pending", "unknown")]
    assert await states(ctx) == [order]
    assert await stock_of(lamp) == stock
    await assert_clean()


async def test_the_job_asks_only_after_two_minutes_and_leaves_settled_orders_alone(ctx, clock, cart_of):
    lamp = await add_product(ctx, "lamp", stock=2)
    await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="unknown"))
    await place(ctx, await cart_of(ctx, {lamp: 1}))
    before = await ctx.fetch_value("SELECT sum(version) FROM orders_order")
    await decide(ctx, "declined")

    clock.advance(119)
    await ctx.kernel.jobs.drain()
    early = await states(ctx)
    clock.advance(2)
    await ctx.kernel.jobs.drain()

    assert early == [("pending", "unknown"), ("confirmed", "paid")]
    assert await states(ctx) == [("cancelled", "declined"), ("confirmed", "paid")]
    assert await ctx.fetch_value("SELECT sum(version) FROM orders_order") == before + 1


async def test_a_charge_that_never_answers_is_found_out_by_the_job(
    ctx, clock, monkeypatch, cart_of, stock_of, assert_clean
):
    monkeypatch.setattr(place_order, "PAYMENT_TIMEOUT", 0.2)
    lamp = await add_product(ctx, "lamp", stock=1)

    placed = await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="timeout"))
    clock.advance(121)
    await ctx.kernel.jobs.drain()

    assert (placed.order.status, placed.order.payment_status) == ("pending", "unknown")
    assert await states(ctx) == [("confirmed", "paid")]
    assert await ctx.fetch_value("SELECT count(*) FROM manual_payment_test_charge") == 1
    assert await stock_of(lamp) == (1, 0, 1)
    await assert_clean()


async def test_placing_again_after_a_lost_answer_asks_what_became_of_it(
    ctx, monkeypatch, cart_of, assert_clean
):
    monkeypatch.setattr(place_order, "PAYMENT_TIMEOUT", 0.2)
    cart_id = await cart_of(ctx, {await add_product(ctx, "lamp", stock=1): 1}, outcome="timeout")
    first = await place(ctx, cart_id)

    second = await place(ctx, cart_id)

    assert first.order.status == "pending"
    assert (second.order.id, second.order.payment_status) == (first.order.id, "paid")
    assert await ctx.fetch_value("SELECT count(*) FROM manual_payment_test_charge") == 1
    await assert_clean()


async def test_a_process_that_dies_between_order_and_payment_leaves_an_order_the_job_ends(
    ctx, clock, monkeypatch, cart_of, stock_of, assert_clean
):
    async def die(*_):
        raise KeyboardInterrupt

    lamp = await add_product(ctx, "lamp", stock=1)
    cart_id = await cart_of(ctx, {lamp: 1})
    with monkeypatch.context() as patch:
        patch.setattr(place_order, "_authorize", die)
        with pytest.raises(KeyboardInterrupt):
            await place(ctx, cart_id)

    after_crash = await states(ctx), await stock_of(lamp)
    await assert_clean()
    clock.advance(121)
    await ctx.kernel.jobs.drain()

    assert after_crash == ([("pending", "pending")], (1, 1, 0))
    assert await states(ctx) == [("cancelled", "declined")]
    assert await stock_of(lamp) == (1, 0, 0)
    await assert_clean()


async def test_a_declined_order_found_by_the_job_gives_its_cart_back_when_asked(ctx, clock, cart_of):
    cart_id = await cart_of(ctx, {await add_product(ctx, "lamp"): 1}, outcome="unknown")
    await place(ctx, cart_id)
    await decide(ctx, "declined")
    clock.advance(121)
    await ctx.kernel.jobs.drain()

    placed = await asyncio.gather(*(place(ctx, cart_id) for _ in range(3)))

    assert {p.order.payment_status for p in placed} == {"declined"}
    assert len({p.next_cart_id for p in placed} - {None}) == 1


async def test_money_that_comes_after_the_stock_is_gone_confirms_and_is_told(
    ctx, clock, caplog, cart_of, stock_of
):
    lamp = await add_product(ctx, "lamp", stock=1)
    late = await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="unknown"))
    clock.advance(timedelta(hours=25))
    await reservations.release_expired(ctx)
    await place(ctx, await cart_of(ctx, {lamp: 1}))
    await decide(ctx, "paid")

    await ctx.kernel.jobs.drain()

    assert (await orders.order(ctx, late.order.id)).status == "confirmed"
    assert f"order {late.order.number} is paid but its stock is gone" in caplog.text
    assert await stock_of(lamp) == (1, 0, 1)


def test_the_job_goes_on_for_hours():
    waits = [resolve_payment.retry.delay(n) for n in range(1, resolve_payment.retry.attempts)]
    assert waits[0] == 30.0
    assert sum(waits) > 5 * 3600
