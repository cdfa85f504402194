# SPDX-License-Identifier: Apache-2.0
"""A stock-take is applied while the shop and the till sell, over HTTP; and the same with the guard taken away."""

import asyncio

from sqlalchemy import text
from tests.shop import add_product, bearer, furnish, place, ready_cart

from shopwright.clock import FakeClock, SystemClock
from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA
from shopwright_inventory.services import stock_take_apply

PLUGINS = ["flat_shipping", "inventory", "manual_payment", "storefront"]
STOCK, COUNTED, BUYERS, EARLY, LATE = 20, 16, 2, 1, 2
OVERWRITING = str(stock_take_apply._DUE).replace(
    stock_take_apply.DIFFERENCE,
    "s.counted - (SELECT l.on_hand FROM inventory_level l WHERE l.variant_id = s.variant_id)",
)
"""The count itself becomes what is on hand, whatever was sold since."""


async def race(ctx, client, handle):
    """Count, and sell while the count is applied; gives what is on hand and held then."""
    variant_id = await add_product(ctx, handle, stock=STOCK)
    permissions = ("inventory.stock.view", "inventory.stock.edit", "inventory.count.edit")
    headers = await bearer(ctx, *permissions)
    carts = [await ready_cart(client, {variant_id: 1}) for _ in range(BUYERS)]
    body = {"name": "Count", "scope": "skus", "skus": [handle.upper()]}
    take = await client.post_json("/api/admin/v1/stock-takes", body, headers=headers)
    path = f"/api/admin/v1/stock-takes/{take['id']}"

    async def till():
        """Sell one over the counter: whoever was faster is looked at again."""
        while True:
            found = await client.get_json(f"/api/admin/v1/stock?search={handle}", headers=headers)
            level = found["items"][0]["levels"][0]
            sold = {
                "variant_id": str(variant_id), "on_hand": level["on_hand"] - 1, "version": level["version"],
                "reason": "adjusted",
            }  # fmt: skip
            if (await client.send("PATCH", "/api/admin/v1/stock", sold, headers=headers)).status == 200:
                return

    counts = {"counts": [{"variant_id": str(variant_id), "counted": COUNTED}]}
    assert (await client.send("PUT", f"{path}/counts", counts, headers=headers)).status == 200
    for _ in range(EARLY):
        await till()
    applied, *_ = await asyncio.gather(
        client.send("POST", f"{path}/apply", headers=headers),
        *(place(client, cart_id) for cart_id in carts),
        *(till() for _ in range(LATE)),
    )
    assert (applied.status, (await applied.json())["state"]) == (200, "applied")
    rows = await ctx.fetch_rows(
        "SELECT on_hand, reserved + allocated AS held FROM inventory_level WHERE variant_id = $1", variant_id
    )
    return tuple(rows[0])


async def offenders(kernel):
    report = await examine(kernel)
    return {finding.code for finding in report.findings if finding.offenders or finding.error}


async def test_what_is_sold_while_people_count_stays_sold(make_kernel, make_client, monkeypatch):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA], clock=FakeClock(SystemClock().now()))
    ctx = await furnish(kernel, "alpha")
    client = await make_client(kernel, "alpha")

    assert await race(ctx, client, "lamp") == (COUNTED - EARLY - LATE, BUYERS)
    assert await offenders(kernel) == set()

    monkeypatch.setattr(stock_take_apply, "_DUE", text(OVERWRITING))
    on_hand, _ = await race(ctx, client, "desk")
    assert COUNTED - EARLY - LATE + EARLY <= on_hand <= COUNTED
    assert await offenders(kernel) == {"inventory.stock_take_moves"}
