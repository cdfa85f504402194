# SPDX-License-Identifier: Apache-2.0
"""What a copy holds of orders and carts, what of them is forgotten, and segments that go by orders."""

import re
from datetime import timedelta

import pytest
from plugins.checkout.tests.conftest import make_cart
from tests.shop import add_product, place, ready_cart

from shopwright_customers.api import Condition, Subject, customers_in
from shopwright_customers.services import privacy, segments
from shopwright_orders import api as orders

ACCOUNT = {"email": "ada@example.com", "password": "four lamps beside water", "name": "Ada"}


@pytest.fixture
async def lamp(ctx):
    return await add_product(ctx, "lamp", stock=100)


@pytest.fixture
async def order_by(kernel, ctx, make_client, lamp):
    """Places an order in a browser; gives its id."""

    async def order(client, quantity=1):
        placed = await place(client, await ready_cart(client, {lamp: quantity}))
        assert placed.status == 201, await placed.text()
        return (await placed.json())["id"]

    return order


def outcomes(found) -> dict[str, tuple[str, int]]:
    return {outcome.code: (outcome.action, outcome.number) for outcome in found}


async def test_a_person_is_copied_and_forgotten_with_orders_and_carts(
    ctx, kernel, make_client, order_by, clock, lamp, assert_clean, query_log
):
    shopper, guest = await make_client(kernel, "alpha"), await make_client(kernel, "alpha")
    old = await order_by(guest)
    clock.advance(timedelta(days=11 * 366).total_seconds())
    made = await shopper.post_json("/api/v1/customers", ACCOUNT)
    customer_id = await ctx.fetch_value("SELECT id FROM customers_customer")
    own, cart_id = await order_by(shopper, 2), await make_cart(ctx, {lamp: 1})
    for code, kind, values in (
        ("once", "orders.count", {"orders": 1}), ("twice", "orders.count", {"orders": 2}),
        ("spent", "orders.spent", {"amount": 10_290}), ("more", "orders.spent", {"amount": 10_291}),
    ):  # fmt: skip
        await segments.create(ctx, code=code, title=code, match="all", conditions=[Condition(kind, values)])
    inside = [
        code for code in ("once", "twice", "spent", "more") if await customers_in(ctx, code, [customer_id])
    ]

    alone = (await privacy.export(ctx, Subject(customer_id, ""))).text
    whole = (await privacy.export(ctx, Subject(customer_id, "ada@example.com"))).text
    early = outcomes(await privacy.erase(ctx, Subject(customer_id, "ada@example.com")))
    untouched = await orders.order(ctx, own)
    clock.advance(timedelta(days=31).total_seconds())
    young = await order_by(guest)
    late = outcomes(await privacy.erase(ctx, Subject(None, "ADA@example.com")))
    again = outcomes(await privacy.erase(ctx, Subject(None, "ada@example.com")))
    bills = {id_: await orders.order(ctx, id_) for id_ in (old, own, young)}
    cart = await ctx.fetch_rows(
        "SELECT email::text, shipping_address, payment_data::text FROM checkout_cart WHERE id = $1", cart_id
    )

    assert made["name"] == "Ada"
    assert inside == ["once", "spent"]
    assert (alone.count('"number"'), whole.count('"number"')) == (1, 2)
    assert (
        alone.count('"code":"checkout.carts"'),
        whole.count("Hafenstraße 7") > alone.count("Hafenstraße 7"),
    ) == (1, True)
    assert early["orders.contact"] == ("erased", 1)
    assert (early["orders.open"], early["customers.account"]) == (("kept", 1), ("erased", 1))
    assert early["checkout.carts"] == ("erased", 3)
    assert "orders.bills" not in early
    assert (untouched.email, untouched.shipping_address.line1) == ("ada@example.com", "Hafenstraße 7")
    assert (late["orders.contact"], late["orders.bills"], late["orders.open"]) == (
        ("erased", 1), ("kept", 1), ("kept", 1),
    )  # fmt: skip
    assert late["orders.ledger"][0] == "kept"
    assert (again["orders.contact"], again["orders.open"]) == (("erased", 0), ("kept", 1))
    assert (bills[old].email, bills[old].billing_address.name, bills[old].billing_address.country) == (
        "",
        "",
        "DE",
    )
    assert (bills[own].email, bills[own].shipping_address.name) == ("", "")
    assert (bills[own].billing_address.name, bills[own].billing_address.line1) == (
        "Ada Shopper",
        "Hafenstraße 7",
    )
    assert (bills[own].customer_id, bills[own].total.amount) == (None, 10_290)
    assert bills[young].email == "ada@example.com"
    assert [tuple(row) for row in cart] == [("", None, "{}")]
    await assert_clean()


async def test_earlier_guest_orders_are_the_accounts_once_its_address_is_confirmed_and_not_before(
    ctx, kernel, make_client, order_by, mail_sink
):
    guest, shopper = await make_client(kernel, "alpha"), await make_client(kernel, "alpha")
    order_id = await order_by(guest)
    await shopper.post_json("/api/v1/customers", ACCOUNT)
    customer_id = await ctx.fetch_value("SELECT id FROM customers_customer")
    await kernel.jobs.drain()
    before = await orders.orders_of_customer(ctx, customer_id)

    await shopper.submit("/account/privacy", {}, action="/account/privacy/confirm")
    token = re.search(r"/account/confirm/(\S+)", mail_sink[-1].text)[1]
    await shopper.submit(f"/account/confirm/{token}", {})
    await kernel.jobs.drain()
    later = await order_by(guest)

    assert before == []
    assert [str(order.id) for order in await orders.orders_of_customer(ctx, customer_id)] == [order_id]
    assert (await orders.order(ctx, later)).customer_id is None
