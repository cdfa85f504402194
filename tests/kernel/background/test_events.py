# SPDX-License-Identifier: Apache-2.0
import json
from datetime import timedelta
from typing import Any

import pytest

from shopwright.activation import switch_plugin
from shopwright.db import QueryLog
from shopwright.errors import NotFound
from shopwright.events.checks import checks
from shopwright.ids import new_id

RETRY_DELAYS = [2, 6, 18, 54, 162, 486, 1458]


class BrokenError(Exception):
    pass


async def fail(*_: Any) -> None:
    raise BrokenError("no")


async def offenders(shop: Any) -> dict[str, int]:
    """Count the offenders that each check of the doctor finds."""
    found = {}
    for check in checks:
        store_id = None if check.whole_installation else shop.ctx.store.id
        rows = await shop.kernel.db.fetch_rows(store_id, check.sql)
        found[check.code] = len(rows)
    return {code: number for code, number in found.items() if number}


async def test_an_event_reaches_every_subscriber_in_its_own_store(shop: Any) -> None:
    await shop.emit(1)
    await shop.emit(2, store="beta")

    await shop.kernel.jobs.drain(strict=True)

    assert shop.hearer.heard == [("alpha", 1), ("beta", 2)]
    assert shop.other.heard == [("alpha", 1), ("beta", 2)]
    assert await shop.deliveries() == [(1, "done", 1)]
    assert await shop.queued() == 0


async def test_the_outbox_keeps_what_happened_by_whom_and_for_whom(shop: Any) -> None:
    await shop.emit(7)

    row = dict(
        (
            await shop.ctx.fetch_rows(
                "SELECT name, version, aggregate_kind, aggregate_id, seq, payload::text, subscribers, actor,"
                " request_id, created_at FROM kernel_outbox WHERE aggregate_kind = 'sender.thing'"
            )
        )[0]
    )

    assert json.loads(row.pop("payload")) == {"number": 7, "about": str(shop.about), "version": 3}
    assert row == {
        "name": "sender.pinged",
        "version": 3,
        "aggregate_kind": "sender.thing",
        "aggregate_id": shop.about,
        "seq": 1,
        "subscribers": ["hearer", "other"],
        "actor": "system",
        "request_id": "request-1",
        "created_at": shop.kernel.clock.now(),
    }


@pytest.mark.parametrize("first_statement", [True, False])
async def test_a_rollback_leaves_no_event_no_delivery_and_no_job(shop: Any, first_statement: bool) -> None:
    ctx = shop.ctx

    async def emit_and_fail() -> None:
        async with ctx.transaction() as session:
            if not first_statement:
                await session.connection()
            await shop.emit_in(ctx, session, 1)
            raise BrokenError

    with pytest.raises(BrokenError):
        await emit_and_fail()

    assert await shop.deliveries() == []
    assert await shop.queued() == 0
    assert await ctx.fetch_value("SELECT count(*) FROM kernel_outbox WHERE name = 'sender.pinged'") == 0
    assert await shop.kernel.jobs.drain() == 0


async def test_emitting_takes_two_statements_and_one_when_nobody_listens(shop: Any) -> None:
    with QueryLog().at_most(2):
        await shop.emit(1)

    for plugin in ("hearer", "other"):
        await switch_plugin(shop.ctx, plugin, enabled=False)
    with QueryLog().at_most(1):
        await shop.emit(2)


