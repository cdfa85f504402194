# SPDX-License-Identifier: Apache-2.0
"""200 customers race for 50 units, over HTTP; and the same race with the guard taken away."""

import asyncio
from collections import Counter

import asyncpg
import pytest
from sqlalchemy import text
from tests.shop import EVERYTHING, add_product, furnish, place, ready_cart, system

from shopwright.db.settings import driver_options
from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA
from shopwright_inventory.services import reservations, selling

pytestmark = pytest.mark.timeout(600)
ROOMY = {"pool_size": 12, "max_overflow": 12, "pool_timeout": 120.0}


async def race(kernel, make_client, *, buyers: int, stock: int) -> Counter[int]:
    """Let everybody order one unit at once; gives how many got which status."""
    await furnish(kernel, "alpha")
    lamp = await add_product(system(kernel, "alpha"), "lamp", stock=stock)
    client = await make_client(kernel, "alpha")
    cart_ids = [await ready_cart(client, {lamp: 1}) for _ in range(buyers)]
    answers = await asyncio.gather(*(place(client, cart_id) for cart_id in cart_ids))
    return Counter(answer.status for answer in answers)


async def sold(kernel) -> int:
    sql = """
    SELECT coalesce(sum(l.quantity), 0) FROM orders_line l
    JOIN orders_order o ON o.store_id = l.store_id AND o.id = l.order_id AND o.status = 'confirmed'
    """
    return int(await system(kernel, "alpha").fetch_value(sql))


async def test_two_hundred_buyers_of_fifty_units_get_exactly_fifty_orders(make_kernel, make_client):
    config = {"handler_timeout": 120.0}
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA], config=config, database=ROOMY)

    statuses = await race(kernel, make_client, buyers=200, stock=50)

    assert statuses == {201: 50, 409: 150}
    assert await sold(kernel) == 50
    report = await examine(kernel)
    assert [(f.code, f.offenders, f.error) for f in report.findings if f.offenders or f.error] == []


async def test_without_the_guard_the_same_race_oversells(make_kernel, make_client, monkeypatch):
    kernel = await make_kernel(
        plugins=EVERYTHING, stores=[ALPHA], config={"handler_timeout": 120.0}, database=ROOMY
    )
    admin = await asyncpg.connect(**driver_options(str(kernel.config.database_url)))
    await admin.execute("ALTER TABLE inventory_level DROP CONSTRAINT inventory_level_held_check")
    await admin.close()
    monkeypatch.setattr(selling, "_LOCK", text("SELECT 1 WHERE CAST(:ids AS uuid[]) IS NOT NULL"))
    unguarded = str(reservations._HOLD).replace(reservations.GUARD, "")
    monkeypatch.setattr(reservations, "_HOLD", text(unguarded))

    await race(kernel, make_client, buyers=60, stock=5)

    assert await sold(kernel) > 5
    report = await examine(kernel)
    assert "inventory.reserved" in {f.code for f in report.findings if f.offenders}
