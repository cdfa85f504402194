# SPDX-License-Identifier: Apache-2.0
"""Transfers between locations, by API: sent, received in parts, written off, cancelled."""

from datetime import timedelta

from tests.shop import add_product

from shopwright.ids import new_id
from shopwright_inventory import api as inventory
from shopwright_inventory.services import locations
from shopwright_inventory.services.locations import LocationInput

BASE = "/api/admin/v1/stock-transfers"


async def hold(ctx, variant_id, quantity):
    demand = [inventory.Demand(variant_id, quantity)]
    owner, until = new_id(), ctx.clock.now() + timedelta(minutes=15)
    await ctx.run(
        lambda session: inventory.reserve(ctx, session, owner=owner, demand=demand, expires_at=until)
    )


def draft(variants, **values):
    return {
        "from_location": "main", "to_location": "attic", "reference": "T-1",
        "lines": [{"variant_id": str(id_), "quantity": n} for id_, n in variants.items()],
    } | values  # fmt: skip


async def test_a_transfer_is_sent_received_in_parts_and_the_rest_written_off(
    ctx, call, levels, moves_of, offenders
):
    await locations.add(ctx, code="attic", new=LocationInput("Attic", 1))
    lamp, desk = await add_product(ctx, "lamp", stock=10), await add_product(ctx, "desk", stock=3)

    made = await call("POST", BASE, draft({lamp: 2}))
    path = f"{BASE}/{made[1]['id']}"
    changed = await call("PUT", path, draft({lamp: 6, desk: 3}), made[2])
    late = await call("PUT", path, draft({lamp: 1}), made[2])
    too_soon = await call("POST", f"{path}/receive", {"lines": [{"variant_id": str(lamp), "received": 1}]})
    sent = await call("POST", f"{path}/send", match=changed[2])

    assert (made[0], made[1]["state"], made[2]) == (201, "draft", '"1"')
    assert (changed[0], changed[1]["quantity"], changed[1]["in_transit"]) == (200, 9, 0)
    assert (late[0], too_soon[0], too_soon[1]["code"]) == (412, 409, "transfer_state")
    assert (sent[0], sent[1]["state"], sent[1]["in_transit"], sent[2]) == (200, "sent", 9, '"3"')
    assert (await levels(lamp), await levels(desk)) == ({"main": (4, 0, 0)}, {"main": (0, 0, 0)})

    many = await call("POST", f"{path}/receive", {"lines": [{"variant_id": str(lamp), "received": 7}]})
    part = [{"variant_id": str(lamp), "received": 4, "damaged": 1}]
    some = await call("POST", f"{path}/receive", {"lines": part, "note": "One broke"}, sent[2])
    again = await call("POST", f"{path}/receive", {"lines": part}, sent[2])
    begun = await call("POST", f"{path}/cancel")
    rest = [{"variant_id": str(lamp), "missing": 1}, {"variant_id": str(desk), "received": 3}]
    done = await call("POST", f"{path}/receive", {"lines": rest})

    assert (many[0], many[1]["errors"][0]["pointer"]) == (422, "/lines/0/received")
    assert (some[0], some[1]["state"], some[1]["in_transit"]) == (200, "sent", 4)
    assert (again[0], begun[0], begun[1]["code"]) == (412, 409, "transfer_begun")
    assert (done[0], done[1]["state"], done[1]["in_transit"]) == (200, "received", 0)
    assert [(x["sku"], x["sent"], x["received"], x["written_off"]) for x in done[1]["lines"]] == [
        ("LAMP", 6, 4, 2),
        ("DESK", 3, 3, 0),
    ]
    assert [(x["sku"], x["quantity"], x["reason"], x["note"]) for x in done[1]["write_offs"]] == [
        ("LAMP", 1, "damaged", "One broke"),
        ("LAMP", 1, "missing", ""),
    ]
    assert await levels(lamp) == {"main": (4, 0, 0), "attic": (4, 0, 0)}
    assert sorted(await moves_of(made[1]["id"])) == [
        ("attic", 3, "transfer_in", "transfer"),
        ("attic", 4, "transfer_in", "transfer"),
        ("main", -6, "transfer_out", "transfer"),
        ("main", -3, "transfer_out", "transfer"),
    ]
    assert await offenders() == []


async def test_what_is_held_is_not_sent_and_what_was_sent_can_be_brought_back(ctx, call, levels, offenders):
    await locations.add(ctx, code="attic", new=LocationInput("Attic", 1))
    lamp = await add_product(ctx, "lamp", stock=5)
    await hold(ctx, lamp, 2)
    made = await call("POST", BASE, draft({lamp: 4}))
    path = f"{BASE}/{made[1]['id']}"

    refused = await call("POST", f"{path}/send")
    await call("PUT", path, draft({lamp: 3}))
    sent = await call("POST", f"{path}/send")
    gone = await levels(lamp)
    back = await call("POST", f"{path}/cancel", match=sent[2])
    dropped = await call("POST", f"{BASE}/{(await call('POST', BASE, draft({lamp: 1})))[1]['id']}/cancel")

    assert (refused[0], refused[1]["code"]) == (409, "not_enough")
    assert refused[1]["lines"] == [{"variant_id": str(lamp), "wanted": 4, "free": 3}]
    assert refused[1]["errors"][0]["pointer"] == "/lines/0/quantity"
    assert gone == {"main": (2, 2, 0)}
    assert (back[0], back[1]["state"], back[1]["lines"][0]["brought_back"]) == (200, "cancelled", 3)
    assert dropped[1]["state"] == "cancelled"
    assert await levels(lamp) == {"main": (5, 2, 0)}
    first = await call("GET", f"{BASE}?state=cancelled&limit=1")
    second = await call("GET", f"{BASE}?state=cancelled&limit=1&cursor={first[1]['next_cursor']}")
    assert [x["quantity"] for x in (*first[1]["items"], *second[1]["items"])] == [1, 3]
    assert (second[1]["next_cursor"], (await call("GET", f"{BASE}?state=sent"))[1]["items"]) == ("", [])
    assert await offenders() == []


async def test_a_wrong_transfer_is_refused_by_field(ctx, call):
    lamp = await add_product(ctx, "lamp", stock=5)
    line = {"variant_id": str(lamp), "quantity": 1}
    nobody = {"variant_id": "01890000-0000-7000-8000-000000000000", "quantity": 0}
    cases = [
        (draft({lamp: 1}), ["/to_location"]),
        (draft({lamp: 1}, to_location="main"), ["/to_location"]),
        (
            draft({}, to_location="main", lines=[line, line, nobody]),
            ["/to_location", "/lines/1/variant_id", "/lines/2/variant_id", "/lines/2/quantity"],
        ),
        (draft({}), ["/lines"]),
        (draft({lamp: 1}, reference="x" * 81), ["/reference"]),
    ]

    for body, pointers in cases:
        status, problem, _ = await call("POST", BASE, body)
        assert (status, [error["pointer"] for error in problem["errors"]]) == (422, pointers)
    assert (await call("GET", f"{BASE}/{lamp}"))[0] == 404
    assert (await call("GET", f"{BASE}?cursor=x"))[0] == 400
