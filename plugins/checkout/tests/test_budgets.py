# SPDX-License-Identifier: Apache-2.0
"""How many statements the paths that customers wait for may take, over HTTP."""

import asyncio

from tests.shop import add_product, place, ready_cart

NEWS = 0.5
"""Seconds until word of the settings that were saved for the test has been heard and read."""


async def test_putting_something_into_a_cart_takes_few_statements(ctx, make_client, query_log):
    lamp = await add_product(ctx, "lamp", stock=50)
    client = await make_client(ctx.kernel, "alpha")
    cart = await client.post_json("/api/v1/carts")
    path, body = f"/api/v1/carts/{cart['id']}/lines", {"variant_id": str(lamp), "quantity": 1}
    await client.post_json(path, body)

    await asyncio.sleep(NEWS)
    with query_log.at_most(8):
        await client.post_json(path, body)


async def test_placing_an_order_takes_few_statements(ctx, make_client, query_log):
    lines = {await add_product(ctx, f"lamp-{n}", stock=50): 2 for n in range(5)}
    client = await make_client(ctx.kernel, "alpha")
    await place(client, await ready_cart(client, lines))
    cart_id = await ready_cart(client, lines)

    await asyncio.sleep(NEWS)
    with query_log.recording():
        response = await place(client, cart_id)

    assert response.status == 201
    assert len(query_log) <= 27, listing(query_log)


def listing(query_log):
    return "\n".join(
        f"{n:3}. {' '.join(s.split())[:150]}" for n, s in enumerate(query_log.statements, start=1)
    )
