# SPDX-License-Identifier: Apache-2.0
"""Transfers are sent while customers order the same units, over HTTP; and the same with the guard taken away."""

import asyncio
from collections import Counter

import asyncpg
from sqlalchemy import text
from tests.shop import add_product, bearer, furnish, place, ready_cart

from shopwright.clock import FakeClock, SystemClock
from shopwright.db.settings import driver_options
from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA
from shopwright_inventory.services import locations, moves, transfers
from shopwright_inventory.services.locations import LocationInput

PLUGINS = ["flat_shipping", "inventory", "manual_payment", "storefront"]
STOCK, BUYERS, SENDERS, EACH = 7, 8, 4, 2


async def race(ctx, client, handle):
    """Let everybody take the last units at once; gives the statuses of both, and the variant's level."""
    variant_id = await add_product(ctx, handle, stock=STOCK)
    headers = await bearer(ctx, "inventory.stock.edit")
    carts = [await ready_cart(client, {variant_id: 1}) for _ in range(BUYERS)]
    line = {"variant_id": str(variant_id), "quantity": EACH}
    body = {"from_location": "main", "to_location": "attic", "lines": [line]}
    path = "/api/admin/v1/stock-transfers"
    drafts = [await client.post_json(path, body, headers=headers) for _ in range(SENDERS)]
    answered, bought, sent = asyncio.Semaphore(0), Counter[int](), Counter[int]()

    async def order(cart_ids):
        for cart_id in cart_ids:
            bought[(await place(client, cart_id)).status] += 1
            answered.release()

    async def send(draft):
        # An order is answered before each transfer, so that both get their part of the units.
        await answered.acquire()
        answer = await client.send("POST", f"{path}/{draft['id']}/send", headers=headers)
        sent[answer.status] += 1

    await asyncio.gather(order(carts[::2]), order(carts[1::2]), *(send(each) for each in drafts))
    rows = await ctx.fetch_rows(
        "SELECT on_hand, reserved + allocated AS held FROM inventory_level WHERE variant_id = $1", variant_id
    )
    return bought, sent, tuple(rows[0])


async def offenders(kernel):
    report = await examine(kernel)
    return {finding.code for finding in report.findings if finding.offenders or finding.error}


async def test_a_transfer_never_takes_what_a_customer_has_ordered(make_kernel, make_client, monkeypatch):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA], clock=FakeClock(SystemClock().now()))
    ctx = await furnish(kernel, "alpha")
    await locations.add(ctx, code="attic", new=LocationInput("Attic", 1))
    client = await make_client(kernel, "alpha")

    bought, sent, (on_hand, held) = await race(ctx, client, "lamp")

    assert set(bought) | set(sent) <= {200, 201, 409}
    # More customers than units: whoever is refused saw nothing left.
    assert bought[201] + EACH * sent[200] == STOCK
    assert min(bought[201], sent[200]) > 0
    assert (on_hand, held) == (STOCK - EACH * sent[200], bought[201])
    assert on_hand >= held
    assert await offenders(kernel) == set()

    admin = await asyncpg.connect(**driver_options(str(kernel.config.database_url)))
    await admin.execute("ALTER TABLE inventory_level DROP CONSTRAINT inventory_level_held_check")
    await admin.close()
    monkeypatch.setattr(moves, "_MOVES", text(str(moves._MOVES).replace(moves.GUARD, "")))
    monkeypatch.setattr(transfers, "_check_free", lambda wanted, found, location_id: None)
    monkeypatch.setattr(moves, "_check_held", lambda level, quantity, may_owe: None)
    bought, sent, (on_hand, held) = await race(ctx, client, "desk")

    assert bought[201] + EACH * sent[200] > STOCK
    assert held > on_hand
    assert "inventory.reserved" in await offenders(kernel)
