# SPDX-License-Identifier: Apache-2.0
import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from shopwright.cache import Backend
from shopwright.cache.memory import MemoryCache
from shopwright.clock import FakeClock


class Source:
    """Counts how often it is asked, and can be held up while it answers."""

    def __init__(self, value: bytes = b"value") -> None:
        self.value = value
        self.calls = 0
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> bytes:
        self.calls += 1
        read = self.value
        self.begun.set()
        await self.go.wait()
        return read


async def test_a_value_comes_back_until_it_expires(stage: Any) -> None:
    cache = stage.backend.cache
    await cache.set("page", b"\x00bytes\xff", 0.15)
    await cache.set("long", b"stays", 60)

    assert await cache.get("page") == b"\x00bytes\xff"
    assert await cache.get("never set") is None

    await stage.pass_time(0.2)

    assert await cache.get("page") is None
    assert await cache.get("long") == b"stays"


async def test_setting_again_replaces_value_tags_and_time(stage: Any) -> None:
    cache = stage.backend.cache
    await cache.set("page", b"old", 60, ["product:1"])
    await cache.set("page", b"new", 60, ["product:2"])

    await cache.invalidate_tags(["product:1"])
    assert await cache.get("page") == b"new"

    await cache.invalidate_tags(["product:2"])
    assert await cache.get("page") is None


async def test_a_deleted_value_is_gone(stage: Any) -> None:
    cache = stage.backend.cache
    await cache.set("page", b"x", 60)
    await cache.delete("page")
    await cache.delete("never set")

    assert await cache.get("page") is None


@pytest.mark.parametrize("ttl", [0, -1])
async def test_a_value_without_time_to_live_is_not_kept(stage: Any, ttl: float) -> None:
    cache = stage.backend.cache
    await cache.set("page", b"before", 60)
    await cache.set("page", b"after", ttl)

    assert await cache.get("page") is None
    assert await cache.get_or_set("page", ttl, Source(b"x")) == b"x"
    assert await cache.get("page") is None


async def test_an_empty_value_and_long_or_odd_keys_work(stage: Any) -> None:
    cache = stage.backend.cache
    keys = ["", "ä ö", "line\nbreak", "x" * 5000, "x" * 5001]
    for number, key in enumerate(keys):
        await cache.set(key, b"" if number == 0 else str(number).encode(), 60, [key])

    assert [await cache.get(key) for key in keys] == [b"", b"1", b"2", b"3", b"4"]


async def test_invalidation_removes_what_carries_any_of_the_tags_and_nothing_else(stage: Any) -> None:
    cache = stage.backend.cache
    await cache.set("a", b"1", 60, ["product:1", "category:1"])
    await cache.set("b", b"2", 60, ["product:2", "category:1"])
    await cache.set("c", b"3", 60, ["product:3"])
    await cache.set("d", b"4", 60)

    await cache.invalidate_tags(["product:1", "product:3", "product:99"])
    assert [await cache.get(key) for key in "abcd"] == [None, b"2", None, b"4"]

    await cache.invalidate_tags(iter(["category:1"]))
    await cache.invalidate_tags([])
    assert [await cache.get(key) for key in "abcd"] == [None, None, None, b"4"]


async def test_one_caller_computes_while_the_others_wait(stage: Any) -> None:
    cache, source = stage.backend.cache, Source()
    source.go.clear()
    callers = [asyncio.create_task(cache.get_or_set("page", 60, source)) for _ in range(50)]
    await source.begun.wait()
    await asyncio.sleep(0.05)
    source.go.set()

    assert await asyncio.gather(*callers) == [b"value"] * 50
    assert source.calls == 1
    assert await cache.get_or_set("page", 60, source) == b"value"
    assert source.calls == 1


async def test_different_keys_are_computed_side_by_side(stage: Any) -> None:
    cache, slow = stage.backend.cache, Source(b"slow")
    slow.go.clear()
    waiting = asyncio.create_task(cache.get_or_set("slow", 60, slow))
    await slow.begun.wait()

    assert await cache.get_or_set("quick", 60, Source(b"quick")) == b"quick"
    slow.go.set()
    assert await waiting == b"slow"


async def test_an_error_reaches_all_who_wait_and_is_not_kept(stage: Any) -> None:
    cache, begun, gate, calls = stage.backend.cache, asyncio.Event(), asyncio.Event(), []

    async def fail() -> bytes:
        calls.append(1)
        begun.set()
        await gate.wait()
        raise LookupError("no such product")

    callers = [asyncio.create_task(cache.get_or_set("page", 60, fail)) for _ in range(5)]
    await begun.wait()
    await asyncio.sleep(0.05)
    gate.set()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == ["no such product"] * 5
    assert len(calls) == 1
    assert await cache.get_or_set("page", 60, Source(b"found")) == b"found"


async def test_when_the_one_who_computes_is_cancelled_another_takes_over(stage: Any) -> None:
    cache, source = stage.backend.cache, Source()
    source.go.clear()
    first = asyncio.create_task(cache.get_or_set("page", 60, source))
    await source.begun.wait()
    second = asyncio.create_task(cache.get_or_set("page", 60, source))
    await asyncio.sleep(0.05)

    first.cancel()
    source.go.set()

    assert await second == b"value"
    assert first.cancelled()
    assert source.calls == 2


