# SPDX-License-Identifier: Apache-2.0
"""The rules by which an item is sold: saved by page and by API, and what they do to what is sold."""

from datetime import timedelta

import pytest
from plugins.inventory.tests.test_reservations import claim, release, reserve
from tests.shop import add_product, as_staff, bearer

from shopwright.doctor_run import examine
from shopwright_inventory import api as inventory
from shopwright_inventory.api import OutOfStock
from shopwright_inventory.services import list_stock, rules

ROOT = "/api/admin/v1/stock"


async def low_told(ctx, variant_id):
    rows = await ctx.fetch_rows(
        "SELECT (payload->>'left')::int, (payload->>'threshold')::int FROM kernel_outbox "
        "WHERE name = 'inventory.stock_low' AND aggregate_id = $1 ORDER BY seq",
        variant_id,
    )
    return [tuple(row) for row in rows]


async def test_staff_let_an_item_be_sold_beyond_its_stock_up_to_a_limit(ctx, make_client, clock, put):
    staff = await as_staff(ctx, make_client)
    lamp = await add_product(ctx, "lamp", stock=3)
    page = f"/admin/stock/{lamp}"
    save = f"{page}/rules"
    day = clock.now().date() + timedelta(days=9)
    fields = {
        "policy": "backorder",
        "safety_stock": "1",
        "backorder_limit": "2",
        "available_on": day.isoformat(),
    }

    saved = await staff.submit(page, fields | {"version": "1"}, action=save)
    late = await staff.submit(page, fields | {"version": "1"}, action=save)
    empty = {"backorder_limit": "", "available_on": "", "low_stock_at": "", "safety_stock": "0"}
    dateless = await staff.submit(page, empty | {"policy": "preorder", "version": "2"}, action=save)
    wrong = await staff.submit(page, fields | {"version": "2", "safety_stock": "-1"}, action=save)
    first = (await inventory.availability(ctx, [lamp]))[lamp]
    owner = await reserve(ctx, [(lamp, 2)])
    then = (await inventory.availability(ctx, [lamp]))[lamp]
    await claim(ctx, await reserve(ctx, [(lamp, 2)]))
    with pytest.raises(OutOfStock) as told:
        await reserve(ctx, [(lamp, 1)])
    shut = await staff.submit(page, empty | {"policy": "deny", "version": "2"}, action=save)
    await release(ctx, owner)

    assert [r.status for r in (saved, late, dateless, wrong, shut)] == [303, 409, 422, 422, 303]
    assert "The rules were changed meanwhile." in await late.text()
    assert "Say from when on it is there: customers are told this day." in await dateless.text()
    assert "Please give 0 or more." in await wrong.text()
    assert (first.left, first.ready, first.backorder, first.expected_on) == (4, 2, False, day)
    assert (then.left, then.ready, then.backorder, then.expected_on) == (2, 0, True, day)
    assert told.value.extra["lines"] == [{"variant_id": str(lamp), "requested": 1, "left": 0}]
    # What is promised stays promised, and from now on only what is there is sold.
    assert (await inventory.availability(ctx, [lamp]))[lamp].left == 1
    assert (await rules.of(ctx, lamp)).version == 3
    assert [f.code for f in (await examine(ctx.kernel)).findings if f.offenders] == []


async def test_low_stock_is_told_once_until_it_has_risen_again_and_listed(ctx, make_client, put):
    staff = await as_staff(ctx, make_client)
    lamp, desk = await add_product(ctx, "lamp", stock=9), await add_product(ctx, "desk", stock=50)
    client = await make_client(ctx.kernel, "alpha")
    headers = await bearer(ctx, "inventory.stock.view", "inventory.stock.edit")

    await client.send("PUT", f"{ROOT}/{desk}/rules", {"low_stock_at": 49}, headers=headers)
    await reserve(ctx, [(lamp, 3), (desk, 1)])
    await reserve(ctx, [(lamp, 1), (desk, 1)])
    await reserve(ctx, [(lamp, 1)])
    await put(lamp, 20)
    await put(lamp, 8)

    assert (await low_told(ctx, lamp), await low_told(ctx, desk)) == ([(5, 5), (3, 5)], [(49, 49)])
    await put(lamp, 30)
    text = await (await staff.get("/admin/stock?show=low")).text()
    found = await client.get_json(f"{ROOT}?low=true", headers=headers)
    assert ("Desk" in text, "Lamp" in text) == (True, False)
    assert [item["title"] for item in found["items"]] == ["Desk"]
    assert [item.title for item in await list_stock.low(ctx, 5)] == ["Desk"]


async def test_the_api_saves_rules_and_levels_only_if_nobody_was_faster_and_pages_through_moves(
    ctx, make_client
):
    client = await make_client(ctx.kernel, "alpha")
    headers = await bearer(ctx, "inventory.stock.view", "inventory.stock.edit")
    lamp, gift = await add_product(ctx, "lamp", stock=5), await add_product(ctx, "gift", stock=None)
    path = f"{ROOT}/{gift}/rules"

    new = await client.get(path, headers=headers)
    saved = await client.send(
        "PUT", path, {"policy": "backorder"}, headers=headers | {"If-Match": new.headers["ETag"]}
    )
    late = await client.send("PUT", path, {"policy": "deny"}, headers=headers | {"If-Match": '"0"'})
    far = await client.send("PUT", path, {"safety_stock": -1}, headers=headers)
    levels = [
        {"variant_id": str(lamp), "on_hand": 8, "version": 2},
        {"variant_id": str(gift), "on_hand": 4, "version": 0},
    ]
    both = await client.send("PUT", "/api/admin/v1/stock-levels", {"levels": levels}, headers=headers)
    levels = [levels[1] | {"version": 2, "on_hand": 6}, levels[0]]
    stale = await client.send("PUT", "/api/admin/v1/stock-levels", {"levels": levels}, headers=headers)
    moves = await client.get_json(f"{ROOT}/{lamp}/moves?limit=1", headers=headers)
    older = await client.get_json(
        f"{ROOT}/{lamp}/moves?limit=1&cursor={moves['next_cursor']}", headers=headers
    )

    assert (new.headers["ETag"], saved.status, saved.headers["ETag"], late.status) == ('"0"', 200, '"1"', 412)
    assert (await far.json())["errors"][0]["pointer"] == "/safety_stock"
    assert (both.status, await both.json()) == (200, {"levels": 2})
    problem = await stale.json()
    assert (stale.status, problem["code"]) == (409, "version_conflict")
    assert [error["pointer"] for error in problem["errors"]] == ["/levels/1/version"]
    assert (await list_stock.item(ctx, gift)).levels[0].on_hand == 4
    assert [m["quantity"] for m in moves["items"] + older["items"]] == [3, 5]
    assert older["next_cursor"] == ""
