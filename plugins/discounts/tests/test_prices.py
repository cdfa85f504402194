# SPDX-License-Identifier: Apache-2.0
"""Promotions of prices: the listing, the product's page, the cart and the order agree, in every process."""

import asyncio
from datetime import timedelta

from plugins.discounts.tests.conftest import part, promote
from tests.shop import add_product, bearer, place, ready_cart

from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_discounts.services import save_promotion, turn
from shopwright_discounts.services.promotions import memory_of
from shopwright_discounts.services.save_promotion import PromotionInput


async def price_everywhere(client, handle):
    """Give the price of a product as the listing, its page and a new cart tell it."""
    listing = await client.get_json("/api/v1/products")
    card = next(x for x in listing["items"] if x["handle"] == handle)
    product = await client.get_json(f"/api/v1/products/{handle}")
    variant = product["variants"][0]
    cart = await client.post_json("/api/v1/carts")
    body = {"variant_id": variant["id"], "quantity": 3}
    cart = await client.post_json(f"/api/v1/carts/{cart['id']}/lines", body)
    line = cart["lines"][0]
    assert (cart["subtotal"]["amount"], line["discount"]["amount"]) == (3 * line["unit_price"]["amount"], 0)
    return (
        card["price"]["amount"],
        variant["price"]["amount"],
        line["unit_price"]["amount"],
        variant["compare_at"],
    )


async def test_listing_page_cart_and_order_show_one_price_with_its_trail(ctx, make_client):
    lamp = await add_product(ctx, "lamp", price=4900, vendor="Acme", tags=("sale",))
    await add_product(ctx, "desk", price=1999, vendor="Acme")
    client = await make_client(ctx.kernel, "alpha")
    assert await price_everywhere(client, "lamp") == (4900, 4900, 4900, None)

    # 10 % of 4900 = 490, then 100 off each piece; 1999 × 0.9 = 1799.1
    await promote(
        ctx, "acme", part("percentage", percent=10), conditions=[part("vendor", any_of=["acme"])], priority=5
    )
    await promote(ctx, "sale", part("amount_each", amount=100), conditions=[part("tag", any_of=["sale"])])

    assert await price_everywhere(client, "lamp") == (4310, 4310, 4310, {"amount": 4900, "currency": "EUR"})
    assert (await price_everywhere(client, "desk"))[:3] == (1799, 1799, 1799)
    info = (await catalog.variants(ctx, [lamp]))[lamp]
    request = catalog.PriceRequest(info.id, info.product_id, info.price, info.compare_at, 1, info.facts)
    trail = (await catalog.prices(ctx, [request]))[lamp].provenance
    assert [(x.plugin, x.rule, x.amount.amount, x.detail) for x in trail] == [
        ("catalog", "catalog.variant", 4900, ""), ("discounts", "acme", -490, "Acme"), ("discounts", "sale", -100, "Sale"),
    ]  # fmt: skip
    placed = await place(client, await ready_cart(client, {lamp: 2}))
    assert (placed.status, (await placed.json())["total"]["amount"]) == (201, 2 * 4310 + 490)


async def test_what_is_in_a_collection_is_cheaper_until_it_is_not(ctx, make_client):
    await add_product(ctx, "lamp", price=4900, tags=("new",))
    await add_product(ctx, "desk", price=1999)
    client = await make_client(ctx.kernel, "alpha")
    editor = await bearer(ctx, "collections.collection.edit", "collections.collection.view")
    body = {"title": "New", "conditions": [{"code": "collections.tag", "values": {"value": "new"}}]}
    saved = await client.send("PUT", "/api/admin/v1/collections/new", body, headers=editor)
    assert saved.status == 201, await saved.text()
    await promote(ctx, "new", part("percentage", percent=50), conditions=[part("collection", any_of=["new"])])
    await ctx.kernel.jobs.drain(strict=True)

    assert (await price_everywhere(client, "lamp"))[:3] == (2450, 2450, 2450)
    assert (await price_everywhere(client, "desk"))[:3] == (1999, 1999, 1999)
    assert "€24.50" in await (await client.get("/products/lamp")).text()
    await add_product(ctx, "lamp", price=4900)
    await ctx.kernel.jobs.drain(strict=True)
    assert (await price_everywhere(client, "lamp"))[:3] == (4900, 4900, 4900)
    assert "€24.50" not in await (await client.get("/products/lamp")).text()


async def test_a_price_changes_back_when_the_promotion_ends_or_is_switched_off(ctx, clock, make_client):
    await add_product(ctx, "lamp", price=4900)
    client = await make_client(ctx.kernel, "alpha")
    ends = clock.now() + timedelta(seconds=5)
    promotion_id = await promote(ctx, "flash", part("fixed_price", price=3000), ends_at=ends)
    await turn.turn(ctx)
    first, kept = await client.get("/products"), await client.get("/products")
    clock.advance(timedelta(seconds=5))
    stale = await client.get("/products")
    await turn.turn(ctx)
    fresh = await client.get("/products")
    again = await client.get("/products")
    await turn.turn(ctx)

    assert [x.headers["X-Cache"] for x in (first, kept, stale, fresh, again)] == [
        "miss",
        "hit",
        "hit",
        "miss",
        "hit",
    ]
    assert "30.00" in await first.text()
    assert "30.00" not in await fresh.text()
    assert (await client.get("/products")).headers["X-Cache"] == "hit"
    await save_promotion.update(
        ctx, promotion_id, 1, PromotionInput("flash", "Flash", [part("fixed_price", price=2000)])
    )
    assert (await price_everywhere(client, "lamp"))[:3] == (2000, 2000, 2000)
    await save_promotion.delete(ctx, promotion_id, 2)
    assert (await price_everywhere(client, "lamp"))[:3] == (4900, 4900, 4900)


async def test_a_change_is_heard_in_other_processes_and_reading_costs_nothing(ctx, make_client, query_log):
    lamp = await add_product(ctx, "lamp", price=4900)
    await promote(ctx, "ten", part("percentage", percent=10))
    info = (await catalog.variants(ctx, [lamp]))[lamp]
    request = catalog.PriceRequest(info.id, info.product_id, info.price)

    async def price():
        return (await catalog.prices(ctx, [request]))[lamp].amount

    assert await price() == Money(4410, "EUR")
    with query_log.at_most(0):
        await price()
    memory, promotions = memory_of(ctx), await memory_of(ctx).of(ctx)
    await ctx.run(lambda session: ctx.kernel.db.notify(session, "discounts_changed", str(ctx.store.id)))
    for _ in range(100):
        if ctx.store.id not in {key[0] for key in memory._stores}:
            break
        await asyncio.sleep(0.02)
    assert memory._stores == {}
    assert await memory.of(ctx) == promotions


async def test_what_needs_a_cart_or_a_code_leaves_prices_alone(ctx, make_client):
    await add_product(ctx, "lamp", price=4900)
    await promote(ctx, "many", part("percentage", percent=10), conditions=[part("quantity", at_least=99)])
    await promote(ctx, "code", part("percentage", percent=10), coupon="SAVE10")
    await promote(ctx, "first", part("percentage", percent=10), limit_total=1, enabled=False)
    client = await make_client(ctx.kernel, "alpha")
    assert await price_everywhere(client, "lamp") == (4900, 4900, 4900, None)
