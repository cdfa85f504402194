# SPDX-License-Identifier: Apache-2.0
"""The process is killed before each statement of placing an order; afterwards every invariant is whole."""

import asyncio
import contextlib
import sys
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from tests.shop import EVERYTHING, add_product, furnish, place, ready_cart

from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA
from shopwright_checkout.services import resolve_payment
from shopwright_orders import api as orders

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]
SCRIPT = Path(__file__).with_name("mortal_server.py")


class MortalServers:
    """Servers one after the other, each in a process of its own that dies before a given statement."""

    def __init__(self, kernel) -> None:
        self._arguments = [str(kernel.config.database_url), str(kernel.config.data_dir)]

    async def __aenter__(self):
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), *self._arguments, stdin=pipe, stdout=pipe
        )
        return self

    async def __aexit__(self, *_):
        self._process.stdin.close()
        await self._process.wait()

    async def order(self, cart_id: str, dies_at: int) -> tuple[int, list[int]]:
        """Place an order; gives the status, 0 when the server died under it, and the statements it counted."""
        self._process.stdin.write(b"%d\n" % dies_at)
        port = int(await self._process.stdout.readline())
        url = f"http://127.0.0.1:{port}/api/v1/carts/{cart_id}/order"
        headers = {"Host": "alpha.localhost", "Idempotency-Key": cart_id}
        status = 0
        with contextlib.suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession() as session, session.post(url, headers=headers) as response:
                status = response.status
        self._process.stdin.write(b"end\n")
        said = []
        while (line := await self._process.stdout.readline()) != b"over\n":
            assert line, "the parent of the servers is gone"
            said.append(int(line))
        return status, said


async def test_no_crash_point_loses_or_doubles_anything(make_kernel, make_client):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA])
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, "lamp", stock=1000)
    client = await make_client(kernel, "alpha")
    died = 0
    async with MortalServers(kernel) as servers:
        status, [points] = await servers.order(await ready_cart(client, {lamp: 1}), dies_at=0)
        assert status == 201
        assert points > 10

        for at in range(1, points + 1):
            cart_id = await ready_cart(client, {lamp: 1})
            died += await servers.order(cart_id, dies_at=at) == (0, [])
            if at % 2:
                assert (await place(client, cart_id)).status == 201, at
            else:
                await settle_as_the_job_does(ctx)

    placed = await ctx.fetch_value("SELECT count(*) FROM orders_order")
    carts = await ctx.fetch_value("SELECT count(*) FROM checkout_cart WHERE status = 'placed'")
    charged = await ctx.fetch_value("SELECT count(*) FROM manual_payment_test_charge WHERE outcome = 'paid'")
    paid = await ctx.fetch_value("SELECT count(*) FROM orders_payment WHERE status = 'paid'")
    report = await examine(kernel)
    print(f"crash points covered {died}/{points}")
    assert died == points
    assert placed == carts
    assert charged == paid
    assert [(f.code, f.offenders, f.error) for f in report.findings if f.offenders or f.error] == []


async def settle_as_the_job_does(ctx) -> None:
    """Do what the job does that the order left behind, without waiting for its hour."""
    later = ctx.clock.now() + timedelta(hours=1)
    for order_id in await orders.unresolved_payments(ctx, older_than=later):
        await resolve_payment.resolve(ctx, order_id)
