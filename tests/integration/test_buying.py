# SPDX-License-Identifier: Apache-2.0
"""From an empty cart to a placed order, over HTTP."""

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, bearer, furnish, place, ready_cart, system

from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA, BETA


@pytest.fixture
async def kernel(make_kernel):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA, BETA], config=THEMES)
    assert kernel.registry.problems == []
    await furnish(kernel, "alpha")
    return kernel


async def assert_clean(kernel):
    report = await examine(kernel)
    wrong = [(f.code, f.store, f.offenders, f.error) for f in report.findings if f.offenders or f.error]
    assert wrong == []


async def test_a_guest_orders_through_the_api(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp", price=4900, stock=3)
    client = await make_client(kernel, "alpha")
    cart_id = await ready_cart(client, {lamp: 2})

    response = await place(client, cart_id)

    order = await response.json()
    assert (response.status, order["status"], order["payment_status"]) == (201, "confirmed", "paid")
    assert order["total"] == {"amount": 2 * 4900 + 490, "currency": "EUR"}
    shown = await client.get_json(f"/api/v1/orders/{order['id']}?token={order['access_token']}")
    assert [(line["title"], line["quantity"]) for line in shown["lines"]] == [("Lamp", 2)]
    headers = await bearer(system(kernel, "alpha"), "orders.order.view")
    (plain,) = (await client.get_json("/api/admin/v1/orders", headers=headers))["items"]
    (whole,) = (await client.get_json("/api/admin/v1/orders?include=lines", headers=headers))["items"]
    assert ("lines" in plain, whole["lines"]) == (False, shown["lines"])
    await assert_clean(kernel)


async def test_a_guest_orders_through_the_pages_without_javascript(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp", price=4900, stock=3)
    client = await make_client(kernel, "alpha")

    added = await client.submit(
        "/products/lamp", {"variant_id": str(lamp), "quantity": "2"}, action="/cart/add"
    )
    assert (added.status, added.headers["Location"]) == (303, "/cart")
    cart = await (await client.get("/cart")).text()
    assert "Lamp is in your cart." in cart
    address = {
        "email": "ada@example.com", "name": "Ada", "line1": "Hafenstraße 7", "city": "Lübeck", "country": "de",
        "postal_code": "23552",
    }  # fmt: skip
    step = await client.submit("/checkout", address)
    assert step.headers["Location"] == "/checkout/delivery", await step.text()
    step = await client.submit("/checkout/delivery", {"shipping_code": "flat_shipping.standard"})
    assert step.headers["Location"] == "/checkout/payment"
    fields = {"payment_method": "manual_payment.test", "manual_payment.test:outcome": "succeed"}
    dearer = await client.submit("/checkout/payment", {**fields, "due": "10289"})
    assert dearer.headers["Location"] == "/checkout/payment"
    asked = await (await client.get("/checkout/payment")).text()
    assert "A price has changed since you saw it." in asked
    assert '<input type="hidden" name="due" value="10290">' in asked
    done = await client.submit("/checkout/payment", {**fields, "due": "10290"})

    assert done.status == 303
    assert done.headers["Location"].startswith("/orders/")
    confirmation = await (await client.get(done.headers["Location"])).text()
    assert "Thank you for your order" in confirmation
    assert "€102.90" in confirmation
    await assert_clean(kernel)


async def test_an_address_with_a_mistake_is_kept_and_told(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp")
    client = await make_client(kernel, "alpha")
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")

    answer = await client.submit("/checkout", {"email": "no-address", "name": "Ada", "country": "ZZ"})

    text = await answer.text()
    assert answer.status == 422
    assert 'value="no-address"' in text
    assert 'id="error-email"' in text
    assert 'id="error-country"' in text


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 1.5, "2", True])
async def test_a_quantity_that_makes_no_sense_is_refused_with_its_field(kernel, make_client, quantity):
    lamp = await add_product(system(kernel, "alpha"), "lamp")
    client = await make_client(kernel, "alpha")
    cart = await client.post_json("/api/v1/carts")

    body = {"variant_id": str(lamp), "quantity": quantity}
    response = await client.send("POST", f"/api/v1/carts/{cart['id']}/lines", body)

    problem = await response.json()
    assert response.status == 422
    assert [error["pointer"] for error in problem["errors"]] == ["/quantity"]


async def test_unknown_and_foreign_things_are_not_found(kernel, make_client):
    await furnish(kernel, "beta")
    foreign = await add_product(system(kernel, "beta"), "tent")
    client, other = await make_client(kernel, "alpha"), await make_client(kernel, "beta")
    cart = await client.post_json("/api/v1/carts")

    add = await client.send(
        "POST", f"/api/v1/carts/{cart['id']}/lines", {"variant_id": str(foreign), "quantity": 1}
    )
    seen = await other.get(f"/api/v1/carts/{cart['id']}")
    nowhere = await client.get("/api/v1/carts/01890000-0000-7000-8000-000000000000")

    assert (add.status, seen.status, nowhere.status) == (404, 404, 404)


async def test_what_is_not_in_stock_is_refused_with_what_is_left(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp", stock=2)
    client = await make_client(kernel, "alpha")
    cart = await client.post_json("/api/v1/carts")

    body = {"variant_id": str(lamp), "quantity": 3}
    response = await client.send("POST", f"/api/v1/carts/{cart['id']}/lines", body)

    problem = await response.json()
    assert (response.status, problem["code"]) == (409, "out_of_stock")
    assert problem["lines"] == [{"variant_id": str(lamp), "requested": 3, "left": 2}]


async def test_a_changed_price_is_told_and_not_charged(kernel, make_client):
    ctx = system(kernel, "alpha")
    lamp = await add_product(ctx, "lamp", price=4900)
    client = await make_client(kernel, "alpha")
    cart_id = await ready_cart(client, {lamp: 1})
    await add_product(ctx, "lamp", price=5900)

    refused = await place(client, cart_id)
    problem = await refused.json()
    await client.send("PATCH", f"/api/v1/carts/{cart_id}", {"accept_prices": True})
    dearer = await place(client, cart_id, shown={"due": 5900 + 489})
    wrong = await place(client, cart_id, shown={"due": -1})
    accepted = await place(client, cart_id, shown={"due": 5900 + 490})

    assert (refused.status, problem["code"]) == (409, "price_changed")
    old, new = {"amount": 4900, "currency": "EUR"}, {"amount": 5900, "currency": "EUR"}
    assert problem["lines"] == [{"variant_id": str(lamp), "old": old, "new": new}]
    problem = await dearer.json()
    assert (dearer.status, problem["code"], problem["lines"]) == (409, "price_changed", [])
    assert [problem["due"][x]["amount"] for x in ("old", "new")] == [5900 + 489, 5900 + 490]
    assert (wrong.status, (await wrong.json())["errors"][0]["pointer"]) == (422, "/due")
    assert (accepted.status, (await accepted.json())["total"]["amount"]) == (201, 5900 + 490)
    await assert_clean(kernel)


async def test_pressing_twice_gives_one_order(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp", stock=5)
    client = await make_client(kernel, "alpha")
    cart_id = await ready_cart(client, {lamp: 1})

    first = await place(client, cart_id, key="same")
    replay = await place(client, cart_id, key="same")
    again = await place(client, cart_id, key="another")

    assert [r.status for r in (first, replay, again)] == [201, 201, 201]
    assert await replay.read() == await first.read()
    assert replay.headers["Idempotent-Replayed"] == "true"
    assert (await again.json())["id"] == (await first.json())["id"]
    count = await system(kernel, "alpha").fetch_value("SELECT count(*) FROM orders_order")
    assert count == 1


async def test_malformed_and_unknown_input_is_refused(kernel, make_client):
    client = await make_client(kernel, "alpha")
    cart = await client.post_json("/api/v1/carts")
    path = f"/api/v1/carts/{cart['id']}"
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}

    broken = await client.request("PATCH", path, data=b'{"email": ', headers=headers)
    repeated = await client.request("PATCH", path, data=b'{"note": "a", "note": "b"}', headers=headers)
    not_a_number = await client.request("PATCH", path, data=b'{"note": NaN}', headers=headers)
    unknown = await client.send("PATCH", path, {"colour": "red"})

    assert [r.status for r in (broken, repeated, not_a_number, unknown)] == [400, 400, 400, 422]
    assert [e["pointer"] for e in (await unknown.json())["errors"]] == ["/colour"]


async def test_a_declined_payment_leaves_an_open_cart_and_no_stock_held(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp", stock=1)
    client = await make_client(kernel, "alpha")
    cart_id = await ready_cart(client, {lamp: 1}, outcome="decline")

    response = await place(client, cart_id)
    problem = await response.json()
    body = {"payment_method": "manual_payment.test", "payment_data": {"outcome": "succeed"}}
    await client.send("PATCH", f"/api/v1/carts/{problem['next_cart_id']}", body)
    second = await place(client, problem["next_cart_id"])

    assert (response.status, problem["code"]) == (409, "payment_declined")
    assert second.status == 201
    await assert_clean(kernel)


async def test_an_unknown_payment_is_accepted_and_resolved_later(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp", stock=1)
    client = await make_client(kernel, "alpha")
    cart_id = await ready_cart(client, {lamp: 1}, outcome="unknown")

    response = await place(client, cart_id)

    order = await response.json()
    assert (response.status, order["status"], order["payment_status"]) == (202, "pending", "unknown")
    await assert_clean(kernel)
