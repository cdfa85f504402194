# SPDX-License-Identifier: Apache-2.0
"""A third party's plugin works on public names only."""

import asyncio
from uuid import UUID

from tests.shop import EVERYTHING, THEMES, add_product, furnish, place, ready_cart

from shopwright.testing.kernels import ALPHA


async def test_a_paid_order_earns_points_once_and_the_product_page_tells(make_kernel, make_client):
    kernel = await make_kernel(plugins=[*EVERYTHING, "loyalty_points"], stores=[ALPHA], config=THEMES)
    assert kernel.registry.problems == []
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, "lamp", price=4900)
    client = await make_client(kernel, "alpha")

    page = await (await client.get("/products/lamp")).text()
    order = await (await place(client, await ready_cart(client, {lamp: 1}))).json()
    await kernel.jobs.drain(strict=True)

    assert "Earns 49 points." in page
    sql = "SELECT kind, points FROM loyalty_points_entry WHERE order_id = $1 ORDER BY kind"
    rows = await ctx.fetch_rows(sql, UUID(order["id"]))
    assert [tuple(row) for row in rows] == [("earned", 53), ("promised", 53)]


async def test_a_customer_sees_the_points_in_the_account(make_kernel, make_client):
    kernel = await make_kernel(plugins=[*EVERYTHING, "loyalty_points"], stores=[ALPHA], config=THEMES)
    lamp = await add_product(await furnish(kernel, "alpha"), "lamp", price=4900)
    client = await make_client(kernel, "alpha")
    stranger = await client.get("/account/points")
    assert stranger.headers["Location"].startswith("/account/sign-in")
    account = {"email": "ada@example.com", "name": "Ada", "password": "seven lamps on the pier"}
    await client.submit("/account/sign-up", account)
    assert "You earn points with each order" in await (await client.get("/account/points")).text()

    await place(client, await ready_cart(client, {lamp: 1}))
    await kernel.jobs.drain(strict=True)

    assert 'href="/account/points"' in await (await client.get("/account")).text()
    assert "You have 53 points." in await (await client.get("/account/points")).text()


async def test_points_pay_once_even_when_two_carts_are_ordered_at_once(make_kernel, make_client):
    kernel = await make_kernel(plugins=[*EVERYTHING, "loyalty_points"], stores=[ALPHA], config=THEMES)
    ctx = await furnish(kernel, "alpha")
    await kernel.settings.save(ctx, "loyalty_points", {"worth": 10}, "store")
    lamp = await add_product(ctx, "lamp", price=4900, stock=50)
    client = await make_client(kernel, "alpha")
    account = {"email": "ada@example.com", "name": "Ada", "password": "seven lamps on the pier"}
    await client.submit("/account/sign-up", account)
    await place(client, await ready_cart(client, {lamp: 1}))
    await kernel.jobs.drain(strict=True)
    carts = [await ready_cart(client, {lamp: 1}) for _ in range(4)]
    due = (await client.get_json(f"/api/v1/carts/{carts[0]}"))["due"]["amount"]
    assert due == 5390 - 530

    answers = await asyncio.gather(*(place(client, cart_id, shown={"due": due}) for cart_id in carts))

    assert sorted(answer.status == 201 for answer in answers) == [False, False, False, True]
    told = [await answer.json() for answer in answers if answer.status != 201]
    # Who comes while the points are being used is told so, who comes later that there is more to pay.
    codes = {x["errors"][0]["code"] if x["status"] == 422 else x["code"] for x in told}
    assert codes <= {"loyalty_points.used", "price_changed"}
    declined = await ready_cart(client, {lamp: 1}, outcome="decline")
    await kernel.jobs.drain(strict=True)
    earned = int((5390) / 100)
    assert f"You have {earned} points." in await (await client.get("/account/points")).text()
    assert (await place(client, declined)).status == 409
    assert f"You have {earned} points." in await (await client.get("/account/points")).text()
