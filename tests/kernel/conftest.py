# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from shopwright.cache import Backend, open_backend
from shopwright.cache.embedded import EmbeddedValkey
from shopwright.clock import FakeClock


@dataclass
class Stage:
    """A back end under test, and a way to let time pass for it."""

    backend: Backend
    clock: FakeClock
    url: str | None

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        if self.url:
            await asyncio.sleep(seconds)


# Far above the usual quarter of a second: a busy machine must not turn an answer into an outage.
PATIENT = 10.0


async def open_stage(url: str | None, max_bytes: int = 1_000_000) -> Stage:
    clock = FakeClock()
    backend = await open_backend(url, clock=clock, answer_within=PATIENT, max_bytes=max_bytes)
    return Stage(backend, clock, url)


async def flush(url: str) -> None:
    async with Redis.from_url(url) as client:
        await client.flushall()


@pytest.fixture(params=["memory", "valkey"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    url = request.getfixturevalue("valkey_url") if request.param == "valkey" else None
    if url:
        await flush(url)
    stage = await open_stage(url)
    yield stage
    assert stage.backend.healthy
    await stage.backend.close()


@pytest.fixture
async def shared(valkey_url: str) -> AsyncIterator[tuple[Backend, Backend]]:
    """Give two processes' back ends on one Valkey server."""
    await flush(valkey_url)
    first, second = await open_stage(valkey_url), await open_stage(valkey_url)
    yield first.backend, second.backend
    assert (first.backend.healthy, second.backend.healthy) == (True, True)
    await first.backend.close()
    await second.backend.close()


@pytest.fixture
def own_valkey() -> Iterator[EmbeddedValkey]:
    """Give a Valkey server that the test may kill."""
    with EmbeddedValkey() as server:
        yield server
