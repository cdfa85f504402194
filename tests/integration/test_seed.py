# SPDX-License-Identifier: Apache-2.0
"""The store that ``make seed`` fills is one like any other: its rows are what the services would have written."""

from sqlalchemy import text
from tests.performance.seed import seed
from tests.shop import EVERYTHING, THEMES

from shopwright.doctor_run import examine


async def test_a_seeded_store_is_whole_and_sells_and_gets_what_is_missing_when_run_again(
    make_kernel, make_client, capsys
):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[], config=THEMES)
    added = [(await seed(kernel, "seed", scale))[0] for scale in (30, 50, 50)]
    client = await make_client(kernel, "seed")

    page = await client.get_json("/api/v1/products", params={"limit": "50"})
    found = await client.get_json("/api/v1/search", params={"q": page["items"][0]["title"]})
    sizes = [len(card["variant_ids"]) for card in page["items"]]

    assert (added, page["total"], len({card["handle"] for card in page["items"]})) == ([30, 20, 0], 50, 50)
    assert (min(sizes), max(sizes)) == (1, 8)
    assert found["items"][0]["handle"] == page["items"][0]["handle"]
    assert (await client.get("/de/products/seed-7")).status == 200
    assert (await examine(kernel)).status == "clean"
    ctx = kernel.context(kernel.directory.by_code("seed"))
    stocked = await ctx.fetch_value("SELECT variant_id FROM inventory_level WHERE on_hand > 0 LIMIT 1")
    cart = await client.post_json("/api/v1/carts")
    line = {"variant_id": str(stocked), "quantity": 1}
    await client.post_json(f"/api/v1/carts/{cart['id']}/lines", line)

    async def lose_one(session):
        await session.execute(text("DELETE FROM catalog_product WHERE handle = 'seed-7'"))

    await ctx.run(lose_one)
    assert ((await seed(kernel, "seed", 50))[0], (await client.get("/products/seed-7")).status) == (1, 200)
