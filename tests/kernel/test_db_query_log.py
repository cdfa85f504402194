# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest
from sqlalchemy import text

from shopwright.db import Database, QueryLog, assert_no_open_transaction, in_write_transaction


async def two_statements(database: Database) -> None:
    async with database.transaction(None) as session:
        await session.execute(text("SELECT 1"))
    await database.fetch_value(None, "SELECT 2")


async def test_statements_of_sessions_and_of_the_hot_path_are_counted_without_transaction_control(
    database: Database,
) -> None:
    log = QueryLog()
    with log.at_most(2):
        await two_statements(database)

    assert log.statements == ["SELECT 1", "SELECT 2"]
    assert log.control == [
        "SELECT set_config('shopwright.store_id', $1, true)",
        "BEGIN READ ONLY; SELECT set_config('shopwright.store_id', '', true)",
    ]


async def test_going_over_the_budget_lists_the_statements(database: Database) -> None:
    log = QueryLog()
    with pytest.raises(AssertionError) as caught, log.at_most(1):
        await two_statements(database)

    assert str(caught.value) == "2 statements, at most 1 allowed:\n  1. SELECT 1\n  2. SELECT 2"


async def test_an_error_in_the_block_is_not_hidden_by_the_budget(database: Database) -> None:
    async def fail() -> None:
        with QueryLog().at_most(0):
            await two_statements(database)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()


async def test_a_log_sees_its_own_task_and_those_it_starts(database: Database) -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def other() -> None:
        started.set()
        await go.wait()
        await database.fetch_value(None, "SELECT 'other'")

    other_task = asyncio.create_task(other())
    await started.wait()
    log = QueryLog()
    with log.recording():
        await asyncio.create_task(database.fetch_value(None, "SELECT 'child'"))
        go.set()
        await other_task

    assert log.statements == ["SELECT 'child'"]


async def test_a_log_of_everywhere_sees_all_tasks(database: Database, query_log: QueryLog) -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def other() -> None:
        started.set()
        await go.wait()
        await database.fetch_value(None, "SELECT 'other'")

    other_task = asyncio.create_task(other())
    await started.wait()
    with query_log.at_most(1):
        go.set()
        await other_task
    await database.fetch_value(None, "SELECT 'after'")

    assert query_log.statements == ["SELECT 'other'"]


async def test_logs_may_be_nested(database: Database) -> None:
    outer, inner = QueryLog(), QueryLog()
    with outer.recording():
        await database.fetch_value(None, "SELECT 1")
        with inner.recording():
            await database.fetch_value(None, "SELECT 2")

    assert (outer.statements, inner.statements) == (["SELECT 1", "SELECT 2"], ["SELECT 2"])
    assert (len(outer), len(inner)) == (2, 1)


async def test_calling_out_inside_a_write_transaction_is_refused_by_name(database: Database) -> None:
    async with database.transaction(None):
        with pytest.raises(RuntimeError, match="The card provider must not run inside a write transaction"):
            assert_no_open_transaction("The card provider")

    assert_no_open_transaction("The card provider")


async def test_calling_out_is_fine_inside_a_transaction_that_only_reads(database: Database) -> None:
    async with database.transaction(None, readonly=True):
        assert_no_open_transaction("The card provider")


async def test_a_nested_transaction_does_not_end_the_outer_one_early(database: Database) -> None:
    async with database.transaction(None):
        async with database.transaction(None):
            pass
        inside = in_write_transaction()

    assert (inside, in_write_transaction()) == (True, False)


async def test_a_task_started_inside_is_free_once_the_transaction_has_ended(database: Database) -> None:
    ended = asyncio.Event()

    async def background() -> tuple[bool, bool]:
        during = in_write_transaction()
        await ended.wait()
        return during, in_write_transaction()

    async with database.transaction(None):
        task = asyncio.create_task(background())
        await asyncio.sleep(0)
    ended.set()

    assert await task == (True, False)


async def test_the_mark_is_gone_after_a_failure(database: Database) -> None:
    with pytest.raises(LookupError):
        async with database.transaction(None):
            raise LookupError

    assert not in_write_transaction()
