# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.qm import QueueManager

from shopwright.activation import switch_plugin
from shopwright.db import QueryLog
from shopwright.db.settings import driver_options
from shopwright.jobs import Job, Schedule
from shopwright.jobs.queue import Queue
from shopwright.jobs.schedules import latest


class BrokenError(Exception):
    pass


async def fail(*_: Any) -> None:
    raise BrokenError("no")


async def test_a_job_runs_in_the_store_it_was_put_there_for(shop: Any) -> None:
    seen = []

    async def note(ctx: Any, work: Any) -> None:
        seen.append((ctx.store.code, ctx.actor.kind, ctx.request_id, work))

    shop.hearer.on_work = note
    await shop.enqueue(1)

    assert await shop.kernel.jobs.drain(strict=True) == 1
    ((store, actor, request_id, work),) = seen
    assert (store, actor, request_id) == ("alpha", "system", "request-1")
    assert (work.number, work.about) == (1, None)
    assert await shop.queued() == 0


@pytest.mark.parametrize("first_statement", [True, False])
async def test_a_rollback_takes_the_job_back(shop: Any, first_statement: bool) -> None:
    async def enqueue_and_fail() -> None:
        async with shop.ctx.transaction() as session:
            if not first_statement:
                await session.connection()
            await shop.ctx.enqueue(session, shop.hearer.job, shop.hearer.job.payload(1))
            raise BrokenError

    with pytest.raises(BrokenError):
        await enqueue_and_fail()

    assert await shop.queued() == 0


async def test_putting_a_job_into_the_queue_takes_one_statement(shop: Any) -> None:
    with QueryLog().at_most(1):
        await shop.enqueue(1, dedupe_key="x")


async def test_a_delayed_job_runs_when_the_clock_says_so(shop: Any) -> None:
    await shop.enqueue(1, delay=3600)
    assert await shop.kernel.jobs.drain() == 0

    shop.kernel.clock.advance(3599.9)
    assert await shop.kernel.jobs.drain() == 0
    shop.kernel.clock.advance(0.1)
    assert await shop.kernel.jobs.drain() == 1
    assert shop.hearer.worked == [1]


async def test_of_waiting_jobs_with_one_key_only_the_first_stays(shop: Any) -> None:
    await shop.enqueue(1, 2, dedupe_key="same")
    await shop.enqueue(3, dedupe_key="different")
    await shop.enqueue(4, dedupe_key="same", job=shop.hearer.slow)
    async with shop.context("beta").transaction() as session:
        work = shop.hearer.job.payload(5)
        await shop.context("beta").enqueue(session, shop.hearer.job, work, dedupe_key="same")

    await shop.kernel.jobs.drain(strict=True)
    assert shop.hearer.worked == [1, 3, 4, 5]

    await shop.enqueue(6, dedupe_key="same")
    await shop.kernel.jobs.drain(strict=True)
    assert shop.hearer.worked == [1, 3, 4, 5, 6]


async def test_what_changes_while_a_job_runs_makes_a_new_job(shop: Any) -> None:
    async def change(_: Any, work: Any) -> None:
        if work.number == 1:
            await shop.enqueue(2, dedupe_key="same")

    shop.hearer.on_work = change
    await shop.enqueue(1, dedupe_key="same")
    await shop.kernel.jobs.drain(strict=True)

    assert shop.hearer.worked == [1, 2]


async def test_a_waiting_job_is_not_begun_before_a_change_that_counts_on_it_is_committed(shop: Any) -> None:
    await shop.enqueue(1, dedupe_key="same")

    async with shop.ctx.transaction() as session:
        await shop.ctx.enqueue(session, shop.hearer.job, shop.hearer.job.payload(2), dedupe_key="same")
        assert await shop.kernel.jobs.drain() == 0

    assert await shop.kernel.jobs.drain() == 1
    assert shop.hearer.worked == [1]


