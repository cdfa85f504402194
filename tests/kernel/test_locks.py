# SPDX-License-Identifier: Apache-2.0
import asyncio
from contextlib import nullcontext
from typing import Any

import pytest
from redis.asyncio import Redis

from shopwright.cache import Backend, Locks, LockTaken, LockUnavailable


async def test_a_lock_is_held_by_one_and_free_after_the_block(stage: Any) -> None:
    locks = stage.backend.locks

    async with locks.hold("report"):
        with pytest.raises(LockTaken, match="The lock 'report' is taken"):
            async with locks.hold("report"):
                pass
        async with locks.hold("another report"):
            pass
    async with locks.hold("report"):
        pass


async def test_a_lock_is_free_after_an_error_in_the_block(stage: Any) -> None:
    locks = stage.backend.locks
    with pytest.raises(LookupError):
        async with locks.hold("report"):
            raise LookupError

    async with locks.hold("report"):
        pass


async def test_whoever_waits_gets_the_lock_once_it_is_free(stage: Any) -> None:
    locks, order = stage.backend.locks, []

    async def wait() -> None:
        async with locks.hold("report", wait=10):
            order.append("second")

    async with locks.hold("report"):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.05)
        order.append("first")
    await waiting

    assert order == ["first", "second"]


async def test_waiting_ends_when_its_time_is_over(stage: Any) -> None:
    locks, loop = stage.backend.locks, asyncio.get_running_loop()
    async with locks.hold("report"):
        begun = loop.time()
        with pytest.raises(LockTaken):
            async with locks.hold("report", wait=0.1):
                pass
        assert 0.1 <= loop.time() - begun < 2


async def test_a_lock_ends_after_its_ttl_and_its_late_holder_does_not_release_the_next_ones(
    stage: Any,
) -> None:
    locks = stage.backend.locks

    async with locks.hold("report", ttl=60):
        late = locks.hold("import", ttl=0.1)
        await late.__aenter__()
        await stage.pass_time(0.2)
        async with locks.hold("import"):
            await late.__aexit__(None, None, None)
            with pytest.raises(LockTaken):
                async with locks.hold("import"):
                    pass
        with pytest.raises(LockTaken):
            async with locks.hold("report"):
                pass


async def test_a_cancelled_holder_lets_go(stage: Any) -> None:
    locks, held = stage.backend.locks, asyncio.Event()

    async def hold() -> None:
        async with locks.hold("report"):
            held.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hold())
    await held.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with locks.hold("report", wait=1):
        pass


async def test_a_lock_needs_an_end(stage: Any) -> None:
    with pytest.raises(ValueError, match="ttl must be positive"):
        async with stage.backend.locks.hold("report", ttl=0):
            pass


async def _race(locks: list[Locks | None]) -> int:
    """Let tasks read, pause and write back a counter; gives how many of the additions were not lost."""
    counter = 0

    async def add(own: Locks | None) -> None:
        nonlocal counter
        async with own.hold("counter", wait=20) if own else nullcontext():
            seen = counter
            await asyncio.sleep(0.001)
            counter = seen + 1

    await asyncio.gather(*(add(own) for own in locks))
    return counter


async def test_without_a_lock_additions_are_lost() -> None:
    assert await _race([None] * 30) == 1


async def test_with_a_lock_no_addition_is_lost(stage: Any) -> None:
    assert await _race([stage.backend.locks] * 30) == 30


async def test_with_a_lock_no_addition_is_lost_between_processes(shared: tuple[Backend, Backend]) -> None:
    assert await _race([own.locks for own in shared] * 15) == 30


async def test_a_lock_on_the_server_is_namespaced_and_ends(
    shared: tuple[Backend, Backend], valkey_url: str
) -> None:
    async with shared[0].locks.hold("report", ttl=5), Redis.from_url(valkey_url) as client:
        assert await client.keys("*") == [b"sw:l:report"]
        assert 0 < await client.pttl("sw:l:report") <= 5000


def test_one_except_clause_catches_both_reasons() -> None:
    assert issubclass(LockTaken, LockUnavailable)
