# SPDX-License-Identifier: Apache-2.0
"""Transfers and deliveries in the admin: finding items, saving, sending, receiving, cancelling."""

import re

from tests.shop import add_product, as_staff

from shopwright_inventory.services import list_deliveries, list_transfers, locations
from shopwright_inventory.services.locations import LocationInput

TRANSFERS, DELIVERIES = "/admin/stock/transfers", "/admin/stock/deliveries"


async def text_of(answer):
    return re.sub(r"\s+", " ", await answer.text())


async def test_staff_find_items_and_send_and_receive_them(ctx, make_client, levels):
    await locations.add(ctx, code="attic", new=LocationInput("Attic", 1))
    lamp, desk = await add_product(ctx, "lamp", stock=5), await add_product(ctx, "desk", stock=5)
    staff = await as_staff(ctx, make_client)
    way = {"from_location": "main", "to_location": "attic", "reference": "T-9"}
    number, other = f"quantity.{lamp}", f"quantity.{desk}"

    empty = await text_of(await staff.get(TRANSFERS))
    scanned = await text_of(await staff.submit(f"{TRANSFERS}/new", way | {"find": "LAMP", number: "7"}))
    offered = await text_of(await staff.submit(f"{TRANSFERS}/new", way | {"find": "es"}))
    nothing = await text_of(await staff.submit(f"{TRANSFERS}/new", way | {"find": "sofa"}))
    wrong = await staff.submit(f"{TRANSFERS}/new", way | {"do": "save", number: "x"})
    saved = await staff.submit(f"{TRANSFERS}/new", way | {"do": "save", number: "8", other: "2"})
    page = saved.headers["Location"]

    assert "No transfers yet" in empty
    assert f'name="{number}" value="8"' in scanned
    assert f'name="{other}" value=""' in offered
    assert "Nothing else has this in its SKU, barcode or title." in nothing
    assert (wrong.status, "Please give a whole number." in await wrong.text()) == (422, True)
    assert saved.status == 303

    short = await staff.submit(page, {"version": "1"}, action=f"{page}/send")
    await staff.submit(page, way | {"do": "save", "version": "1", number: "4", other: "2"})
    late = await staff.submit(page, way | {"do": "save", "version": "1", number: "1"})
    sent = await staff.submit(page, {"version": "2"}, action=f"{page}/send")
    twice = await staff.submit(page, {"version": "2"}, action=f"{page}/send")
    on_way = await text_of(await staff.get(page))

    assert (short.status, "5 can be sent." in await short.text()) == (409, True)
    assert (late.status, sent.status, twice.status) == (409, 303, 303)
    assert "Somebody changed this meanwhile." in on_way
    assert "Receive everything" in on_way
    assert (await levels(lamp))["main"] == (1, 0, 0)

    many = {"version": "3", "do": "some", f"received.{lamp}": "9"}
    many = await staff.submit(page, many, action=f"{page}/receive")
    some = {"version": "3", "do": "some", f"received.{lamp}": "1", f"damaged.{lamp}": "1", "note": "Wet"}
    some = await staff.submit(page, some, action=f"{page}/receive")
    await staff.submit(page, {"version": "4", "do": "all"}, action=f"{page}/receive")
    done = await text_of(await staff.get(page))
    listed = await text_of(await staff.get(f"{TRANSFERS}?state=received"))

    assert (many.status, "More than was on its way cannot come." in await many.text()) == (422, True)
    assert some.status == 303
    assert "Damaged · Wet" in done
    assert "Receive" not in done
    assert "Transfer out</a> · T-9" in await text_of(await staff.get(f"/admin/stock/{lamp}"))
    assert "T-9" in listed
    assert "No such transfers" in await text_of(await staff.get(f"{TRANSFERS}?state=draft"))
    assert await levels(lamp) == {"main": (1, 0, 0), "attic": (3, 0, 0)}

    await staff.submit(f"{TRANSFERS}/new", way | {"do": "save", number: "1"})
    draft = (await list_transfers.page(ctx)).items[0]
    await staff.submit(f"{TRANSFERS}/{draft.id}", {"version": "1"}, action=f"{TRANSFERS}/{draft.id}/cancel")
    assert (await list_transfers.by_id(ctx, draft.id)).state == "cancelled"


async def test_staff_receive_a_delivery(ctx, make_client, levels):
    lamp = await add_product(ctx, "lamp", stock=0)
    staff = await as_staff(ctx, make_client)
    number = f"quantity.{lamp}"
    fields = {"do": "save", "location": "main", "reference": "PO-7", "expected_on": "2026-12-01", number: "4"}

    empty = await text_of(await staff.get(DELIVERIES))
    wrong = await staff.submit(f"{DELIVERIES}/new", fields | {"reference": "", "expected_on": "x"})
    nameless = await staff.submit(f"{DELIVERIES}/new", fields | {"reference": ""})
    saved = await staff.submit(f"{DELIVERIES}/new", fields)
    page = saved.headers["Location"]
    edited = await staff.submit(f"{page}/edit", fields | {"version": "1", "supplier": "Lamp Works"})
    none = await staff.submit(page, {"version": "2", "do": "some"}, action=f"{page}/receive")
    over = await staff.submit(page, {"version": "2", "do": "some", number: "6"}, action=f"{page}/receive")
    closed = await text_of(await staff.get(page))

    assert "No deliveries yet" in empty
    assert (wrong.status, "Please give a date." in await wrong.text()) == (422, True)
    assert "Give the number of the order" in await nameless.text()
    assert (edited.headers["Location"], none.status, over.status) == (page, 422, 303)
    assert "What came is in stock: 2 more than were expected." in closed
    assert "2 more than expected" in closed
    assert (await levels(lamp))["main"] == (6, 0, 0)
    assert "Lamp Works" in await text_of(await staff.get(f"{DELIVERIES}?state=received"))

    await staff.submit(f"{DELIVERIES}/new", fields)
    path = f"{DELIVERIES}/{(await list_deliveries.page(ctx)).items[0].id}"
    await staff.submit(path, {"version": "1", "do": "some", number: "1"}, action=f"{path}/receive")
    begun = await staff.submit(path, {"version": "2"}, action=f"{path}/cancel")
    await staff.submit(path, {"version": "2", "do": "finish"}, action=f"{path}/receive")
    ended = await text_of(await staff.get(path))
    assert begun.status == 303
    assert "The delivery is closed." in ended
    assert (await levels(lamp))["main"] == (7, 0, 0)

    await staff.submit(f"{DELIVERIES}/new", fields)
    path = f"{DELIVERIES}/{(await list_deliveries.page(ctx)).items[0].id}"
    await staff.submit(path, {"version": "1"}, action=f"{path}/cancel")
    assert "The delivery is cancelled." in await text_of(await staff.get(path))
