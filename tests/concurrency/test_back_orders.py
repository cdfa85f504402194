# SPDX-License-Identifier: Apache-2.0
"""What is sold beyond the stock, over HTTP: what customers read, a race for the last back-order, and no guard."""

import asyncio
from collections import Counter
from datetime import timedelta

import asyncpg
from sqlalchemy import text
from tests.concurrency.test_last_units import ROOMY
from tests.shop import EVERYTHING, add_product, furnish, place, ready_cart

from shopwright.clock import FakeClock, SystemClock
from shopwright.db.settings import driver_options
from shopwright.doctor_run import examine
from shopwright.i18n import format_date
from shopwright.testing.kernels import ALPHA
from shopwright_inventory.services import reservations, rules, selling
from shopwright_inventory.services.selling import Rules

BUYERS = 12


async def race(client, variant_id) -> Counter[int]:
    """Let everybody order one unit at once; gives how many got which status."""
    cart_ids = [await ready_cart(client, {variant_id: 1}) for _ in range(BUYERS)]
    answers = await asyncio.gather(*(place(client, cart_id) for cart_id in cart_ids))
    return Counter(answer.status for answer in answers)


async def test_a_back_order_is_told_and_its_limit_holds_in_a_race_and_does_not_without_the_guard(
    make_kernel, make_client, monkeypatch
):
    clock = FakeClock(SystemClock().now())
    kernel = await make_kernel(
        plugins=EVERYTHING,
        stores=[ALPHA],
        config={"handler_timeout": 120.0},
        database=ROOMY,
        clock=clock,
    )
    ctx = await furnish(kernel, "alpha")
    lamp, desk = [await add_product(ctx, handle, stock=1) for handle in ("lamp", "desk")]
    chair = await add_product(ctx, "chair", stock=0)
    day = clock.now().date() + timedelta(days=20)
    for variant_id in (lamp, desk):
        await rules.save(ctx, variant_id, None, Rules("backorder", 0, 1, day))
    await rules.save(ctx, chair, None, Rules("preorder", available_on=day))
    client, shopper = await make_client(kernel, "alpha"), await make_client(kernel, "alpha")
    words = format_date(day, "en", length="long")

    ready = await (await shopper.get("/products/lamp")).text()
    unborn = await (await shopper.get("/products/chair")).text()
    await shopper.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "2"}, action="/cart/add")
    cart = await (await shopper.get("/cart")).text()
    statuses = await race(client, lamp)
    await kernel.jobs.drain()
    gone = await (await client.get("/products/lamp")).text()
    fine = await examine(kernel)

    assert ("Back-order" in ready, "Only 2 left." in ready) == (False, True)
    assert f"Pre-order, ships on {words}" in unborn
    assert f"1 of these on back-order, expected on {words}" in cart
    assert statuses == {201: 2, 409: BUYERS - 2}
    assert "Sold out" in gone
    assert [(f.code, f.offenders, f.error) for f in fine.findings if f.offenders or f.error] == []

    admin = await asyncpg.connect(**driver_options(str(kernel.config.database_url)))
    await admin.execute("ALTER TABLE inventory_level DROP CONSTRAINT inventory_level_held_check")
    await admin.close()
    monkeypatch.setattr(selling, "_LOCK", text("SELECT 1 WHERE CAST(:ids AS uuid[]) IS NOT NULL"))
    unguarded = str(reservations._HOLD).replace(reservations.GUARD, "")
    monkeypatch.setattr(reservations, "_HOLD", text(unguarded))
    oversold = await race(client, desk)
    broken = await examine(kernel)

    assert oversold[201] > 2
    assert "inventory.reserved" in {f.code for f in broken.findings if f.offenders}
