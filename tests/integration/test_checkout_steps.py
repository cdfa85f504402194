# SPDX-License-Identifier: Apache-2.0
"""What plugins ask at checkout: on steps of their own and on ours, on pages and in the API, kept with the order."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.shop import ADDRESS, EVERYTHING, THEMES, add_product, as_staff, furnish, place, ready_cart

from shopwright.errors import Rejection
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.dummies import failing
from shopwright.testing.kernels import ALPHA
from shopwright_checkout.api import CheckoutField, CheckoutStep
from shopwright_checkout.hookspecs import checkout_fields, checkout_steps
from shopwright_orders import api as orders

DATE, WHERE, WRAP = "delivery_date.day", "delivery_date.where", "delivery_date.wrap"


class DeliveryDate(Plugin):
    """Asks for a day of delivery, where to leave the parcel, and whether it is a present."""

    manifest = Manifest(
        name="delivery_date",
        version="1.0",
        title="Delivery date",
        summary="Asks when",
        requires=("checkout",),
    )

    @hookimpl
    async def checkout_steps(self, ctx, cart):
        today = ctx.clock.now().date()
        day = CheckoutField(
            DATE, "Day of delivery", "date", required=True,
            earliest=today + timedelta(days=2), latest=today + timedelta(days=30),
        )  # fmt: skip
        where = CheckoutField(
            WHERE, "Where to leave it", "choice", choices=(("door", "At the door"), ("next", "Next door"))
        )
        return [CheckoutStep("delivery_date.when", "When?", (day, where), text="We drive on all days.")]

    @hookimpl
    async def checkout_fields(self, step):
        return [CheckoutField(WRAP, "It is a present", "checkbox")] if step == "payment" else []

    @hookimpl
    async def order_validate(self, cart):
        is_sunday = date.fromisoformat(cart.attributes[DATE]).weekday() == 6
        return (
            [Rejection("delivery_date.sunday", "Not on a Sunday.", f"attributes/{DATE}")] if is_sunday else []
        )


@pytest.fixture
async def shop(make_kernel, make_client, fake_clock):
    async def furnished(plugin):
        kernel = await make_kernel(
            plugins=[*EVERYTHING, plugin], stores=[ALPHA], config=THEMES, clock=fake_clock
        )
        ctx = await furnish(kernel, "alpha")
        return ctx, await add_product(ctx, "lamp"), await make_client(kernel, "alpha")

    return furnished


def weekday(clock, number):
    """The next such day of the week that can be chosen, 0 is Monday."""
    first = clock.now().date() + timedelta(days=2)
    return (first + timedelta(days=(number - first.weekday()) % 7)).isoformat()


async def test_a_customer_is_led_through_the_steps_and_the_answers_stay_with_the_order(
    shop, make_client, fake_clock
):
    ctx, lamp, client = await shop(DeliveryDate)
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")
    form = {**ADDRESS, "email": "ada@example.com", "note": "Ring twice"}
    own = "/checkout/step/delivery_date.when"

    assert (await client.get("/checkout/payment")).headers["Location"] == "/checkout"
    done = await client.submit("/checkout", form)
    assert (done.status, done.headers["Location"]) == (303, "/checkout/delivery")
    assert (await client.get(own)).headers["Location"] == "/checkout/delivery"
    done = await client.submit("/checkout/delivery", {"shipping_code": "flat_shipping.standard"})
    assert (done.status, done.headers["Location"]) == (303, own)
    assert (await client.get("/checkout/payment")).headers["Location"] == own

    page = await (await client.get(own)).text()
    assert 'type="date" name="delivery_date.day"' in page
    assert "We drive on all days." in page
    late = await client.submit(own, {DATE: "2199-01-01", WHERE: "roof"})
    text = await late.text()
    assert (late.status, "Not after" in text, "Choose one of the list." in text) == (422, True, True)
    assert 'value="2199-01-01"' in text
    done = await client.submit(own, {DATE: weekday(fake_clock, 6), WHERE: "next"})
    assert (done.status, done.headers["Location"]) == (303, "/checkout/payment")

    payment = {"payment_method": "manual_payment.test", "manual_payment.test:outcome": "succeed", WRAP: "yes"}
    refused = await client.submit("/checkout/payment", payment)
    assert refused.headers["Location"] == own
    assert "Not on a Sunday." in await (await client.get(own)).text()
    monday = weekday(fake_clock, 0)
    await client.submit(own, {DATE: monday, WHERE: "next"})
    placed = await client.submit("/checkout/payment", payment)
    confirmation = await (await client.get(placed.headers["Location"])).text()

    assert all(word in confirmation for word in ("Day of delivery", "Next door", "It is a present"))
    order = await orders.order(ctx, UUID(placed.headers["Location"].split("/")[2].partition("?")[0]))
    assert [(x.code, x.value) for x in order.attributes] == [(DATE, monday), (WHERE, "next"), (WRAP, "yes")]
    staff = await (await (await as_staff(ctx, make_client)).get(f"/admin/orders/{order.id}")).text()
    assert all(word in staff for word in ("Next door", "Ring twice"))


async def test_the_api_tells_the_steps_and_points_to_what_is_wrong(shop, fake_clock):
    _, lamp, client = await shop(DeliveryDate)
    cart_id = await ready_cart(client, {lamp: 1})
    path = f"/api/v1/carts/{cart_id}"

    steps = await client.get_json(f"{path}/steps")
    assert [(x["code"], [f["code"] for f in x["fields"]]) for x in steps] == [
        ("contact", []),
        ("delivery", []),
        ("delivery_date.when", [DATE, WHERE]),
        ("payment", [WRAP]),
    ]

    async def pointers(response):
        assert response.status == 422
        return [error["pointer"] for error in (await response.json())["errors"]]

    assert await pointers(await place(client, cart_id)) == [f"/attributes/{DATE}"]
    for value in ("tomorrow", "1999-01-01", "2199-01-01"):
        answer = await client.send("PATCH", path, {"attributes": {DATE: value}})
        assert await pointers(answer) == [f"/attributes/{DATE}"]
    answer = await client.send("PATCH", path, {"attributes": {"delivery_date.colour": "red"}})
    assert await pointers(answer) == ["/attributes/delivery_date.colour"]

    monday = weekday(fake_clock, 0)
    await client.send("PATCH", path, {"attributes": {DATE: monday, WHERE: "door"}})
    cart = await (await client.send("PATCH", path, {"attributes": {WHERE: ""}})).json()
    assert cart["attributes"] == {DATE: monday, WHERE: ""}
    fake_clock.advance(40 * 86_400)
    assert await pointers(await place(client, cart_id)) == [f"/attributes/{DATE}"]


async def test_a_plugin_that_fails_to_ask_does_not_keep_anybody_from_buying(shop):
    _, lamp, client = await shop(failing(checkout_steps, checkout_fields))

    assert (await place(client, await ready_cart(client, {lamp: 1}))).status == 201