async def test_a_waiter_that_is_cancelled_disturbs_nobody(stage: Any) -> None:
    cache, source = stage.backend.cache, Source()
    source.go.clear()
    first = asyncio.create_task(cache.get_or_set("page", 60, source))
    await source.begun.wait()
    second = asyncio.create_task(cache.get_or_set("page", 60, source))
    await asyncio.sleep(0.05)

    second.cancel()
    source.go.set()

    assert await first == b"value"
    assert source.calls == 1


@pytest.mark.parametrize("change", ["invalidate", "delete"])
async def test_a_value_that_changes_while_it_is_computed_is_neither_kept_nor_shared(
    stage: Any, change: str
) -> None:
    cache, source = stage.backend.cache, Source(b"old price")
    source.go.clear()
    early = asyncio.create_task(cache.get_or_set("page", 60, source, ["product:1"]))
    await source.begun.wait()

    await (cache.invalidate_tags(["product:1"]) if change == "invalidate" else cache.delete("page"))
    late = await cache.get_or_set("page", 60, Source(b"new price"), ["product:1"])
    source.go.set()

    assert (await early, late) == (b"old price", b"new price")
    assert await cache.get("page") == b"new price"


@pytest.mark.parametrize("newer", [None, b"new price"])
async def test_a_change_by_another_process_keeps_an_old_value_out(
    shared: tuple[Backend, Backend], newer: bytes | None
) -> None:
    ours, theirs = shared
    source = Source(b"old price")
    source.go.clear()
    early = asyncio.create_task(ours.cache.get_or_set("page", 60, source, ["product:1"]))
    await source.begun.wait()

    await theirs.cache.invalidate_tags(["product:1"])
    if newer is not None:
        await theirs.cache.set("page", newer, 60, ["product:1"])
    source.go.set()

    assert await early == b"old price"
    assert await theirs.cache.get("page") == newer


async def test_processes_share_values_and_invalidations(shared: tuple[Backend, Backend]) -> None:
    ours, theirs = shared
    await ours.cache.set("page", b"x", 60, ["product:1"])

    assert await theirs.cache.get("page") == b"x"
    await theirs.cache.invalidate_tags(["product:1"])
    assert await ours.cache.get("page") is None


async def test_every_key_on_the_server_is_namespaced_and_ends(
    shared: tuple[Backend, Backend], valkey_url: str
) -> None:
    await shared[0].cache.set("page", b"x", 30, ["product:1"])
    async with Redis.from_url(valkey_url) as client:
        ends = {key: await client.pttl(key) for key in await client.keys("*")}

    assert sorted(ends) == [b"sw:c:page", b"sw:t:", b"sw:t:product:1"]
    assert all(0 < left <= 60_000 for left in ends.values())


async def test_a_tag_lives_as_long_as_the_longest_entry_that_carries_it(
    shared: tuple[Backend, Backend], valkey_url: str
) -> None:
    cache = shared[0].cache
    await cache.set("long", b"x", 7200, ["product:1"])
    await cache.set("short", b"x", 1, ["product:1"])
    async with Redis.from_url(valkey_url) as client:
        assert 7_100_000 < await client.pttl("sw:t:product:1") <= 7_200_000


async def test_cancelled_calls_never_mix_up_the_answers_of_others(shared: tuple[Backend, Backend]) -> None:
    cache, dice, cut_short = shared[0].cache, random.Random(7), 0
    for number in range(60):
        await cache.set(f"key {number}", f"value {number}".encode(), 60)

    async def read(number: int) -> bool:
        return await cache.get(f"key {number}") == f"value {number}".encode()

    for _ in range(40):
        tasks = [asyncio.create_task(read(number)) for number in range(60)]
        for _ in range(dice.randrange(1, 12)):
            await asyncio.sleep(0)
        cancelled = dice.sample(tasks, 20)
        for task in cancelled:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert False not in outcomes
        cut_short += sum(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)

    assert cut_short >= 100


async def test_memory_makes_room_by_dropping_what_was_used_least_recently() -> None:
    cache = MemoryCache(FakeClock(), max_bytes=5_000)
    for key in "abc":
        await cache.set(key, b"x" * 1000, 60, [f"tag:{key}"])
    assert await cache.get("a") == b"x" * 1000

    await cache.set("d", b"x" * 1000, 60)

    assert [key for key in "abcd" if await cache.get(key)] == ["a", "c", "d"]
    assert cache.size <= 5_000


async def test_memory_does_not_keep_what_is_larger_than_all_of_it() -> None:
    cache = MemoryCache(FakeClock(), max_bytes=5_000)
    await cache.set("small", b"x", 60)
    await cache.set("large", b"x" * 5_000, 60)

    assert (await cache.get("large"), await cache.get("small")) == (None, b"x")


async def test_memory_accounts_for_every_byte_and_tag_whatever_happens() -> None:
    clock, dice = FakeClock(), random.Random(3)
    cache = MemoryCache(clock, max_bytes=50_000)
    steps: list[Callable[[str], Any]] = [
        lambda key: cache.set(
            key, b"x" * dice.randrange(3000), dice.randrange(1, 9), dice.sample("uvwxyz", 2)
        ),
        cache.get,
        cache.delete,
        lambda key: cache.invalidate_tags([dice.choice("uvwxyz")]),
    ]
    for _ in range(3000):
        await dice.choices(steps, [6, 3, 1, 1])[0](f"key {dice.randrange(60)}")
        clock.advance(dice.random() * 0.1)
        assert cache.size == sum(entry.size for entry in cache._entries.values()) <= 50_000

    await cache.invalidate_tags("uvwxyz")

    assert (cache.size, len(cache._entries), len(cache._tagged)) == (0, 0, 0)
