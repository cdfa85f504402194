# SPDX-License-Identifier: Apache-2.0
import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.cache import Backend, Limit, Verdict
from shopwright.cache.memory import MemoryLimiter
from shopwright.clock import FakeClock

SIGN_IN = Limit("sign-in", 3, 60)


async def test_hits_are_counted_down_and_then_refused_with_the_time_to_wait(stage: Any) -> None:
    limiter = stage.backend.limiter
    verdicts = [await limiter.hit(SIGN_IN, "203.0.113.9") for _ in range(4)]

    assert verdicts[:3] == [Verdict(True, left, 0.0) for left in (2, 1, 0)]
    assert (verdicts[3].allowed, verdicts[3].remaining) == (False, 0)
    assert 15 < verdicts[3].retry_after <= 20


async def test_keys_and_limits_do_not_share_their_counts(stage: Any) -> None:
    limiter = stage.backend.limiter
    once, twice = Limit("once", 1, 60), Limit("twice", 2, 60)
    assert (await limiter.hit(once, "a")).allowed
    assert not (await limiter.hit(once, "a")).allowed

    assert (await limiter.hit(once, "b")).allowed
    assert (await limiter.hit(twice, "a")).remaining == 1


async def test_waiting_as_long_as_told_is_enough_and_refused_hits_cost_nothing(stage: Any) -> None:
    limiter, rule = stage.backend.limiter, Limit("search", 2, 0.4)
    await limiter.hit(rule, "a")
    await limiter.hit(rule, "a")
    refused = [await limiter.hit(rule, "a") for _ in range(3)]
    assert [verdict.allowed for verdict in refused] == [False] * 3

    await stage.pass_time(refused[0].retry_after)

    assert (await limiter.hit(rule, "a")).allowed


async def test_all_hits_are_there_again_after_the_period(stage: Any) -> None:
    limiter, rule = stage.backend.limiter, Limit("search", 3, 0.2)
    for _ in range(3):
        await limiter.hit(rule, "a")

    await stage.pass_time(0.21)

    assert (await limiter.hit(rule, "a")).remaining == 2


async def test_reset_forgets_the_hits_of_one_key(stage: Any) -> None:
    limiter = stage.backend.limiter
    for key in ("a", "b"):
        for _ in range(3):
            await limiter.hit(SIGN_IN, key)

    await limiter.reset(SIGN_IN, "a")

    assert (await limiter.hit(SIGN_IN, "a")).remaining == 2
    assert not (await limiter.hit(SIGN_IN, "b")).allowed


async def test_exactly_the_limit_gets_through_under_200_concurrent_hits(stage: Any) -> None:
    rule = Limit("checkout", 37, 3600)
    verdicts = await asyncio.gather(*(stage.backend.limiter.hit(rule, "a") for _ in range(200)))

    assert sum(verdict.allowed for verdict in verdicts) == 37
    assert sorted(verdict.remaining for verdict in verdicts if verdict.allowed) == list(range(37))


async def test_exactly_the_limit_gets_through_two_processes(shared: tuple[Backend, Backend]) -> None:
    rule = Limit("checkout", 37, 3600)
    verdicts = await asyncio.gather(*(shared[n % 2].limiter.hit(rule, "a") for n in range(200)))

    assert sum(verdict.allowed for verdict in verdicts) == 37


@given(st.integers(1, 1000), st.floats(0.5, 100_000), st.lists(st.floats(0, 30), max_size=60))
def test_a_full_count_always_fits_and_never_more_at_once(
    count: int, per_seconds: float, pauses: list[float]
) -> None:
    rule, clock = Limit("any", count, per_seconds), FakeClock()
    limiter = MemoryLimiter(clock)

    async def hits(number: int) -> list[bool]:
        return [(await limiter.hit(rule, "a")).allowed for _ in range(number)]

    async def scenario() -> list[float]:
        assert await hits(count + 1) == [True] * count + [False]
        await limiter.reset(rule, "a")
        allowed = []
        for pause in pauses:
            clock.advance(pause)
            if (await limiter.hit(rule, "a")).allowed:
                allowed.append(clock.monotonic())
        return allowed

    times = asyncio.run(scenario())

    # A burst of `count`, then one an interval: so a window holds at most what that formula gives.
    for first, _ in pairwise(times):
        for last in (time for time in times if time >= first):
            inside = sum(first <= time <= last for time in times)
            assert inside <= count + (last - first) * 1_000_000 / rule.interval + 1e-3


async def test_memory_for_limits_is_bounded_and_those_blocked_longest_stay_blocked() -> None:
    clock = FakeClock()
    limiter = MemoryLimiter(clock, max_keys=100)
    blocked = Limit("sign-in", 1, 3600)
    await limiter.hit(blocked, "attacker")

    for number in range(1000):
        await limiter.hit(Limit("search", 10, 60), f"visitor {number}")

    assert len(limiter._due) <= 100
    assert not (await limiter.hit(blocked, "attacker")).allowed


@pytest.mark.parametrize(("count", "per_seconds"), [(0, 60), (-1, 60), (1, 0), (1, -5), (10, 0.000001)])
def test_a_limit_that_means_nothing_is_refused(count: int, per_seconds: float) -> None:
    with pytest.raises(ValueError, match="Limit 'x': count and per_seconds must be positive"):
        Limit("x", count, per_seconds)