async def test_a_failing_job_is_tried_again_then_kept_as_a_dead_letter_and_replayed(shop: Any) -> None:
    shop.hearer.on_work = fail
    await shop.enqueue(1)
    await shop.kernel.jobs.drain()
    for delay in [2, 6, 18, 54, 162, 486, 1458]:
        shop.kernel.clock.advance(delay - 0.001)
        assert await shop.kernel.jobs.drain() == 0
        shop.kernel.clock.advance(0.001)
        assert await shop.kernel.jobs.drain() == 1

    assert shop.hearer.worked == [1] * 8
    assert await shop.queued() == 0
    (letter,) = await shop.kernel.jobs.dead_letters(shop.ctx)
    assert (letter.kind, letter.plugin, letter.code) == ("job", "hearer", "hearer.work")
    assert (letter.payload, letter.error) == ({"number": 1, "about": None}, "BrokenError: no")
    assert (letter.attempts, letter.died_at) == (8, shop.kernel.clock.now())
    assert await shop.kernel.jobs.dead_letters(shop.context("beta")) == []

    shop.hearer.on_work = None
    await shop.kernel.jobs.replay(shop.ctx, letter.id)
    assert await shop.kernel.jobs.drain(strict=True) == 1
    assert await shop.kernel.jobs.dead_letters(shop.ctx) == []


async def test_strict_draining_raises_why_a_job_died(shop: Any) -> None:
    shop.hearer.on_work = fail
    await shop.enqueue(1, job=shop.hearer.stubborn)

    with pytest.raises(BrokenError):
        await shop.kernel.jobs.drain(strict=True)


async def test_a_job_that_takes_too_long_is_cut_short_and_tried_again(shop: Any) -> None:
    async def hang(_: Any, work: Any) -> None:
        if len(shop.hearer.worked) == 1:
            await asyncio.sleep(30)

    shop.hearer.on_work = hang
    await shop.enqueue(1, job=shop.hearer.slow)

    await shop.kernel.jobs.drain()
    shop.kernel.clock.advance(2)
    await shop.kernel.jobs.drain()

    assert shop.hearer.worked == [1, 1]
    assert await shop.queued() == 0


async def test_a_job_that_ends_its_process_each_time_is_given_up(shop: Any) -> None:
    await shop.enqueue(1)
    async with shop.kernel.db.transaction(None) as session:
        await (await session.connection()).exec_driver_sql("UPDATE kernel_queue SET attempts = 8")

    await shop.kernel.jobs.drain()

    assert shop.hearer.worked == []
    (letter,) = await shop.kernel.jobs.dead_letters(shop.ctx)
    assert letter.error == "GaveUpError: hearer.work was begun 8 times and never came to an end"


async def test_a_job_of_a_plugin_that_is_off_is_dropped_and_logged(shop: Any) -> None:
    await shop.enqueue(1)
    await switch_plugin(shop.ctx, "hearer", enabled=False)

    await shop.kernel.jobs.drain(strict=True)
    await switch_plugin(shop.ctx, "hearer", enabled=True)
    await shop.kernel.jobs.drain(strict=True)

    assert shop.hearer.worked == []
    statuses = await shop.kernel.db.fetch_rows(
        None, "SELECT status::text FROM kernel_queue_log WHERE entrypoint = 'hearer.work' ORDER BY id"
    )
    assert [row["status"] for row in statuses] == ["queued", "canceled"]


async def test_a_job_of_a_plugin_that_is_not_loaded_waits(shop: Any, make_shop: Any) -> None:
    await shop.enqueue(1)
    sender = type(shop.kernel.registry.plugins["sender"])
    reduced = await make_shop(
        clock=shop.kernel.clock, url=shop.kernel.db.settings.url, plugins=[sender], enable=False
    )

    assert await reduced.kernel.jobs.drain() == 0
    assert await shop.kernel.jobs.drain() == 1
    assert shop.hearer.worked == [1]


async def test_only_registered_jobs_with_their_own_payload_are_taken(shop: Any) -> None:
    @dataclass(frozen=True)
    class Strange:
        pass

    async def handler(ctx: Any, payload: Strange) -> None:
        pass

    async with shop.ctx.transaction() as session:
        with pytest.raises(TypeError, match=r"'hearer.unknown' is not registered"):
            await shop.ctx.enqueue(session, Job("hearer.unknown", Strange, handler), Strange())
        with pytest.raises(TypeError, match=r"'hearer.work' takes Work, not Strange"):
            await shop.ctx.enqueue(session, shop.hearer.job, Strange())


async def test_draining_ends_with_its_timeout_and_the_job_is_not_lost(shop: Any) -> None:
    async def hang(_: Any, work: Any) -> None:
        if len(shop.hearer.worked) == 1:
            await asyncio.sleep(30)

    shop.hearer.on_work = hang
    await shop.enqueue(1)

    with pytest.raises(TimeoutError):
        await shop.kernel.jobs.drain(timeout=0.3)

    assert await shop.kernel.jobs.drain() == 1
    assert shop.hearer.worked == [1, 1]