async def test_numbers_of_an_aggregate_have_no_holes_after_rollbacks(live_shop: Any) -> None:
    shop = live_shop
    other_thing = new_id()
    await shop.emit(1)

    async def emit_and_fail() -> None:
        async with shop.ctx.transaction() as session:
            await shop.emit_in(shop.ctx, session, 2)
            raise BrokenError

    with pytest.raises(BrokenError):
        await emit_and_fail()
    await shop.emit(3)
    await shop.emit(1, about=other_thing)

    rows = await shop.ctx.fetch_rows(
        "SELECT aggregate_id, seq FROM kernel_outbox WHERE aggregate_kind = 'sender.thing' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [(shop.about, 1), (shop.about, 2), (other_thing, 1)]
    assert await offenders(shop) == {}


async def test_an_event_of_another_type_is_refused(shop: Any) -> None:
    async with shop.ctx.transaction() as session:
        spec = shop.kernel.registry._specs["pinged"].function
        with pytest.raises(TypeError, match=r"sender\.pinged takes Pinged, not dict"):
            await shop.ctx.hooks.emit(session, spec, {"number": 1}, aggregate=("sender.thing", shop.about))


async def test_a_failing_subscriber_is_tried_again_on_schedule_and_then_given_up(shop: Any) -> None:
    shop.hearer.on_event = fail
    await shop.emit(1)
    clock = shop.kernel.clock

    tries = [await _tries(shop)]
    for delay in RETRY_DELAYS:
        clock.advance(delay - 0.001)
        tries.append(await _tries(shop))
        clock.advance(0.001)
        tries.append(await _tries(shop))

    assert tries == [1, *(count for n in range(1, 8) for count in (n, n + 1))]
    assert await shop.deliveries() == [(1, "dead", 8)]
    assert shop.other.numbers == [1]
    clock.advance(timedelta(days=30))
    assert await _tries(shop) == 8


async def _tries(shop: Any) -> int:
    await shop.kernel.jobs.drain()
    return len(shop.hearer.heard)


async def test_later_events_of_a_thing_wait_for_the_failing_one_and_go_on_when_it_is_dead(shop: Any) -> None:
    async def fail_first(_: Any, event: Any) -> None:
        if event.number == 1:
            raise BrokenError

    shop.hearer.on_event = fail_first
    unrelated = new_id()
    await shop.emit(1, 2, 3)
    await shop.emit(9, about=unrelated)

    await shop.kernel.jobs.drain()
    assert shop.hearer.numbers == [1, 9]
    for delay in RETRY_DELAYS:
        shop.kernel.clock.advance(delay)
        await shop.kernel.jobs.drain()

    assert shop.hearer.numbers == [1, 9, *[1] * 7, 2, 3]
    assert await shop.deliveries() == [(1, "dead", 8), (2, "done", 1), (3, "done", 1), (1, "done", 1)]
    assert await shop.queued() == 0


async def test_a_subscriber_that_recovers_gets_the_events_in_order(shop: Any) -> None:
    shop.hearer.on_event = fail
    await shop.emit(1, 2, 3)
    await shop.kernel.jobs.drain()
    shop.hearer.on_event = None

    shop.kernel.clock.advance(2)
    await shop.kernel.jobs.drain()

    assert shop.hearer.numbers == [1, 1, 2, 3]
    assert shop.other.numbers == [1, 2, 3]
    assert await shop.queued() == 0


async def test_a_plugin_switched_off_after_the_event_never_runs_and_is_skipped(shop: Any) -> None:
    await shop.emit(1)
    await switch_plugin(shop.ctx, "hearer", enabled=False)

    await shop.kernel.jobs.drain(strict=True)

    assert shop.hearer.heard == []
    assert await shop.deliveries() == [(1, "skipped", 1)]
    assert shop.other.numbers == [1]
    await switch_plugin(shop.ctx, "hearer", enabled=True)
    await shop.kernel.jobs.drain(strict=True)
    assert shop.hearer.heard == []


async def test_a_plugin_that_is_not_loaded_gets_its_events_when_it_is_back(shop: Any, make_shop: Any) -> None:
    await shop.emit(1)
    url = shop.kernel.db.settings.url
    plugins = [type(plugin) for plugin in shop.kernel.registry.plugins.values()]
    without = [plugin for plugin in plugins if plugin.manifest.name != "hearer"]

    reduced = await make_shop(clock=shop.kernel.clock, url=url, plugins=without, enable=False)
    await reduced.kernel.jobs.drain(strict=True)
    assert reduced.other.numbers == [1]
    assert await shop.deliveries() == [(1, "pending", 0)]

    shop.kernel.clock.advance(600)
    await shop.kernel.jobs.drain(strict=True)
    assert shop.hearer.numbers == [1]


async def test_a_dead_letter_names_its_cause_and_can_be_replayed(shop: Any) -> None:
    shop.hearer.on_event = fail
    await shop.emit(1)
    await _exhaust(shop)

    (letter,) = await shop.kernel.jobs.dead_letters(shop.ctx)
    assert (letter.kind, letter.plugin, letter.code) == ("event", "hearer", "sender.pinged")
    assert (letter.payload["number"], letter.error, letter.attempts) == (1, "BrokenError: no", 8)
    assert await shop.kernel.jobs.dead_letters(shop.context("beta")) == []
    (problem,) = await shop.kernel.events.problems(shop.ctx)
    assert (problem.plugin, problem.code, problem.detail) == ("hearer", "dead_letters", "BrokenError: no")

    shop.hearer.on_event = None
    with pytest.raises(NotFound):
        await shop.kernel.jobs.replay(shop.context("beta"), letter.id)
    await shop.kernel.jobs.replay(shop.ctx, letter.id)
    await shop.kernel.jobs.drain(strict=True)

    assert shop.hearer.numbers == [1] * 9
    assert await shop.deliveries() == [(1, "done", 1)]
    assert await shop.kernel.jobs.dead_letters(shop.ctx) == []
    with pytest.raises(NotFound):
        await shop.kernel.jobs.replay(shop.ctx, letter.id)
    actions = await shop.ctx.fetch_rows("SELECT action FROM kernel_audit ORDER BY seq DESC LIMIT 1")
    assert actions[0]["action"] == "kernel.dead_letter_replayed"


async def _exhaust(shop: Any) -> None:
    await shop.kernel.jobs.drain()
    for delay in RETRY_DELAYS:
        shop.kernel.clock.advance(delay)
        await shop.kernel.jobs.drain()


async def test_strict_draining_raises_why_a_delivery_died(shop: Any) -> None:
    shop.hearer.on_event = fail
    await shop.emit(1)
    await shop.kernel.jobs.drain(strict=True)
    for delay in RETRY_DELAYS[:-1]:
        shop.kernel.clock.advance(delay)
        await shop.kernel.jobs.drain(strict=True)

    shop.kernel.clock.advance(RETRY_DELAYS[-1])
    with pytest.raises(BrokenError):
        await shop.kernel.jobs.drain(strict=True)


DAMAGE = {
    "kernel.delivery_forgotten": (4, "DELETE FROM kernel_queue"),
    "kernel.outbox_numbers": (
        1,
        "UPDATE kernel_outbox_head SET seq = 3 WHERE aggregate_kind = 'sender.thing'",
    ),
    "kernel.outbox_deliveries": (
        1,
        """
        INSERT INTO kernel_outbox
        SELECT store_id, gen_random_uuid(), name, version, 'sender.unknown', id, 1, payload, '{lost}', actor,
               request_id, created_at
        FROM kernel_outbox WHERE name = 'sender.pinged' LIMIT 1
        """,
    ),
    "kernel.job_lost": (
        4,
        "UPDATE kernel_queue SET status = 'picked', heartbeat = now() - interval '6 minutes'",
    ),
    "kernel.job_overdue": (4, "UPDATE kernel_queue SET execute_after = now() - interval '11 minutes'"),
    "kernel.dead_letter_age": (
        4,
        """
        UPDATE kernel_delivery SET status = 'dead', done_at = now() - interval '73 hours'
        WHERE status = 'pending'
        """,
    ),
    "kernel.inbox_age": (
        1,
        """
        INSERT INTO kernel_inbox
        SELECT id, gen_random_uuid(), 'p', 'e', '{}', '', now() - interval '11 minutes'
        FROM kernel_store WHERE code = 'alpha'
        """,
    ),
}


@pytest.mark.parametrize("code", DAMAGE)
async def test_the_doctor_finds_what_is_wrong(live_shop: Any, code: str) -> None:
    await live_shop.emit(1, 2)
    assert await offenders(live_shop) == {}
    number, statement = DAMAGE[code]

    async with live_shop.ctx.transaction() as session:
        await (await session.connection()).exec_driver_sql(statement)

    assert (await offenders(live_shop))[code] == number


async def test_the_doctor_finds_events_that_were_never_delivered(shop: Any) -> None:
    await shop.emit(1)  # on a clock that stands in the past

    assert await offenders(shop) == {"kernel.delivery_late": 2}


async def test_the_application_can_neither_change_nor_remove_events(shop: Any) -> None:
    await shop.emit(1)

    for statement in (
        "UPDATE kernel_outbox SET name = 'x'",
        "DELETE FROM kernel_outbox",
        "DELETE FROM kernel_delivery",
        "DELETE FROM kernel_inbox",
        "UPDATE kernel_inbox SET body = ''",
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with shop.ctx.transaction() as session:
                await (await session.connection()).exec_driver_sql(statement)
