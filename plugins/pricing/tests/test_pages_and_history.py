# SPDX-License-Identifier: Apache-2.0
"""Kept pages follow the lists, in every process; the history grows with each change and tells the lowest price."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest
from plugins.pricing.tests.conftest import PLUGINS
from sqlalchemy import text
from tests.shop import THEMES, add_product, system

from shopwright.activation import switch_plugin
from shopwright_pricing import jobs
from shopwright_pricing.services import history, save_list
from shopwright_pricing.services.lists import by_id
from shopwright_pricing.services.prices import PriceInput, change

DELETE = text("DELETE FROM pricing_history")
PRODUCT = "/api/v1/products/lamp"


async def seen(client):
    """Whether the page was kept, and the price on it."""
    answer = await client.get(PRODUCT)
    return answer.headers["X-Cache"], (await answer.json())["variants"][0]["price"]["amount"]


async def rows(ctx, variant_id):
    return [(x["price"].amount, x["rule"]) for x in await history.changes(ctx, variant_id)]


async def lowest(client):
    (variant,) = (await client.get_json(f"{PRODUCT}/prices"))["variants"]
    return variant["lowest_price_30_days"] and variant["lowest_price_30_days"]["amount"]


async def test_kept_pages_are_forgotten_when_a_list_changes_begins_or_ends(ctx, add_list, make_client, clock):
    lamp, bulb = await add_product(ctx), await add_product(ctx, "bulb", price=500)
    client = await make_client(ctx.kernel, "alpha")
    assert [await seen(client), await seen(client)] == [("miss", 4900), ("hit", 4900)]

    list_id = await add_list("sale", (lamp, 1, 4000))
    assert [await seen(client), await seen(client)] == [("miss", 4000), ("hit", 4000)]
    await change(ctx, list_id, [PriceInput(bulb, 400)])
    assert (await seen(client))[0] == "hit"
    await add_list("hers", (lamp, 1, 1), audience="customer", audience_codes=("x",))
    assert (await seen(client))[0] == "hit"

    soon = clock.now() + timedelta(seconds=20)
    await add_list(
        "hour", percent=Decimal(50), priority=20, starts_at=soon, ends_at=soon + timedelta(hours=1)
    )
    assert [await seen(client), await seen(client)] == [("miss", 4000), ("hit", 4000)]
    clock.advance(20)
    await ctx.kernel.jobs.drain()
    assert [await seen(client), await seen(client)] == [("miss", 2450), ("hit", 2450)]
    clock.advance(3590)
    assert await seen(client) == ("miss", 2450)
    clock.advance(10)
    await ctx.kernel.jobs.drain()
    assert await seen(client) == ("miss", 4000)

    await save_list.delete(ctx, list_id, (await by_id(ctx, list_id)).version)
    assert await seen(client) == ("miss", 4900)


async def test_another_process_hears_of_a_change(ctx, add_list, make_kernel, make_client):
    lamp = await add_product(ctx)
    other = await make_kernel(
        plugins=PLUGINS, config=THEMES, url=ctx.kernel.config.database_url, enable=False
    )
    client = await make_client(other, "alpha")
    assert await seen(client) == ("miss", 4900)

    await add_list("sale", (lamp, 1, 4000))

    price, tries = 4900, 0
    while price == 4900 and tries < 100:
        await asyncio.sleep(0.02)
        _, price = await seen(client)
        tries += 1
    assert price == 4000


async def test_the_history_grows_with_each_public_change_and_with_no_other(ctx, add_list, clock):
    lamp = await add_product(ctx)
    await ctx.kernel.jobs.drain(strict=True)
    assert await rows(ctx, lamp) == [(4900, "catalog.variant")]
    clock.advance(60)
    await add_product(ctx, price=5900)
    await ctx.kernel.jobs.drain(strict=True)
    await add_list("hers", (lamp, 1, 1), audience="groups", audience_codes=("x",))
    later = clock.now() + timedelta(hours=1)
    list_id = await add_list("sale", (lamp, 1, 4000), (lamp, 10, 3000), starts_at=later)
    await ctx.kernel.jobs.drain(strict=True)
    assert await rows(ctx, lamp) == [(5900, "catalog.variant"), (4900, "catalog.variant")]

    clock.advance(3600)
    await ctx.kernel.jobs.drain(strict=True)
    assert (await rows(ctx, lamp))[0] == (4000, "pricing.sale")
    clock.advance(60)
    await change(ctx, list_id, [PriceInput(lamp, None)])
    await ctx.kernel.jobs.drain(strict=True)
    assert [x for x, _ in await rows(ctx, lamp)] == [5900, 4000, 5900, 4900]
    clock.advance(60)
    await add_list("half", percent=Decimal(50), priority=20)
    await ctx.kernel.jobs.drain(strict=True)
    assert (await rows(ctx, lamp))[0] == (2950, "pricing.half")
    with pytest.raises(Exception, match="permission denied") as told:
        await ctx.run(lambda session: session.execute(DELETE))
    assert isinstance(told.value.__cause__.__cause__, asyncpg.InsufficientPrivilegeError)


async def test_switching_on_writes_down_what_everything_costs_page_by_page(ctx, monkeypatch):
    monkeypatch.setattr(jobs, "_PRODUCTS", 2)
    await switch_plugin(ctx, "pricing", enabled=False)
    variants = [await add_product(system(ctx.kernel, "alpha"), f"lamp-{n}", price=n) for n in range(3)]
    await ctx.kernel.jobs.drain(strict=True)
    assert [await rows(ctx, x) for x in variants] == [[], [], []]

    await switch_plugin(ctx, "pricing", enabled=True)
    await ctx.kernel.jobs.drain(strict=True)

    assert [await rows(ctx, x) for x in variants] == [[(n, "catalog.variant")] for n in range(3)]


async def test_a_reduced_price_stands_beside_the_lowest_of_thirty_days_before(
    ctx, add_list, make_client, clock, query_log
):
    lamp = await add_product(ctx, price=8000)
    client = await make_client(ctx.kernel, "alpha")
    for days, price in ((0, 8000), (5, 7000), (3, 9000), (40, 9500), (10, 9200)):
        clock.advance(days * 86_400)
        await add_product(ctx, price=price)
        await ctx.kernel.jobs.drain(strict=True)
    assert await lowest(client) is None
    # In the 30 days before the sale 9000 held first, then 9500, then 9200; the 7000 are too old.
    clock.advance(86_400)
    await add_list("sale", (lamp, 1, 6000), shows_before=True)
    assert await lowest(client) == 9000
    await ctx.kernel.jobs.drain(strict=True)
    clock.advance(86_400)
    assert await lowest(client) == 9000
    await client.get("/cart")
    with query_log.at_most(3):
        page = await (await client.get("/products/lamp")).text()
    assert "Lowest price of the 30 days before: €90.00" in page

    await ctx.kernel.settings.save(ctx, "pricing", {"show_lowest_price": False}, "store")
    assert "30 days before" not in await (await client.get("/products/lamp")).text()
