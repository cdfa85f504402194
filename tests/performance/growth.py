# SPDX-License-Identifier: Apache-2.0
"""``make bench GROWTH=1000000``, second part: what the number of products costs.

Two stores of one installation, one small, one big. The data folder is kept, so that the big store is filled
once. Requests are sent one after another, to both stores by turns: what is compared is the time of one, not how
many fit into a second.
"""

import argparse
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.performance.bench import serve
from tests.performance.furnishing import furnish
from tests.performance.meter import Compared, Meter
from tests.performance.readers import PriceAsker, Shop
from tests.performance.seed import seed, tidy
from tests.shop import EVERYTHING, THEMES, system

from shopwright.config import Config
from shopwright.db.embedded import EmbeddedServer
from shopwright.db.migrate import migrate
from shopwright.db.query_log import QueryLog
from shopwright.kernel import Kernel
from shopwright.migrations import sources
from shopwright.registry import Registry
from shopwright.testing.kernels import TEST_KEY

PAIRS = 150
ALLOWED = 1.5
CODES = ("small", "big")


async def fill(url: str, folder: str, sizes: tuple[int, int]) -> None:
    """Make both stores, if they are not there yet."""
    await migrate(url, sources(Registry.load(list(EVERYTHING))))
    async with await Kernel.open(_config(url, folder)) as kernel:
        for code, scale in zip(CODES, sizes, strict=True):
            await seed(kernel, code, scale)
            await furnish(system(kernel, code), scale)
    await tidy(url)


def _config(url: str, folder: str) -> Config:
    return Config(
        data_dir=Path(folder), database_url=url, secret_keys=(TEST_KEY,), plugins=EVERYTHING, **THEMES
    )


async def run(
    url: str, folder: str, server: tuple[int, list[int]], sizes: tuple[int, int], pairs: int
) -> dict[str, Compared]:
    """Measure everything; ``server`` is the process that serves, with its ports."""
    pid, (beside, port) = server
    results: dict[str, Compared] = {}
    async with (
        await Kernel.open(_config(url, folder)) as kernel,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        aiohttp.ClientSession(f"http://127.0.0.1:{beside}") as hello,
    ):
        shops = [Shop(session, kernel, code, size) for code, size in zip(CODES, sizes, strict=True)]
        for shop in shops:
            await shop.prepare()

        async def served() -> int:
            async with hello.get("/statements") as answer:
                return int(await answer.text())

        meter = Meter(url, pid, served)
        small, big = (shop.works() for shop in shops)
        for name in small:
            results[name] = await meter.compare(small[name], big[name], pairs)
        results["prices of 50 variants for a customer"] = await _prices(url, shops, pairs)
    return results


async def _prices(url: str, shops: list[Shop], pairs: int) -> Compared:
    """Ask for prices in this process, without HTTP."""
    log = QueryLog(everywhere=True)

    async def sent() -> int:
        return len(log)

    small, big = [await PriceAsker.of(shop) for shop in shops]
    with log.recording():
        return await Meter(url, os.getpid(), sent).compare(small, big, pairs)


def shown(results: dict[str, Compared], sizes: tuple[int, int]) -> Table:
    columns = (
        "p50 in ms", f"{sizes[0]:,} products", f"{sizes[1]:,} products", "growth", "CPU", "CPU", "growth",
        "statements",
    )  # fmt: skip
    table = Table(*columns)
    for name, r in results.items():
        figures = [r.small, r.big, r.growth, r.cpu_small, r.cpu_big, r.cpu_growth]
        cells = [f"{figure:.2f}" if figure else "-" for figure in figures]
        grows = min(r.growth, r.cpu_growth or r.growth) > ALLOWED
        table.add_row(name, *cells, str(r.statements), style="bold red" if grows else "")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--big", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--data-dir", type=Path, default=Path(".shopwright-bench"))
    given = parser.parse_args()
    folder, sizes = str(given.data_dir), (given.small, given.big)
    with EmbeddedServer(given.data_dir / "postgres") as server:
        uvloop.run(fill(server.url, folder, sizes))
        ours, theirs = multiprocessing.Pipe()
        context: Any = multiprocessing.get_context("spawn")
        process = context.Process(target=serve, args=(server.url, folder, theirs))
        process.start()
        try:
            serving = (process.pid, ours.recv())
            results = uvloop.run(run(server.url, folder, serving, sizes, given.pairs))
        finally:
            process.kill()
            process.join()
    Console(width=max(Console().width, 130)).print(shown(results, sizes))
    kept = {name: {key: getattr(r, key) for key in Compared.__slots__} for name, r in results.items()}
    Path("bench-growth.json").write_text(json.dumps(kept, indent=2))


if __name__ == "__main__":
    main()
