# SPDX-License-Identifier: Apache-2.0
"""Locations: added, changed and taken out of use by page and by API, and what that means for what is sold."""

from tests.shop import add_product, as_staff, bearer

from shopwright_inventory import api as inventory
from shopwright_inventory.services import list_locations

ROOT = "/api/admin/v1/stock-locations"


async def told(ctx, variant_id):
    rows = await ctx.fetch_rows(
        "SELECT (payload->>'before')::int, (payload->>'after')::int FROM kernel_outbox "
        "WHERE name = 'inventory.stock_changed' AND aggregate_id = $1 AND payload->>'reason' = 'location' ORDER BY seq",
        variant_id,
    )
    return [tuple(row) for row in rows]


async def left(ctx, variant_id):
    return (await inventory.availability(ctx, [variant_id]))[variant_id].left


async def test_what_lies_in_a_location_out_of_use_is_not_sold_until_it_is_back(ctx, make_client, put):
    staff = await as_staff(ctx, make_client)
    lamp = await add_product(ctx, "lamp", stock=2)
    page = "/admin/stock/locations"
    new = {"code": "attic", "name": "Attic", "priority": "3", "country": "de", "postal_code": "10115"}
    added = await staff.submit(page, new)
    again = await staff.submit(page, new)
    half = await staff.submit(page, new | {"code": "cellar", "latitude": "52.5"})
    await put(lamp, 3, "attic")
    attic = f"{page}/attic"
    shut = {
        "name": "Attic", "priority": "3", "country": "de", "postal_code": "10115", "latitude": "", "longitude": "",
        "version": "1",
    }  # fmt: skip

    closed = await staff.submit(attic, shut)
    one_place = await left(ctx, lamp)
    late = await staff.submit(attic, shut | {"active": "true"})
    last = await staff.submit(f"{page}/main", {"name": "Main", "priority": "0", "version": "1"})
    wrong = await staff.submit(attic, shut | {"version": "2", "country": "Germany"})
    opened = await staff.submit(attic, shut | {"version": "2", "active": "true"})

    assert [r.status for r in (added, again, half, closed, late, last, wrong, opened)] == [
        303, 409, 422, 303, 409, 409, 422, 303,
    ]  # fmt: skip
    assert "Give both degrees, or none." in await half.text()
    assert "The location was changed meanwhile." in await late.text()
    assert "This is the last location in use." in await last.text()
    assert "Give the country as two capitals, like DE." in await wrong.text()
    assert (one_place, await left(ctx, lamp), await told(ctx, lamp)) == (2, 5, [(5, 2), (2, 5)])
    saved = await list_locations.by_code(ctx, "attic")
    assert (saved.country, saved.postal_code, saved.active, saved.items, saved.version) == (
        "DE",
        "10115",
        True,
        1,
        3,
    )


async def test_the_api_saves_locations_whole_and_only_if_nobody_was_faster(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    headers = await bearer(ctx, "inventory.stock.view", "inventory.stock.edit")
    only_new = headers | {"If-None-Match": "*"}
    body = {"name": "Attic", "priority": 3, "latitude": 52.5, "longitude": 13.4}

    made = await client.send("PUT", f"{ROOT}/attic", body, headers=only_new)
    twice = await client.send("PUT", f"{ROOT}/attic", body, headers=only_new)
    bad_code = await client.send("PUT", f"{ROOT}/The%20Attic", body, headers=headers)
    far = await client.send("PUT", f"{ROOT}/attic", body | {"latitude": 91}, headers=headers)
    half = await client.send("PUT", f"{ROOT}/attic", {"name": "Attic", "latitude": 9}, headers=headers)
    gone = await client.send("PUT", f"{ROOT}/nowhere", body, headers=headers | {"If-Match": '"1"'})
    changed = await client.send(
        "PUT", f"{ROOT}/attic", body | {"name": "Loft"}, headers=headers | {"If-Match": '"1"'}
    )
    late = await client.send("PUT", f"{ROOT}/attic", body, headers=headers | {"If-Match": '"1"'})
    await client.send("PUT", f"{ROOT}/cellar", {"name": "Cellar"}, headers=headers)
    first = await client.get_json(f"{ROOT}?limit=1", headers=headers)
    second = await client.get_json(f"{ROOT}?limit=1&cursor={first['next_cursor']}", headers=headers)
    unknown = await client.get(f"{ROOT}/nowhere", headers=headers)
    read_only = await client.send(
        "PUT", f"{ROOT}/attic", body, headers=await bearer(ctx, "inventory.stock.view")
    )

    assert (made.status, made.headers["ETag"], twice.status, gone.status) == (201, '"1"', 412, 404)
    assert [(await r.json())["errors"][0]["pointer"] for r in (bad_code, far, half)] == [
        "/code", "/latitude", "/longitude",
    ]  # fmt: skip
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert (late.status, late.headers["ETag"]) == (412, '"2"')
    assert [(x["code"], x["name"]) for x in first["items"] + second["items"]] == [
        ("attic", "Loft"),
        ("cellar", "Cellar"),
    ]
    assert (second["next_cursor"], unknown.status, read_only.status) == ("", 404, 403)
