# SPDX-License-Identifier: Apache-2.0
"""``make bench``: requests per second in one run on this machine, each also as a ratio to a bare aiohttp hello.

The server runs in a process of its own; this process sends the load over 64 connections.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.shop import ADDRESS, EVERYTHING, THEMES, add_product, furnish

from shopwright.activation import create_store
from shopwright.app import create_app
from shopwright.config import Config
from shopwright.db.embedded import EmbeddedServer
from shopwright.db.migrate import migrate
from shopwright.db.query_log import QueryLog
from shopwright.http.cookies import FLASH
from shopwright.ids import new_id
from shopwright.kernel import Kernel
from shopwright.migrations import sources
from shopwright.registry import Registry
from shopwright.testing.kernels import ALPHA, TEST_KEY, enable_all

CONNECTIONS = 64
HOST = {"Host": "alpha.localhost"}
Work = Callable[[aiohttp.ClientSession, int], Awaitable[None]]


def serve(url: str, folder: str, port: Any) -> None:
    """Serve the store and a bare hello, and tell the port."""

    async def run() -> None:
        config = Config(
            data_dir=Path(folder), database_url=url, secret_keys=(TEST_KEY,), plugins=EVERYTHING, **THEMES,
            requests_per_minute=10**6, db_pool_size=24, log_level="warning",
        )  # fmt: skip
        log, stack = QueryLog(everywhere=True), ExitStack()
        counting: list[QueryLog] = []

        async def statements(_request: web.Request) -> web.Response:
            """Tell how many statements were sent since this was first asked."""
            if not counting:
                counting.append(stack.enter_context(log.recording()))
            return web.Response(text=str(len(log)))

        hello = web.Application()
        hello.router.add_get("/", _hello)
        hello.router.add_get("/statements", statements)
        async with await Kernel.open(config) as kernel:
            ports = []
            for app in (hello, create_app(config, kernel=kernel)):
                runner = web.AppRunner(app, access_log=None)
                await runner.setup()
                site = web.TCPSite(runner, "127.0.0.1", 0)
                await site.start()
                ports.append(runner.addresses[0][1])
            port.send(ports)
            await asyncio.Event().wait()

    uvloop.run(run())


async def _hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def prepare(url: str, folder: str) -> list[str]:
    """Make a store with 20 products; gives the ids of their variants."""
    await migrate(url, sources(Registry.load(list(EVERYTHING))))
    config = Config(
        data_dir=Path(folder), database_url=url, secret_keys=(TEST_KEY,), plugins=EVERYTHING, **THEMES
    )
    async with await Kernel.open(config) as kernel:
        await enable_all(kernel, await create_store(kernel, ALPHA))
        ctx = await furnish(kernel, "alpha")
        return [str(await add_product(ctx, f"lamp-{n}", stock=10**6)) for n in range(20)]


async def measure(base: str, work: Work, seconds: float) -> dict[str, float]:
    """Run work over and over on all connections; gives requests per second and latencies in milliseconds."""
    times: list[float] = []
    numbers = itertools.count()
    ends = time.perf_counter() + seconds

    async def one(session: aiohttp.ClientSession) -> None:
        while (began := time.perf_counter()) < ends:
            await work(session, next(numbers))
            times.append(time.perf_counter() - began)

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(base, connector=connector, headers=HOST) as session:
        await work(session, next(numbers))
        began = time.perf_counter()
        await asyncio.gather(*(one(session) for _ in range(CONNECTIONS)))
        spent = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [times[0]] * 99
    return {"per_second": len(times) / spent, "p50_ms": cuts[49] * 1000, "p95_ms": cuts[94] * 1000}


def works(variant_ids: list[str]) -> dict[str, Work]:
    """Give what is measured, by name."""
    carts: list[str] = []

    def get(path: Callable[[int], str], **headers: str) -> Work:
        async def work(session: aiohttp.ClientSession, number: int) -> None:
            async with session.get(path(number), headers=headers) as answer:
                assert answer.status == 200, await answer.text()
                await answer.read()

        return work

    async def put_in(session: aiohttp.ClientSession, cart_id: str, number: int) -> None:
        line = {"variant_id": variant_ids[number % len(variant_ids)], "quantity": 1}
        await _send(session, "POST", f"/api/v1/carts/{cart_id}/lines", line)

    async def add(session: aiohttp.ClientSession, number: int) -> None:
        while len(carts) < CONNECTIONS:
            carts.append((await _send(session, "POST", "/api/v1/carts"))["id"])
        await put_in(session, carts[number % CONNECTIONS], number)

    async def checkout(session: aiohttp.ClientSession, number: int) -> None:
        cart = await _send(session, "POST", "/api/v1/carts")
        await put_in(session, cart["id"], number)
        choice = {
            "email": "ada@example.com", "shipping_address": ADDRESS, "shipping_code": "flat_shipping.standard",
            "payment_method": "manual_payment.test",
        }  # fmt: skip
        path = f"/api/v1/carts/{cart['id']}"
        await _send(session, "PATCH", path, choice)
        order = await _send(session, "POST", f"{path}/order")
        assert order["status"] == "confirmed"

    # A visitor with a message waiting gets no kept answer.
    anew = {"Cookie": f"{FLASH}=-"}
    return {
        "bare aiohttp hello": get(lambda _: "/"),
        "cached product page": get(lambda _: "/products/lamp-1"),
        "uncached product page": get(lambda n: f"/products/lamp-{n % 20}", **anew),
        "cached product list API": get(lambda _: "/api/v1/products?limit=20"),
        "uncached product list API": get(lambda _: "/api/v1/products?limit=20", **anew),
        "add to cart": add,
        "whole checkout (4 calls)": checkout,
    }


async def _send(session: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> Any:
    async with session.request(method, path, json=body, headers={"Idempotency-Key": str(new_id())}) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json()


async def run(ports: list[int], variant_ids: list[str], seconds: float) -> dict[str, dict[str, float]]:
    results = {}
    for name, work in works(variant_ids).items():
        port = ports[0] if name.startswith("bare") else ports[1]
        results[name] = await measure(f"http://127.0.0.1:{port}", work, seconds)
        results[name]["ratio"] = results[name]["per_second"] / results["bare aiohttp hello"]["per_second"]
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "postgres") as server:
        variant_ids = asyncio.run(prepare(server.url, folder))
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(server.url, folder, theirs)
        )
        process.start()
        try:
            results = uvloop.run(run(ours.recv(), variant_ids, seconds))
        finally:
            process.kill()
            process.join()
    table = Table("What", "per second", "ratio to hello", "p50 ms", "p95 ms")
    for name, r in results.items():
        numbers = (f"{r['per_second']:.0f}", f"{r['ratio']:.4f}", f"{r['p50_ms']:.1f}", f"{r['p95_ms']:.1f}")
        table.add_row(name, *numbers)
    Console().print(table)
    Path("bench-results.json").write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
