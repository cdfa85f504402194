# SPDX-License-Identifier: Apache-2.0
"""``make bench``, second part: what the number of products costs. Two stores of one installation, one small, one big.

The data folder is kept, so that the big store is filled once. Requests are sent one after another: what is
compared is the time of one, not how many fit into a second.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.performance.bench import serve
from tests.performance.seed import seed, tidy
from tests.shop import EVERYTHING, THEMES, system

from shopwright.config import Config
from shopwright.db.embedded import EmbeddedServer
from shopwright.db.migrate import migrate
from shopwright.http.cookies import FLASH
from shopwright.ids import new_id
from shopwright.kernel import Kernel
from shopwright.migrations import sources
from shopwright.registry import Registry
from shopwright.testing.kernels import TEST_KEY
from shopwright_catalog import api as catalog

ROUNDS = 200
ANEW = {"Cookie": f"{FLASH}=-"}
"""A visitor with a message waiting gets no kept answer."""
Work = Callable[[], Awaitable[None]]


class Shop:
    """One store as its customers' clients see it."""

    def __init__(self, session: aiohttp.ClientSession, code: str, size: int) -> None:
        self.session, self.code, self.size = session, code, size
        self.numbers = itertools.count(1)
        self.cursor = self.cart = ""

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Host": f"{self.code}.localhost", "Idempotency-Key": str(new_id()), **ANEW}
        async with self.session.request(method, path, json=body, headers=headers) as answer:
            assert answer.status < 300, f"{path}: {await answer.text()}"
            return await answer.json() if answer.content_type == "application/json" else await answer.read()

    def handle(self) -> str:
        return f"seed-{next(self.numbers) * 7919 % self.size}"

    async def prepare(self) -> None:
        """Go some pages deep into the listing, and put 50 products into a cart."""
        page: dict[str, Any] = {"next_cursor": ""}
        variants: list[str] = []
        for _ in range(5):
            page = await self.call("GET", f"/api/v1/products?limit=50&cursor={page['next_cursor']}")
            variants += [card["variant_ids"][0] for card in page["items"] if card["available"]]
        self.cursor = page["next_cursor"]
        cart = await self.call("POST", "/api/v1/carts")
        self.cart = f"/api/v1/carts/{cart['id']}"
        put = 0
        for variant_id in variants:
            line = {"variant_id": variant_id, "quantity": 1}
            try:
                await self.call("POST", f"{self.cart}/lines", line)
            except AssertionError:
                continue
            put += 1
            if put == 50:
                return

    def works(self) -> dict[str, Work]:
        """Give what is measured, by name."""

        def get(path: Callable[[], str]) -> Work:
            async def work() -> None:
                await self.call("GET", path())

            return work

        return {
            "product list, first page": get(lambda: "/api/v1/products?limit=24"),
            "product list, sixth page": get(lambda: f"/api/v1/products?limit=24&cursor={self.cursor}"),
            "product list by price": get(lambda: "/api/v1/products?limit=24&sort=price"),
            "category": get(lambda: f"/categories/shelf-{next(self.numbers) % 40}"),
            "product": get(lambda: f"/api/v1/products/{self.handle()}"),
            "product page": get(lambda: f"/products/{self.handle()}"),
            "search, one rare word": get(lambda: f"/api/v1/search?q={next(self.numbers) * 7919 % self.size}"),
            "search, two common words": get(lambda: "/api/v1/search?q=oak+lamp"),
            "cart with 50 lines": get(lambda: self.cart),
        }


async def timed(work: Work, rounds: int) -> float:
    """Give the median of some rounds in milliseconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


async def fill(url: str, folder: str, small: int, big: int) -> None:
    """Make both stores, if they are not there yet."""
    await migrate(url, sources(Registry.load(list(EVERYTHING))))
    async with await Kernel.open(_config(url, folder)) as kernel:
        for code, scale in (("small", small), ("big", big)):
            await seed(kernel, code, scale)
    await tidy(url)


async def prices(url: str, folder: str, rounds: int) -> dict[str, float]:
    """Time the prices of 50 variants for a customer, without HTTP, by store."""
    found = {}
    async with await Kernel.open(_config(url, folder)) as kernel:
        for code in ("small", "big"):
            ctx = system(kernel, code)
            page = await catalog.cards(ctx, limit=50)
            infos = await catalog.variants(ctx, [card.variant_ids[0] for card in page.cards])
            requests = [
                catalog.PriceRequest(x.id, x.product_id, x.price, x.compare_at) for x in infos.values()
            ]

            async def work(ctx: Any = ctx, requests: Any = requests) -> None:
                await catalog.prices(ctx, requests)

            found[code] = await timed(work, rounds)
    return found


def _config(url: str, folder: str) -> Config:
    return Config(
        data_dir=Path(folder), database_url=url, secret_keys=(TEST_KEY,), plugins=EVERYTHING, **THEMES
    )


async def run(port: int, small: int, big: int, rounds: int) -> dict[str, dict[str, float]]:
    results: dict[str, dict[str, float]] = {}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        for code, size in (("small", small), ("big", big)):
            shop = Shop(session, code, size)
            await shop.prepare()
            for name, work in shop.works().items():
                await timed(work, 5)
                results.setdefault(name, {})[code] = await timed(work, rounds)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--big", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--data-dir", type=Path, default=Path(".shopwright-bench"))
    given = parser.parse_args()
    folder = str(given.data_dir)
    with EmbeddedServer(given.data_dir / "postgres") as server:
        uvloop.run(fill(server.url, folder, given.small, given.big))
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(server.url, folder, theirs)
        )
        process.start()
        try:
            results = uvloop.run(run(ours.recv()[1], given.small, given.big, given.rounds))
        finally:
            process.kill()
            process.join()
        results["prices of 50 variants (no HTTP)"] = asyncio.run(prices(server.url, folder, given.rounds))
    table = Table("What, p50 in ms", f"{given.small:,} products", f"{given.big:,} products", "growth")
    for name, r in results.items():
        table.add_row(name, f"{r['small']:.1f}", f"{r['big']:.1f}", f"{r['big'] / r['small']:.2f}")
    Console().print(table)
    Path("bench-growth.json").write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
