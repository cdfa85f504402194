# SPDX-License-Identifier: Apache-2.0
"""Counting many variants at once does what counting one after another does, with few statements."""

import pytest
from tests.shop import add_product

from shopwright.errors import Conflict, Invalid
from shopwright_inventory.api import count_many


async def test_each_variant_gets_what_was_counted_with_a_move(ctx, levels):
    first, second, third = [await add_product(ctx, f"lamp-{n}", stock=n) for n in (1, 2, None)]

    await ctx.run(lambda s: count_many(ctx, s, on_hand={first: 5, second: None, third: 7}, reason="counted"))

    assert (await levels(first), await levels(third)) == ({"main": (5, 0, 0)}, {"main": (7, 0, 0)})
    rows = await ctx.fetch_rows("SELECT id, tracked FROM inventory_item")
    assert {row["id"]: row["tracked"] for row in rows} == {first: True, second: False, third: True}
    moves = await ctx.fetch_rows(
        "SELECT quantity FROM inventory_move WHERE variant_id = $1 ORDER BY id", first
    )
    assert [row["quantity"] for row in moves] == [1, 4]


async def test_the_same_count_again_moves_nothing(ctx):
    lamp = await add_product(ctx, "lamp", stock=5)
    before = await ctx.fetch_value("SELECT count(*) FROM inventory_move")

    await ctx.run(lambda s: count_many(ctx, s, on_hand={lamp: 5}, reason="counted"))

    assert await ctx.fetch_value("SELECT count(*) FROM inventory_move") == before


async def test_nobody_counts_less_than_is_reserved(ctx, levels):
    lamp = await add_product(ctx, "lamp", stock=5)
    async with ctx.transaction() as session:
        from sqlalchemy import text

        await session.execute(text("UPDATE inventory_level SET reserved = 3"))

    with pytest.raises(Conflict) as told:
        await ctx.run(lambda s: count_many(ctx, s, on_hand={lamp: 2}, reason="counted"))

    assert (told.value.error_code, await levels(lamp)) == ("stock_held", {"main": (5, 3, 0)})


@pytest.mark.parametrize("number", [-1, 10**9 + 1])
async def test_a_number_out_of_range_is_refused(ctx, number):
    lamp = await add_product(ctx, "lamp", stock=5)

    with pytest.raises(Invalid):
        await ctx.run(lambda s: count_many(ctx, s, on_hand={lamp: number}, reason="counted"))


async def test_ten_variants_cost_five_statements_and_two_for_each_that_changed(ctx, query_log):
    lamps = [await add_product(ctx, f"lamp-{n}", stock=1) for n in range(10)]

    with query_log.at_most(5 + 2 * 10):
        await ctx.run(lambda s: count_many(ctx, s, on_hand=dict.fromkeys(lamps, 3), reason="counted"))
