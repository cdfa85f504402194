# SPDX-License-Identifier: Apache-2.0
"""One item that is put into a cart in two windows at once: one line, nothing lost, and never more than there is."""

import asyncio

from sqlalchemy import text
from tests.shop import add_product, furnish

from shopwright.testing.kernels import ALPHA
from shopwright_checkout.services import carts

PLUGINS = ["checkout", "flat_shipping", "inventory", "manual_payment"]
WINDOWS = 12


async def _filled(client, lamp):
    """Put a lamp into one cart from many windows at once; gives what is in it then, and what each was told."""
    cart = await client.post_json("/api/v1/carts")
    path = f"/api/v1/carts/{cart['id']}"
    line = {"variant_id": str(lamp), "quantity": 1}
    answers = await asyncio.gather(*(client.send("POST", f"{path}/lines", line) for _ in range(WINDOWS)))
    lines = (await client.get_json(path))["lines"]
    return [x["quantity"] for x in lines], sorted(x.status for x in answers)


async def test_what_many_windows_put_into_a_cart_is_one_line_and_nothing_is_lost(
    make_kernel, make_client, monkeypatch
):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA])
    ctx = await furnish(kernel, "alpha")
    client = await make_client(kernel, "alpha")
    lamp, rare = await add_product(ctx, "lamp", stock=100), await add_product(ctx, "rare", stock=5)

    assert await _filled(client, lamp) == ([WINDOWS], [201] * WINDOWS)
    assert await _filled(client, rare) == ([5], [201] * 5 + [409] * (WINDOWS - 5))

    # Without the lock of the cart, windows overwrite what others have put in.
    monkeypatch.setattr(carts, "_LOCK", text("SELECT 1 WHERE CAST(:cart_id AS uuid) IS NOT NULL"))
    (quantity,), _ = await _filled(client, lamp)
    assert quantity < WINDOWS
