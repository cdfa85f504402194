# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from shopwright.auth.throttle import BY_ACCOUNT, BY_ADDRESS
from shopwright.clock import FakeClock

EMAIL = "ada@shop.test"
OTHER = "bob@shop.test"


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(valkey_url) as client:
        await client.flushall()
        yield client


async def fail(office, times: int, account: str = EMAIL) -> list[bool]:
    return [(await office.auth.throttle.attempt("staff", account)).allowed for _ in range(times)]


async def test_the_fifth_failure_locks_for_a_minute_and_each_further_one_for_twice_as_long(office) -> None:
    throttle = office.auth.throttle
    assert await fail(office, 6) == [True] * 5 + [False]

    waits = []
    for _ in range(8):
        refused = await throttle.attempt("staff", EMAIL)
        waits.append(refused.retry_after)
        office.clock.advance(refused.retry_after - 1)
        assert not (await throttle.attempt("staff", EMAIL)).allowed
        office.clock.advance(1)
        assert (await throttle.attempt("staff", EMAIL)).allowed

    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]


async def test_success_forgets_the_failures(office) -> None:
    await fail(office, 4)
    await office.auth.throttle.succeeded("staff", EMAIL)

    assert await fail(office, 6) == [True] * 5 + [False]


async def test_failures_are_forgotten_after_a_day_without_one(office) -> None:
    await fail(office, 4)
    office.clock.advance(timedelta(hours=24, seconds=1))

    assert await fail(office, 6) == [True] * 5 + [False]


async def test_an_attempt_taken_back_neither_counts_nor_wipes_out_the_ones_before(office) -> None:
    await fail(office, 4)
    for _ in range(3):
        assert await fail(office, 1) == [True]
        await office.auth.throttle.take_back("staff", EMAIL)

    assert await fail(office, 2) == [True, False]


async def test_accounts_are_told_apart_whatever_case_they_are_typed_in(office) -> None:
    await fail(office, 5)

    assert await fail(office, 1, f"  {EMAIL.upper()} ") == [False]
    assert await fail(office, 1, OTHER) == [True]
    assert (await office.auth.throttle.attempt("customers.customer", EMAIL)).allowed


async def test_customers_of_two_stores_do_not_lock_each_other_out(office) -> None:
    ours, theirs = (store.id for store in office.stores.values())
    for _ in range(5):
        await office.auth.throttle.attempt("customers.customer", EMAIL, store_id=ours)

    attempt = office.auth.throttle.attempt
    assert not (await attempt("customers.customer", EMAIL, store_id=ours)).allowed
    assert (await attempt("customers.customer", EMAIL, store_id=theirs)).allowed


async def test_guesses_made_at_the_same_moment_count_as_many(office) -> None:
    attempts = await asyncio.gather(*(office.auth.throttle.attempt("staff", EMAIL) for _ in range(12)))

    assert [attempt.allowed for attempt in attempts].count(True) == 5


async def test_the_lock_holds_across_processes_and_after_the_cache_is_flushed(
    make_office, valkey: Redis, valkey_url: str
) -> None:
    clock = FakeClock()
    first = await make_office(redis_url=valkey_url, clock=clock)
    second = await make_office(redis_url=valkey_url, clock=clock)
    await fail(first, 3)
    await fail(second, 2)

    await valkey.flushall()

    assert await fail(first, 1) == [False]
    assert await fail(second, 1) == [False]
    assert await fail(await make_office(clock=clock), 1) == [False]


async def test_one_address_may_not_try_many_accounts(office) -> None:
    async def attempt(number: int, address: str) -> bool:
        return (await office.auth.throttle.attempt("staff", f"{number}@shop.test", address=address)).allowed

    answers = [await attempt(number, "203.0.113.5") for number in range(BY_ADDRESS.count + 1)]

    assert answers == [True] * BY_ADDRESS.count + [False]
    assert await attempt(999, "203.0.113.6")
    assert not await attempt(999, "::ffff:203.0.113.5")


async def test_addresses_of_one_ipv6_network_count_as_one(office) -> None:
    for number in range(BY_ADDRESS.count):
        await office.auth.throttle.attempt("staff", f"{number}@shop.test", address=f"2001:db8::{number:x}")

    attempt = office.auth.throttle.attempt
    assert not (await attempt("staff", EMAIL, address="2001:db8::ffff:1")).allowed
    assert (await attempt("staff", EMAIL, address="2001:db8:0:1::1")).allowed


async def test_the_table_does_not_list_who_was_attacked(office) -> None:
    await fail(office, 1)

    rows = await office.db.fetch_rows(None, "SELECT * FROM kernel_sign_in_failure")
    assert len(rows) == 1
    assert EMAIL not in str(rows)
    assert len(rows[0]["key"]) == 32


def test_the_quick_limit_is_wider_than_the_lock() -> None:
    assert BY_ACCOUNT.count > 5
