# SPDX-License-Identifier: Apache-2.0
"""Stock over HTTP: the admin's pages and its API, and who may use them."""

import pytest
from tests.shop import add_product, as_staff, bearer

from shopwright_inventory.services import list_stock


@pytest.fixture
async def staff(ctx, make_client):
    return await as_staff(ctx, make_client)


async def test_stock_is_read_and_counted_by_api(ctx, make_client):
    lamp = await add_product(ctx, "lamp", stock=5)
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "inventory.stock.view", "inventory.stock.edit")}

    found = await client.get_json("/api/admin/v1/stock?search=lam", **options)
    level = found["items"][0]["levels"][0]
    body = {"variant_id": str(lamp), "on_hand": 8, "version": level["version"]}
    counted = await client.send("PATCH", "/api/admin/v1/stock", body, **options)
    late = await client.send("PATCH", "/api/admin/v1/stock", body, **options)

    assert level == {
        "location": "main", "location_name": "Main", "on_hand": 5, "reserved": 0, "allocated": 0, "available": 5,
        "version": 2,
    }  # fmt: skip
    assert (counted.status, (await counted.json())["levels"][0]["on_hand"]) == (200, 8)
    problem = await late.json()
    assert (late.status, problem["code"], problem["on_hand"]) == (409, "version_conflict", 8)


@pytest.mark.parametrize(
    ("change", "status", "pointers"),
    [({"on_hand": -1}, 422, ["/on_hand"]), ({"on_hand": 1.5}, 422, ["/on_hand"]), ({"on_hand": "5"}, 422, ["/on_hand"]),
     ({"version": None}, 422, ["/version"]), ({"variant_id": "01890000-0000-7000-8000-000000000000"}, 404, []),
     ({"location": "nowhere"}, 404, [])],
)  # fmt: skip
async def test_a_wrong_count_is_refused_by_field(ctx, make_client, change, status, pointers):
    lamp = await add_product(ctx, "lamp", stock=5)
    client = await make_client(ctx.kernel, "alpha")
    body = {"variant_id": str(lamp), "on_hand": 8, "version": 2} | change
    headers = await bearer(ctx, "inventory.stock.edit")
    refused = await client.send("PATCH", "/api/admin/v1/stock", body, headers=headers)
    assert refused.status == status
    assert [error["pointer"] for error in (await refused.json()).get("errors", [])] == pointers
    assert (await list_stock.item(ctx, lamp)).levels[0].on_hand == 5


async def test_who_may_only_look_may_not_count(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "inventory.stock.view")}
    lamp = await add_product(ctx, "lamp")
    body = {"variant_id": str(lamp), "on_hand": 1, "version": 2}
    look = await client.get("/api/admin/v1/stock", **options)
    change = await client.send("PATCH", "/api/admin/v1/stock", body, **options)
    assert (look.status, change.status) == (200, 403)


async def test_staff_count_in_the_list_and_are_told_when_somebody_was_faster(ctx, staff):
    lamp = await add_product(ctx, "lamp", stock=5)
    path = f"/admin/stock/{lamp}/count"
    fields = {"on_hand": "7", "version": "2", "location": "main", "q": "lam"}

    saved = await staff.submit("/admin/stock?q=lam", fields, action=path)
    after = await (await staff.get(saved.headers["Location"])).text()
    await staff.submit("/admin/stock", fields | {"on_hand": "9"}, action=path)
    told = await (await staff.get("/admin/stock")).text()
    await staff.submit("/admin/stock", fields | {"on_hand": "x", "version": "3"}, action=path)
    wrong = await (await staff.get("/admin/stock")).text()

    assert (saved.status, saved.headers["Location"]) == (303, "/admin/stock?q=lam")
    assert "7 on hand now." in after
    assert "Somebody changed this meanwhile: 7 on hand now." in told
    assert "Please give a whole number." in wrong
    assert (await list_stock.item(ctx, lamp)).levels[0].on_hand == 7


async def test_an_item_shows_its_moves_and_counts_at_each_location(ctx, staff):
    lamp = await add_product(ctx, "lamp", stock=5)
    added = await staff.submit("/admin/stock/locations", {"code": "attic", "name": "Attic", "priority": "3"})
    again = await staff.submit("/admin/stock/locations", {"code": "attic", "name": "Attic", "priority": "3"})
    page = f"/admin/stock/{lamp}"
    fields = {"on_hand": "4", "version": "0", "location": "attic", "reason": "received", "back": "item"}
    counted = await staff.submit(page, {**fields, "note": "Delivery 12"}, action=f"{page}/count")
    text = await (await staff.get(page)).text()

    assert (added.status, again.status, counted.headers["Location"]) == (303, 409, page)
    assert "Received · Delivery 12" in text
    assert "+4" in text
    assert [(x.location, x.on_hand) for x in (await list_stock.item(ctx, lamp)).levels] == [
        ("main", 5),
        ("attic", 4),
    ]


async def test_the_dashboard_lists_what_is_low(ctx, staff):
    await add_product(ctx, "lamp", stock=0)
    await add_product(ctx, "desk", stock=50)
    text = await (await staff.get("/admin/")).text()
    assert "Low stock" in text
    assert "sold out" in text
    assert "Desk" not in text
