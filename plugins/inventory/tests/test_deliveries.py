# SPDX-License-Identifier: Apache-2.0
"""Deliveries of suppliers, by API: expected, received in parts, more than expected, closed, cancelled."""

from datetime import timedelta

from tests.shop import add_product

from shopwright_inventory import api as inventory
from shopwright_inventory.services import list_stock, rules, selling
from shopwright_inventory.services.selling import Rules

BASE = "/api/admin/v1/stock-deliveries"


def incoming(variants, **values):
    return {
        "reference": "PO-7", "supplier": "Lamp Works", "location": "main", "expected_on": "2026-12-01",
        "lines": [{"variant_id": str(id_), "quantity": n} for id_, n in variants.items()],
    } | values  # fmt: skip


def came(variants, **values):
    return {"lines": [{"variant_id": str(id_), "quantity": n} for id_, n in variants.items()]} | values


async def test_a_delivery_comes_in_parts_and_more_than_was_expected(ctx, call, levels, moves_of, offenders):
    lamp, desk = await add_product(ctx, "lamp", stock=1), await add_product(ctx, "desk", stock=None)

    made = await call("POST", BASE, incoming({lamp: 4}))
    path = f"{BASE}/{made[1]['id']}"
    changed = await call("PUT", path, incoming({lamp: 5, desk: 0}), made[2])
    some = await call("POST", f"{path}/receive", came({lamp: 2, desk: 3}), changed[2])
    late = await call("POST", f"{path}/receive", came({lamp: 2}), changed[2])
    moved = await call("PUT", path, incoming({desk: 3}, location="main"))
    begun = await call("POST", f"{path}/cancel")
    rest = await call("POST", f"{path}/receive", came({lamp: 4}, note="One too many"))
    closed = await call("POST", f"{path}/receive", came({lamp: 1}))

    assert (made[0], made[1]["state"], made[1]["expected"], made[2]) == (201, "expected", 4, '"1"')
    assert (some[0], some[1]["state"], some[1]["received"], late[0]) == (200, "expected", 5, 412)
    assert (moved[0], moved[1]["errors"][0]["pointer"], begun[1]["code"]) == (422, "/lines", "delivery_begun")
    assert (rest[1]["state"], closed[0], closed[1]["code"]) == ("received", 409, "delivery_state")
    assert [(x["sku"], x["expected"], x["received"], x["left"], x["over"]) for x in rest[1]["lines"]] == [
        ("LAMP", 5, 6, 0, 1),
        ("DESK", 0, 3, 0, 3),
    ]
    assert (await levels(lamp), await levels(desk)) == ({"main": (7, 0, 0)}, {"main": (3, 0, 0)})
    assert (await list_stock.item(ctx, desk)).tracked
    assert sorted(await moves_of(made[1]["id"])) == [("main", n, "received", "delivery") for n in (2, 3, 4)]
    assert await offenders() == []


async def test_a_delivery_is_closed_short_or_given_up(ctx, call, offenders):
    lamp = await add_product(ctx, "lamp", stock=1)
    short = f"{BASE}/{(await call('POST', BASE, incoming({lamp: 4})))[1]['id']}"
    never = f"{BASE}/{(await call('POST', BASE, incoming({lamp: 4})))[1]['id']}"

    nothing = await call("POST", f"{short}/receive", {"finish": True})
    await call("POST", f"{short}/receive", came({lamp: 1}))
    ended = await call("POST", f"{short}/receive", {"finish": True})
    gone = await call("POST", f"{never}/cancel")
    cases = [
        (incoming({lamp: 1}, reference=" "), ["/reference"]),
        (incoming({lamp: 1}, location="moon"), ["/location"]),
        (incoming({}), ["/lines"]),
        (incoming({lamp: 1}, expected_on="soon"), ["/expected_on"]),
    ]
    wrong = [(await call("POST", BASE, body))[1]["errors"] for body, _ in cases]

    assert (nothing[0], nothing[1]["errors"][0]["pointer"]) == (422, "/lines")
    assert (ended[1]["state"], ended[1]["lines"][0]["left"], gone[1]["state"]) == ("received", 3, "cancelled")
    assert [[error["pointer"] for error in errors] for errors in wrong] == [pointers for _, pointers in cases]
    assert [x["state"] for x in (await call("GET", BASE))[1]["items"]] == ["cancelled", "received"]
    assert len((await call("GET", f"{BASE}?state=received"))[1]["items"]) == 1
    assert await offenders() == []


async def test_customers_are_told_the_day_of_the_next_delivery_where_an_item_says_none(ctx, call):
    lamp, desk = await add_product(ctx, "lamp", stock=0), await add_product(ctx, "desk", stock=0)
    today = selling.today_of(ctx)
    soon, later, own = (today + timedelta(days=n) for n in (5, 9, 30))
    await rules.save(ctx, lamp, None, Rules("backorder"))
    await rules.save(ctx, desk, None, Rules("backorder", available_on=own))

    async def days():
        found = await inventory.availability(ctx, [lamp, desk])
        return found[lamp].expected_on, found[desk].expected_on

    before = await days()
    await call("POST", BASE, incoming({lamp: 4, desk: 4}, expected_on=str(later)))
    first = await call("POST", BASE, incoming({lamp: 1}, expected_on=str(soon)))
    told = await days()
    await call("POST", f"{BASE}/{first[1]['id']}/receive", came({lamp: 1}))

    assert (before, told, await days()) == ((None, own), (soon, own), (later, own))
    events = "SELECT count(*) FROM kernel_outbox WHERE payload->>'reason' = 'delivery'"
    assert await ctx.fetch_value(events) == 3
