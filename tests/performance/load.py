# SPDX-License-Identifier: Apache-2.0
"""The load generator: many connections that repeat one step, and what they saw."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

CONNECTIONS = 64
Step = Callable[[aiohttp.ClientSession, int], Awaitable[None]]
"""What is done again and again; is told which of the connections it is."""


@dataclass
class Measured:
    """What came of one measurement."""

    title: str
    per_second: float
    p50_ms: float
    p95_ms: float
    count: int


async def measure(title: str, address: str, step: Step, seconds: float) -> Measured:
    """Repeat a step on all connections, after one unmeasured round that warms everything up."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    # Cookies would make each connection a visitor with a session; the API and kept pages need none.
    jar = aiohttp.DummyCookieJar()
    spent: list[float] = []
    async with aiohttp.ClientSession(address, connector=connector, cookie_jar=jar) as http:
        await asyncio.gather(*(step(http, worker) for worker in range(CONNECTIONS)))
        started = time.perf_counter()
        end = started + seconds

        async def work(worker: int) -> None:
            while (before := time.perf_counter()) < end:
                await step(http, worker)
                spent.append(time.perf_counter() - before)

        await asyncio.gather(*(work(worker) for worker in range(CONNECTIONS)))
        passed = time.perf_counter() - started
    cuts = statistics.quantiles(spent, n=20)
    return Measured(
        title, round(len(spent) / passed, 1), round(cuts[9] * 1e3, 2), round(cuts[18] * 1e3, 2), len(spent)
    )
