# SPDX-License-Identifier: Apache-2.0
"""Paying with stored value: in part or whole, held with the order, taken when it is paid, given back when it fails."""

from typing import ClassVar
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError
from tests.shop import EVERYTHING, THEMES, add_product, furnish, place, ready_cart

from shopwright.doctor_run import examine
from shopwright.errors import Rejection
from shopwright.money import Money
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA
from shopwright_checkout.api import StoredValue
from shopwright_orders import api as orders
from shopwright_orders.services import change_order


class Vouchers(Plugin):
    """Everybody has a voucher; what of it an order holds is written down here."""

    manifest = Manifest(
        name="vouchers", version="1.0", title="Vouchers", summary="Vouchers", requires=("checkout", "orders")
    )
    worth: ClassVar[int] = 0
    held: ClassVar[dict[UUID, int]] = {}
    is_spent: ClassVar[bool] = False
    """Whether somebody else has used it by the time an order is placed."""
    conflicts: ClassVar[int] = 0
    """How many transactions meet a deadlock."""

    @hookimpl
    async def stored_value(self):
        free = self.worth - sum(self.held.values())
        return [
            StoredValue("vouchers.one", "Voucher ONE", Money(free, "EUR")),
            StoredValue("vouchers.foreign", "Voucher in dollars", Money(free, "USD")),
        ]

    @hookimpl
    async def order_placing(self, order):
        if Vouchers.conflicts:
            Vouchers.conflicts -= 1
            raise OperationalError("", {}, Deadlock())
        wanted = sum(x.amount.amount for x in order.stored)
        if self.is_spent:
            return [Rejection("vouchers.empty", "The voucher was used meanwhile.", "vouchers")]
        self.held[order.id] = wanted
        return []

    @hookimpl
    async def order_cancelling(self, order_id):
        del self.held[order_id]
        return ["the voucher"]


class Deadlock(Exception):
    sqlstate = "40P01"


@pytest.fixture
async def shop(make_kernel, make_client):
    Vouchers.is_spent, Vouchers.conflicts = False, 0
    Vouchers.held.clear()
    kernel = await make_kernel(plugins=[*EVERYTHING, Vouchers], stores=[ALPHA], config=THEMES)
    ctx = await furnish(kernel, "alpha")
    return ctx, await add_product(ctx, "lamp", price=4900), await make_client(kernel, "alpha")


async def payments(ctx, order_id):
    sql = "SELECT method, status, amount, captured FROM orders_payment WHERE order_id = $1 ORDER BY stored"
    return [tuple(row) for row in await ctx.fetch_rows(sql, order_id)]


async def placed(client, cart_id):
    answer = await place(client, cart_id)
    assert answer.status == 201, await answer.text()
    return UUID((await answer.json())["id"])


async def test_a_part_is_paid_with_it_and_the_rest_by_the_chosen_way(shop):
    ctx, lamp, client = shop
    Vouchers.worth = 2000
    cart_id = await ready_cart(client, {lamp: 1})
    cart = await client.get_json(f"/api/v1/carts/{cart_id}")
    assert (cart["total"]["amount"], cart["due"]["amount"]) == (5390, 3390)
    assert [(x["method"], x["amount"]["amount"]) for x in cart["stored"]] == [("vouchers.one", 2000)]

    order_id = await placed(client, cart_id)

    assert await payments(ctx, order_id) == [
        ("manual_payment.test", "paid", 3390, 3390),
        ("vouchers.one", "paid", 2000, 2000),
    ]
    order = await orders.order(ctx, order_id)
    assert (order.due.amount, [x.label for x in order.stored]) == (3390, ["Voucher ONE"])
    assert (await examine(ctx.kernel)).status == "clean"


async def test_when_it_pays_for_all_no_provider_is_asked(shop):
    ctx, lamp, client = shop
    Vouchers.worth = 10_000
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")
    cart_id = await ready_cart(client, {lamp: 1}, payment="manual_payment.test", outcome="decline")

    order_id = await placed(client, cart_id)

    assert [(status, amount) for _, status, amount, _ in await payments(ctx, order_id)] == [
        ("paid", 0),
        ("paid", 5390),
    ]
    assert Vouchers.held == {order_id: 5390}


async def test_it_is_given_back_when_the_rest_is_declined_and_when_staff_cancel(shop):
    ctx, lamp, client = shop
    Vouchers.worth = 2000
    declined = await place(client, await ready_cart(client, {lamp: 1}, outcome="decline"))
    order_id = UUID((await declined.json())["order_id"])
    assert (declined.status, Vouchers.held) == (409, {})
    assert [x[1] for x in await payments(ctx, order_id)] == ["declined", "voided"]

    order_id = await placed(
        client, await ready_cart(client, {lamp: 1}, payment="manual_payment.bank_transfer")
    )
    assert [x[1] for x in await payments(ctx, order_id)] == ["offline", "authorized"]
    await change_order.cancel(ctx, order_id, (await orders.order(ctx, order_id)).version, "no lamp")
    assert [x[1] for x in await payments(ctx, order_id)] == ["voided", "voided"]

    order_id = await placed(
        client, await ready_cart(client, {lamp: 1}, payment="manual_payment.bank_transfer")
    )
    await change_order.mark_paid(ctx, order_id, (await orders.order(ctx, order_id)).version)
    assert [x[1] for x in await payments(ctx, order_id)] == ["paid", "paid"]
    assert (await examine(ctx.kernel)).status == "clean"


async def test_an_objection_while_placing_undoes_the_order_and_a_deadlock_is_tried_again(shop):
    ctx, lamp, client = shop
    Vouchers.worth = 2000
    cart_id = await ready_cart(client, {lamp: 1})
    before = await ctx.fetch_value("SELECT count(*) FROM orders_order")

    Vouchers.is_spent = True
    refused = await place(client, cart_id)
    Vouchers.is_spent, Vouchers.conflicts = False, 2
    order_id = await placed(client, cart_id)

    assert (refused.status, [x["code"] for x in (await refused.json())["errors"]]) == (
        422,
        ["vouchers.empty"],
    )
    assert before == 0
    assert await ctx.fetch_value("SELECT count(*) FROM orders_order") == 1
    assert Vouchers.held[order_id] == 2000
    assert ctx.kernel.problems.for_store(ctx.store.id) == []