async def test_the_queue_says_nothing_but_ids(shop: Any) -> None:
    await shop.emit(1)

    payloads = await shop.kernel.db.fetch_rows(
        None, "SELECT convert_from(payload, 'UTF8')::jsonb AS body FROM kernel_queue"
    )
    ids = await shop.ctx.fetch_rows("SELECT id FROM kernel_delivery WHERE status = 'pending'")
    bodies = [json.loads(row["body"]) for row in payloads]
    assert {body["data"] for body in bodies} == {str(row["id"]) for row in ids}
    assert {frozenset(body) for body in bodies} == {frozenset({"store", "request", "data"})}


async def test_the_queue_has_the_tables_that_the_library_wants(database_url: str, fake_clock: Any) -> None:
    connection = await asyncpg.connect(**driver_options(database_url))
    try:
        plan = await Queue(AsyncpgDriver(connection), fake_clock).plan_upgrade()
    finally:
        await connection.close()

    assert (list(plan.statements), list(plan.notes)) == ([], [])


@pytest.mark.parametrize("cron", ["* * * *", "* * * * * *", "61 * * * *", "@hourly", ""])
def test_a_schedule_needs_a_cron_expression_of_five_fields(cron: str) -> None:
    async def handler(ctx: Any, payload: Any) -> None:
        pass

    with pytest.raises(ValueError, match=r"schedule 'x\.y'"):
        Schedule("x.y", cron, Job("x.job", object, handler), object())


def test_the_latest_point_in_time_may_be_this_very_minute() -> None:
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC)

    assert latest("0 * * * *", noon) == noon
    assert latest("0 * * * *", noon + timedelta(minutes=59, seconds=59)) == noon
    assert latest("0 * * * *", noon - timedelta(microseconds=1)) == noon - timedelta(hours=1)


async def test_a_schedule_starts_with_its_next_point_and_runs_once_for_each_store(shop: Any) -> None:
    jobs, clock = shop.kernel.jobs, shop.kernel.clock
    assert await jobs.tick() == 0

    clock.advance(3599)
    assert await jobs.tick() == 0
    clock.advance(1)
    assert [await jobs.tick(), await jobs.tick()] == [2, 0]
    await jobs.drain(strict=True)

    assert shop.hearer.worked == [60, 60]


async def test_a_schedule_runs_only_where_its_plugin_is_on_and_missed_points_are_one_run(shop: Any) -> None:
    jobs, clock = shop.kernel.jobs, shop.kernel.clock
    await jobs.tick()
    await switch_plugin(shop.context("beta"), "hearer", enabled=False)

    clock.advance(timedelta(hours=5))
    assert await jobs.tick() == 1
    await jobs.drain(strict=True)
    assert shop.hearer.worked == [60]


async def test_two_schedulers_at_once_make_one_job(shop: Any, make_shop: Any) -> None:
    second = await make_shop(clock=shop.kernel.clock, url=shop.kernel.db.settings.url)
    both = (shop.kernel.jobs, second.kernel.jobs)
    await asyncio.gather(*(jobs.tick() for jobs in both))

    made = []
    for _ in range(5):
        shop.kernel.clock.advance(3600)
        made.append(sum(await asyncio.gather(*(jobs.tick() for jobs in both))))
        await shop.kernel.jobs.drain(strict=True)

    assert made == [2] * 5
    assert shop.hearer.worked == [60] * 10


async def test_a_worker_hears_its_own_first_probe(live_shop: Any, wait_until: Any, monkeypatch: Any) -> None:
    answers: list[str] = []
    listen, probe = live_shop.kernel.db.listen, QueueManager.listener_healthy

    async def take_time(*args: Any) -> None:
        await asyncio.sleep(0.3)
        await listen(*args)

    async def note(self: QueueManager, **_: Any) -> Any:
        try:
            answer = await probe(self, timedelta(seconds=5))
        except Exception as error:
            answers.append(repr(error))
            raise
        answers.append("heard")
        return answer

    monkeypatch.setattr(live_shop.kernel.db, "listen", take_time)
    monkeypatch.setattr(QueueManager, "listener_healthy", note)

    async with live_shop.workers():
        await wait_until(lambda: answers)

    assert answers == ["heard"]
