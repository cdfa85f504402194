# SPDX-License-Identifier: Apache-2.0
"""House rules hold in the store that has them, and nowhere else."""

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, furnish, place, ready_cart, system

from shopwright.errors import Rejected
from shopwright.money import Money
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_catalog.api import OfferedPrice, PriceOffer
from shopwright_inventory import api as inventory
from shopwright_inventory.services import list_stock, locations
from shopwright_inventory.services.locations import LocationInput


@pytest.fixture
async def kernel(make_kernel):
    kernel = await make_kernel(plugins=[*EVERYTHING, "house_rules"], stores=[ALPHA, BETA], config=THEMES)
    assert kernel.registry.problems == []
    await furnish(kernel, "alpha")
    return kernel


async def set_rules(kernel, **rules):
    await kernel.settings.save(system(kernel, "alpha"), "house_rules", rules, "store")


async def test_many_of_one_product_are_cheaper_and_the_trail_says_why(kernel, make_client):
    await set_rules(kernel, bulk_from=3, bulk_percent=10, number_prefix="A-")
    lamp = await add_product(system(kernel, "alpha"), "lamp", price=999)
    client = await make_client(kernel, "alpha")

    order = await (await place(client, await ready_cart(client, {lamp: 3}))).json()
    shown = await client.get_json(f"/api/v1/orders/{order['id']}?token={order['access_token']}")

    assert (order["number"], shown["discount"]["amount"]) == ("A-000001", 300)
    assert order["total"]["amount"] == 3 * 999 - 300 + 490
    trail = [(step["plugin"], step["rule"], step["amount"]["amount"]) for step in shown["provenance"]]
    assert ("house_rules", "discounts", -300) in trail


async def test_a_small_order_costs_a_fee_or_is_refused(kernel, make_client):
    await set_rules(kernel, small_order_fee=150, small_order_below=2000)
    lamp = await add_product(system(kernel, "alpha"), "lamp", price=999)
    client = await make_client(kernel, "alpha")

    paid = await (await place(client, await ready_cart(client, {lamp: 1}))).json()
    shown = await client.get_json(f"/api/v1/orders/{paid['id']}?token={paid['access_token']}")
    page = await (await client.get(f"/orders/{paid['id']}?token={paid['access_token']}")).text()
    await set_rules(kernel, least_order=5000)
    refused = await place(client, await ready_cart(client, {lamp: 1}))

    assert paid["total"]["amount"] == 999 + 150 + 490
    assert [(fee["code"], fee["amount"]["amount"]) for fee in shown["fee_lines"]] == [
        ("house_rules.small_order", 150)
    ]
    assert "Fee for small orders" in page
    assert "€1.50" in page
    assert (refused.status, (await refused.json())["errors"][0]["code"]) == (422, "house_rules.too_small")


async def test_a_limit_for_one_product_names_the_field(kernel, make_client):
    await set_rules(kernel, most_of_one=2)
    lamp = await add_product(system(kernel, "alpha"), "lamp")
    client = await make_client(kernel, "alpha")
    cart = await client.post_json("/api/v1/carts")

    body = {"variant_id": str(lamp), "quantity": 3}
    response = await client.send("POST", f"/api/v1/carts/{cart['id']}/lines", body)

    assert response.status == 422
    assert [e["pointer"] for e in (await response.json())["errors"]] == ["/quantity"]


async def test_words_and_domains_are_refused_in_this_store_only(kernel, make_client):
    await set_rules(kernel, forbidden_words=["cheap"], blocked_domains=["spam.example"])

    with pytest.raises(Rejected, match="cheap"):
        await add_product(system(kernel, "alpha"), "lamp", title="Cheap lamp")
    await add_product(system(kernel, "beta"), "lamp", title="Cheap lamp")
    client = await make_client(kernel, "alpha")
    body = {"email": "eve@spam.example", "password": "seven-lamps-on-the-pier", "name": "Eve"}
    response = await client.send("POST", "/api/v1/customers", body)

    assert response.status == 422
    assert [e["code"] for e in (await response.json())["errors"]] == ["house_rules.domain"]


async def test_a_store_may_ask_for_a_day_and_whether_it_is_a_present(kernel, make_client):
    lamp = await add_product(system(kernel, "alpha"), "lamp")
    client = await make_client(kernel, "alpha")
    path = f"/api/v1/carts/{await ready_cart(client, {lamp: 1})}/steps"
    codes = [step["code"] for step in await client.get_json(path)]
    await set_rules(kernel, delivery_days=14, asks_present=True)
    asked = {step["code"]: [x["code"] for x in step["fields"]] for step in await client.get_json(path)}

    assert codes == ["contact", "delivery", "payment"]
    assert asked == {
        "contact": [], "delivery": [], "house_rules.when": ["house_rules.day"], "payment": ["house_rules.present"],
    }  # fmt: skip


async def test_orders_abroad_come_from_one_location_and_what_is_low_is_logged(kernel, make_client, caplog):
    await set_rules(kernel, home_country="CH", abroad_from="attic", logs_low_stock=True)
    ctx = system(kernel, "alpha")
    lamp = await add_product(ctx, "lamp", stock=4)
    await locations.add(ctx, code="attic", new=LocationInput("Attic", priority=5))
    await ctx.run(
        lambda session: inventory.count(
            ctx, session, variant_id=lamp, on_hand=2, reason="counted", location="attic"
        )
    )
    client = await make_client(kernel, "alpha")

    statuses = [(await place(client, await ready_cart(client, {lamp: 1}))).status for _ in range(3)]
    await kernel.jobs.drain()

    levels = (await list_stock.item(ctx, lamp)).levels
    assert statuses == [201, 201, 201]
    assert [(level.location, level.available) for level in levels] == [("main", 3), ("attic", 0)]
    assert [r.message for r in caplog.records if "left of variant" in r.message] == [
        f"store alpha: 5 left of variant {lamp}"
    ]


async def test_the_lowest_price_counts_where_a_store_says_so(make_kernel, make_client):
    class Offers(Plugin):
        """Offers one lower and one higher price, and prefers the higher one."""

        manifest = Manifest(
            name="offers", version="1", title="Offers", summary="Offers", requires=("catalog",)
        )

        @hookimpl
        async def price_candidates(self, requests):
            return [
                PriceOffer(
                    "offers.low", {x.variant_id: OfferedPrice(Money(800, "EUR")) for x in requests}, -5
                ),
                PriceOffer(
                    "offers.high", {x.variant_id: OfferedPrice(Money(1200, "EUR")) for x in requests}, 5
                ),
            ]

    kernel = await make_kernel(plugins=[*EVERYTHING, "house_rules", Offers], stores=[ALPHA], config=THEMES)
    await add_product(await furnish(kernel, "alpha"), "lamp", price=999)
    client = await make_client(kernel, "alpha")

    async def price():
        return (await client.get_json("/api/v1/products/lamp"))["variants"][0]["price"]["amount"]

    before = await price()
    await set_rules(kernel, lowest_offer=True)

    assert (before, await price()) == (1200, 800)
