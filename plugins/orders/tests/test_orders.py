# SPDX-License-Identifier: Apache-2.0
"""What staff do with orders, what the database refuses, and who sees what."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.shop import system

from shopwright.doctor_run import examine
from shopwright.errors import Conflict, NotFound
from shopwright.ids import new_id
from shopwright_orders import api as orders
from shopwright_orders.services import change_order, list_orders

TEST = "manual_payment.test"


async def events_of(ctx, order_id):
    rows = await ctx.fetch_rows(
        "SELECT name FROM kernel_outbox WHERE aggregate_id = $1 ORDER BY seq", order_id
    )
    return [row["name"].removeprefix("orders.") for row in rows]


async def held(ctx):
    return await ctx.fetch_value("SELECT coalesce(sum(reserved + allocated), 0)::int FROM inventory_level")


async def assert_clean(kernel):
    assert [
        (f.code, f.offenders, f.error) for f in (await examine(kernel)).findings if f.offenders or f.error
    ] == []


async def test_money_that_arrives_later_is_recorded_once(kernel, ctx, order_of):
    placed = await order_of()
    before = await orders.order(ctx, placed.id)

    tries = await asyncio.gather(
        *(change_order.mark_paid(ctx, placed.id, before.version) for _ in range(5)), return_exceptions=True
    )

    after = await orders.order(ctx, placed.id)
    assert sorted(type(t).__name__ for t in tries) == ["Conflict"] * 4 + ["NoneType"]
    assert (after.status, after.payment_status, after.version) == ("confirmed", "paid", before.version + 1)
    assert await events_of(ctx, placed.id) == ["order_placed", "order_paid"]
    assert [entry.kind for entry in after.history] == ["placed", "payment_offline", "payment_paid"]
    await assert_clean(kernel)


async def test_cancelling_gives_the_stock_back_and_is_told(kernel, ctx, order_of):
    placed = await order_of()
    assert await held(ctx) == 2
    version = (await orders.order(ctx, placed.id)).version

    await change_order.cancel(ctx, placed.id, version, "Changed their mind")

    after = await orders.order(ctx, placed.id)
    assert (after.status, after.payment_status) == ("cancelled", "voided")
    assert (after.history[-1].kind, after.history[-1].text) == ("cancelled", "Changed their mind")
    assert await held(ctx) == 0
    assert await events_of(ctx, placed.id) == ["order_placed", "order_cancelled"]
    await assert_clean(kernel)


async def test_a_paid_or_waiting_order_is_neither_cancelled_nor_marked(ctx, order_of):
    for outcome in ("succeed", "unknown", "decline"):
        placed = await order_of(TEST, outcome)
        version = (await orders.order(ctx, placed.id)).version
        for attempt in (
            change_order.cancel(ctx, placed.id, version, ""),
            change_order.mark_paid(ctx, placed.id, version),
        ):
            with pytest.raises(Conflict):
                await attempt


async def test_who_saw_an_older_version_is_refused_with_the_new_one(ctx, order_of):
    placed = await order_of()
    version = (await orders.order(ctx, placed.id)).version
    with pytest.raises(Conflict) as told:
        await change_order.cancel(ctx, placed.id, version - 1, "")
    assert (told.value.error_code, told.value.extra) == ("version_conflict", {"version": version})
    with pytest.raises(NotFound):
        await change_order.cancel(ctx, new_id(), 1, "")


async def test_repeating_an_answer_of_the_provider_changes_nothing(ctx, order_of):
    placed = await order_of(TEST, "unknown")
    pending = await orders.pending_payment(ctx, placed.id)
    paid = orders.PaymentResult("paid", "ref-1")

    async def record():
        return await ctx.run(
            lambda session: orders.record_payment(ctx, session, payment_id=pending.payment_id, result=paid)
        )

    outcomes = await asyncio.gather(*(record() for _ in range(5)))

    assert set(outcomes) == {"confirmed"}
    assert await events_of(ctx, placed.id) == ["order_placed", "order_paid"]
    captured = await ctx.fetch_value("SELECT sum(captured)::int FROM orders_payment")
    assert captured == placed.total.amount
    assert await orders.pending_payment(ctx, placed.id) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders_order SET status = 'pending', version = version + 1",
        "UPDATE orders_order SET note = 'x'",
        "UPDATE orders_order SET total = total + 1, version = version + 1",
        "UPDATE orders_line SET quantity = 9",
        "DELETE FROM orders_history",
        "UPDATE orders_payment SET status = 'pending'",
        "UPDATE orders_payment SET captured = amount + 1",
        "UPDATE orders_payment_entry SET amount = 0",
    ],
)
async def test_the_database_refuses_what_must_not_happen(ctx, order_of, statement):
    await order_of(TEST)
    with pytest.raises(DBAPIError):
        async with ctx.transaction() as session:
            await session.execute(text(statement))


async def test_numbers_count_up_in_each_store(ctx, order_of):
    placed = await asyncio.gather(*(order_of() for _ in range(4)))
    assert sorted(p.number for p in placed) == ["1001", "1002", "1003", "1004"]


async def test_a_guest_sees_an_order_by_its_secret_only(kernel, ctx, order_of):
    placed = await order_of()
    other = await order_of()
    assert (await orders.order_for_guest(ctx, placed.id, placed.access_token)).number == placed.number
    for token in ("", "ä", other.access_token, placed.access_token[:-1]):
        assert await orders.order_for_guest(ctx, placed.id, token) is None
    beta = system(kernel, "beta")
    assert await orders.order(beta, placed.id) is None
    assert await orders.order_for_guest(beta, placed.id, placed.access_token) is None


async def test_orders_are_listed_newest_first_page_by_page(ctx, order_of):
    numbers = []
    for _ in range(3):
        numbers.insert(0, (await order_of()).number)
        ctx.clock.advance(1)
    first = await list_orders.page(ctx, limit=2)
    second = await list_orders.page(ctx, limit=2, cursor=first.next_cursor)
    assert [order.number for order in (*first.items, *second.items)] == numbers
    assert second.next_cursor == ""
    assert [o.number for o in (await list_orders.page(ctx, search=numbers[1])).items] == [numbers[1]]
    assert len((await list_orders.page(ctx, search="ADA@example.com")).items) == 3
    assert (await list_orders.page(ctx, status="cancelled")).items == []
