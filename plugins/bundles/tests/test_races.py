# SPDX-License-Identifier: Apache-2.0
"""A bundle against its component: ordered at once from one stock; and the same with the guard taken away."""

import asyncio

from tests.shop import add_product, place, ready_cart

from shopwright.doctor_run import examine
from shopwright_bundles.services import stock

MUGS = 10


async def race(ctx, make_client, add_bundle, buyers):
    """Let buyers of pairs and of single mugs order at once; gives the statuses and how many mugs were sold."""
    mug = await add_product(ctx, "mug", price=1000, stock=MUGS)
    pair = await add_bundle("pair", {mug: 2}, price=1500)
    client = await make_client(ctx.kernel, "alpha")
    carts = [await ready_cart(client, {(pair, mug)[n % 2]: 1}) for n in range(buyers)]
    answers = await asyncio.gather(*(place(client, cart_id) for cart_id in carts))
    units = {mug: 1, pair: 2}
    rows = await ctx.fetch_rows(
        "SELECT variant_id, sum(quantity)::bigint AS n FROM orders_line GROUP BY variant_id"
    )
    return {answer.status for answer in answers}, sum(units[row["variant_id"]] * row["n"] for row in rows)


async def test_a_bundle_and_its_component_never_sell_more_than_there_is(ctx, make_client, add_bundle):
    statuses, sold = await race(ctx, make_client, add_bundle, 14)

    # 7 pairs and 7 single mugs want 21; whoever is refused left at most one mug over.
    assert statuses == {201, 409}
    assert sold in {MUGS - 1, MUGS}
    held = await ctx.fetch_value("SELECT sum(quantity) FROM inventory_reservation WHERE state = 'claimed'")
    assert held == sold
    assert (await examine(ctx.kernel)).status == "clean"


async def test_without_the_guard_they_sell_more(ctx, make_client, add_bundle, monkeypatch):
    async def leave(session, demand):
        return list(demand)

    monkeypatch.setattr(stock, "expand", leave)

    _, sold = await race(ctx, make_client, add_bundle, 14)

    assert sold > MUGS
