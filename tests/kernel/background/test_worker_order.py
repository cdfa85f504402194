# SPDX-License-Identifier: Apache-2.0
import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shopwright.clock import SystemClock
from shopwright.events import delivery
from shopwright.ids import new_id
from shopwright.jobs import Retry

RIGHT_AWAY = 5.0
"""Seconds within which nothing but a notification explains an answer: a worker looks by itself later."""


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RETRY", Retry(attempts=6, first=0.02, factor=1))
    monkeypatch.setattr(delivery, "_BUSY", 0.02)


async def test_two_workers_keep_the_order_of_each_aggregate_through_failures(
    live_shop: Any, make_shop: Any, wait_until: Any, hasty: None
) -> None:
    shop = live_shop
    second = await make_shop(url=shop.kernel.db.settings.url)
    things = [new_id() for _ in range(6)]
    handled: dict[Any, list[int]] = defaultdict(list)
    running: set[Any] = set()
    overlaps: list[Any] = []
    chance = random.Random(7)

    async def handle(_: Any, event: Any) -> None:
        if event.about in running:
            overlaps.append(event)
        running.add(event.about)
        try:
            await asyncio.sleep(chance.uniform(0, 0.01))
            if chance.random() < 0.2:
                raise RuntimeError("by chance")
            handled[event.about].append(event.number)
        finally:
            running.remove(event.about)

    for one in (shop, second):
        one.hearer.on_event = handle
    for number in range(12):
        for thing in things:
            await shop.emit(number, about=thing)

    async def done() -> bool:
        return bool(await shop.queued() == 0)

    async with shop.workers(shop.kernel, second.kernel, concurrency=6):
        await wait_until(done, 50)

    assert overlaps == []
    dead = {(seq - 1) for seq, status, _ in await shop.deliveries() if status == "dead"}
    assert dead == set()
    assert dict(handled) == {thing: list(range(12)) for thing in things}
    assert {status for _, status, _ in await shop.deliveries("other")} == {"done"}
    assert shop.hearer.heard
    assert second.hearer.heard


async def test_a_worker_hears_of_new_work_at_once(live_shop: Any, wait_until: Any) -> None:
    async with live_shop.workers():
        for number in range(1, 4):
            await asyncio.sleep(0.2)
            await live_shop.enqueue(number)
            await wait_until(
                lambda number=number: live_shop.hearer.worked == [*range(1, number + 1)], RIGHT_AWAY
            )


async def test_a_failed_job_is_tried_again_by_the_worker_when_it_is_due(
    live_shop: Any, wait_until: Any, hasty: None
) -> None:
    async def fail_once(*_: Any) -> None:
        if len(live_shop.hearer.heard) == 1:
            raise RuntimeError

    live_shop.hearer.on_event = fail_once
    async with live_shop.workers():
        await live_shop.emit(5)
        await wait_until(lambda: live_shop.hearer.numbers == [5, 5], RIGHT_AWAY)
    assert await live_shop.deliveries() == [(1, "done", 2)]


async def test_no_more_jobs_run_at_once_than_allowed(live_shop: Any, wait_until: Any) -> None:
    running = 0
    most = 0

    async def count(*_: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1

    live_shop.hearer.on_work = count
    await live_shop.enqueue(*range(20))
    async with live_shop.workers(concurrency=4):
        await wait_until(lambda: len(live_shop.hearer.worked) == 20)

    assert 2 <= most <= 4


async def test_a_stopped_worker_lets_a_running_job_end(live_shop: Any, wait_until: Any) -> None:
    ended = asyncio.Event()

    async def take_a_while(*_: Any) -> None:
        await asyncio.sleep(0.5)
        ended.set()

    live_shop.hearer.on_work = take_a_while
    await live_shop.enqueue(1)
    async with live_shop.workers():
        await wait_until(lambda: live_shop.hearer.worked == [1])
        assert not ended.is_set()

    assert ended.is_set()
    assert await live_shop.queued() == 0


async def test_a_stopped_worker_puts_back_what_does_not_end_in_time(make_shop: Any, wait_until: Any) -> None:
    shop = await make_shop(config={"drain_seconds": 0.2})

    async def hang(*_: Any) -> None:
        await asyncio.sleep(3600)

    shop.hearer.on_work = shop.hearer.on_event = hang
    await shop.enqueue(1)
    await shop.emit(2)
    async with shop.workers():
        await wait_until(lambda: (shop.hearer.worked, shop.hearer.numbers) == ([1], [2]))

    attempts = await shop.kernel.db.fetch_rows(None, "SELECT status::text, attempts FROM kernel_queue")
    assert [tuple(row) for row in attempts] == [("queued", 0), ("queued", 0)]
    shop.hearer.on_work = shop.hearer.on_event = None
    await shop.kernel.jobs.drain(strict=True)
    assert (shop.hearer.worked, shop.hearer.numbers) == ([1, 1], [2, 2])
    assert await shop.deliveries() == [(1, "done", 1)]


class ShiftedClock(SystemClock):
    """The machine's clock, put forward or back once."""

    def __init__(self, start: datetime) -> None:
        self._by = start - super().now()

    def now(self) -> datetime:
        return super().now() + self._by


async def test_a_schedule_runs_exactly_once_with_two_workers(make_shop: Any, wait_until: Any) -> None:
    clock = ShiftedClock(datetime(2026, 1, 15, 12, 59, tzinfo=UTC))
    shop = await make_shop(clock=clock)
    second = await make_shop(clock=clock, url=shop.kernel.db.settings.url)
    await shop.kernel.jobs.tick()
    clock._by += datetime(2026, 1, 15, 12, 59, 58, tzinfo=UTC) - clock.now()

    async with shop.workers(shop.kernel, second.kernel):
        await wait_until(lambda: len(shop.hearer.worked) + len(second.hearer.worked) == 2)
        await asyncio.sleep(0.5)

    assert clock.now() - datetime(2026, 1, 15, 13, tzinfo=UTC) < timedelta(minutes=1)
    assert [*shop.hearer.worked, *second.hearer.worked] == [60, 60]
    assert await shop.queued() == 0
