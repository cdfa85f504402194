# SPDX-License-Identifier: Apache-2.0
"""Counting and listing stock, and telling of what changed."""

import pytest
from plugins.inventory.tests.test_reservations import claim, release, reserve
from tests.shop import add_product

from shopwright.errors import BadRequest, Conflict, Invalid, NotFound
from shopwright.hookspecs import register_doctor_checks
from shopwright_catalog import api as catalog
from shopwright_inventory.api import OutOfStock
from shopwright_inventory.services import list_moves, list_stock


async def told(ctx, variant_id):
    rows = await ctx.fetch_rows(
        "SELECT (payload->>'before')::int AS before, (payload->>'after')::int AS after FROM kernel_outbox "
        "WHERE name = 'inventory.stock_changed' AND aggregate_id = $1 ORDER BY seq",
        variant_id,
    )
    return [(row["before"], row["after"]) for row in rows]


async def test_a_count_is_a_move_of_the_difference_and_is_told(ctx, put, levels):
    lamp = await add_product(ctx, "lamp", stock=5)
    await put(lamp, 9, reason="received", note="Delivery 12")
    await put(lamp, 9)
    await put(lamp, 2, reason="damaged")

    found = (await list_moves.page(ctx, lamp)).items

    assert [(m.quantity, m.reason, m.note, m.actor) for m in found] == [
        (-7, "damaged", "", "system"), (4, "received", "Delivery 12", "system"), (5, "counted", "", "system"),
    ]  # fmt: skip
    assert await told(ctx, lamp) == [(0, 5), (5, 9), (9, 2)]
    assert await levels(lamp) == {"main": (2, 0, 0)}


async def test_selling_out_and_coming_back_are_told_and_nothing_between(ctx):
    lamp = await add_product(ctx, "lamp", stock=3)
    first = await reserve(ctx, [(lamp, 1)])
    last = await reserve(ctx, [(lamp, 2)])
    await claim(ctx, last)
    with pytest.raises(OutOfStock):
        await reserve(ctx, [(lamp, 1)])
    await release(ctx, last)
    await release(ctx, first)

    assert await told(ctx, lamp) == [(0, 3), (2, 0), (0, 2)]


async def test_a_change_drops_the_cached_pages_of_the_product(ctx, kernel, put):
    lamp = await add_product(ctx, "lamp", stock=3)
    await kernel.jobs.drain()
    product = (await catalog.variants(ctx, [lamp]))[lamp].product_id
    tag = f"{ctx.store.id}:catalog.product:{product}"
    await kernel.backend.cache.set("page", b"old", 60, (tag,))
    await put(lamp, 0)

    await kernel.jobs.drain(strict=True)

    assert await kernel.backend.cache.get("page") is None


async def test_who_saves_over_somebody_elses_count_is_told_the_new_number(ctx, put):
    lamp = await add_product(ctx, "lamp", stock=5)
    seen = (await list_stock.item(ctx, lamp)).levels[0].version
    await put(lamp, 6, expected_version=seen)
    with pytest.raises(Conflict) as refused:
        await put(lamp, 7, expected_version=seen)
    assert (refused.value.error_code, refused.value.extra) == (
        "version_conflict", {"on_hand": 6, "version": seen + 1},
    )  # fmt: skip


async def test_the_first_count_of_an_item_has_version_zero(ctx, put):
    lamp = await add_product(ctx, "lamp", stock=None)
    before = await list_stock.item(ctx, lamp)
    await put(lamp, 4, expected_version=0)
    after = await list_stock.item(ctx, lamp)
    assert (before.tracked, before.levels) == (False, ())
    assert (after.tracked, after.levels[0].on_hand) == (True, 4)
    with pytest.raises(Conflict):
        await put(lamp, 5, expected_version=0)


@pytest.mark.parametrize("number", [-1, 1_000_000_001])
async def test_a_number_that_makes_no_sense_is_refused(ctx, put, number):
    lamp = await add_product(ctx, "lamp", stock=None)
    with pytest.raises(Invalid) as refused:
        await put(lamp, number)
    assert [error.pointer for error in refused.value.errors] == ["/on_hand"]
    assert (await list_stock.item(ctx, lamp)).tracked is False


async def test_an_unknown_location_is_not_found(ctx, put):
    lamp = await add_product(ctx, "lamp")
    with pytest.raises(NotFound):
        await put(lamp, 4, "nowhere")


async def test_stock_is_found_by_part_of_its_sku_or_title_page_by_page(ctx):
    for handle in ("desk-lamp", "floor-lamp", "chair"):
        await add_product(ctx, handle, title=handle.replace("-", " ").title(), stock=1)

    async def titles(**query):
        return [item.title for item in (await list_stock.page(ctx, **query)).items]

    assert await titles(search="lamp") == ["Desk Lamp", "Floor Lamp"]
    assert await titles(search="CHA") == ["Chair"]
    assert await titles(search="%") == []
    first = await list_stock.page(ctx, limit=2)
    second = await list_stock.page(ctx, limit=2, cursor=first.next_cursor)
    assert [i.title for i in (*first.items, *second.items)] == ["Desk Lamp", "Floor Lamp", "Chair"]
    assert second.next_cursor == ""
    with pytest.raises(BadRequest):
        await list_stock.page(ctx, cursor="not-ours")


async def test_low_items_are_listed_scarcest_first(ctx):
    for handle, stock in (("lamp", 5), ("desk", 0), ("chair", 6), ("gift", None)):
        await add_product(ctx, handle, stock=stock)
    assert [(i.title, i.available) for i in await list_stock.low(ctx, 5)] == [("Desk", 0), ("Lamp", 5)]


def test_every_check_has_an_invariant(kernel):
    found = kernel.registry.registered(register_doctor_checks)
    own = {code: entry.item.invariant for code, entry in found.items() if code.startswith("inventory.")}
    assert set(own.values()) == {"I1", "I2", "I3", "I5"}
