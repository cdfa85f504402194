# SPDX-License-Identifier: Apache-2.0
import asyncio
from contextlib import suppress
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.db import CommitOutcomeUnknownError, Database, DatabaseSettings
from shopwright.db.models import PluginSettingRow, StoreHostRow, StoreRow
from shopwright.db.settings import driver_options, engine_url
from shopwright.errors import Overloaded, UsageError
from shopwright.ids import new_id


def store(code: str) -> StoreRow:
    return StoreRow(code=code, name=code, currency="EUR", default_locale="en", locales=["en"])


async def add_stores(database: Database, *codes: str) -> list[UUID]:
    rows = [store(code) for code in codes]
    async with database.transaction(None) as session:
        session.add_all(rows)
    return [row.id for row in rows]


async def rename(session: AsyncSession, code: str) -> None:
    await session.execute(
        text("UPDATE kernel_store SET name = name || '+' WHERE code = :code"), {"code": code}
    )


async def names(database: Database) -> str:
    return await database.fetch_value(None, "SELECT string_agg(name, ' ' ORDER BY code) FROM kernel_store")


async def test_an_exception_rolls_back(database: Database) -> None:
    with suppress(LookupError):
        async with database.transaction(None) as session:
            session.add(store("a"))
            await session.flush()
            raise LookupError

    assert await database.fetch_value(None, "SELECT count(*) FROM kernel_store") == 0


async def test_a_read_only_transaction_cannot_write(database: Database) -> None:
    async with database.transaction(None, readonly=True) as session:
        session.add(store("a"))
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await session.flush()
        await session.rollback()

    await add_stores(database, "a")


async def test_models_read_back_what_they_wrote(database: Database) -> None:
    (store_id,) = await add_stores(database, "a")
    async with database.transaction(None) as session:
        session.add(StoreHostRow(host="Shop.Example", store_id=store_id, is_primary=True))
        session.add(PluginSettingRow(plugin="x", store_id=store_id, locale=None, values={"a": [1]}))

    async with database.transaction(None, readonly=True) as session:
        found = await session.scalar(select(StoreRow))
        host = await session.scalar(select(StoreHostRow).where(StoreHostRow.host == "shop.example"))
        setting = await session.scalar(select(PluginSettingRow))

    assert (found.id, found.locales, found.version, found.created_at.utcoffset().total_seconds()) == (
        store_id,
        ["en"],
        1,
        0,
    )
    assert host.store_id == store_id
    assert setting.values == {"a": [1]}


async def test_a_scope_has_one_settings_row_even_where_store_and_locale_are_null(database: Database) -> None:
    async with database.transaction(None) as session:
        session.add(PluginSettingRow(plugin="x"))

    with pytest.raises(IntegrityError):
        async with database.transaction(None) as session:
            session.add(PluginSettingRow(plugin="x"))


async def test_a_deadlock_is_retried_until_both_have_gone_through(database: Database) -> None:
    await add_stores(database, "a", "b")
    both_hold_one = asyncio.Barrier(2)
    attempts: list[str] = []

    async def lock(session: AsyncSession, code: str) -> None:
        await session.execute(text("SELECT FROM kernel_store WHERE code = :code FOR UPDATE"), {"code": code})

    async def crosswise(session: AsyncSession, first: str, second: str) -> str:
        attempts.append(first)
        await lock(session, first)
        if len(attempts) <= 2:
            await both_hold_one.wait()
        await lock(session, second)
        return first + second

    done = await asyncio.gather(
        database.run(None, lambda session: crosswise(session, "a", "b")),
        database.run(None, lambda session: crosswise(session, "b", "a")),
    )

    assert done == ["ab", "ba"]
    assert len(attempts) == 3


async def test_a_serialization_failure_is_retried_on_a_fresh_session(database_url: str) -> None:
    connection = await asyncpg.connect(**driver_options(database_url))
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    await connection.close()
    database = Database(DatabaseSettings(database_url))
    await database.open()
    await add_stores(database, "a")
    sessions: list[AsyncSession] = []

    async def work(session: AsyncSession) -> str:
        sessions.append(session)
        await session.execute(text("SELECT count(*) FROM kernel_store"))
        if len(sessions) == 1:
            async with database.transaction(None) as other:
                await rename(other, "a")
        await rename(session, "a")
        return "done"

    with pytest.raises(DBAPIError, match="could not serialize access"):
        await database.run(None, work, attempts=1)
    sessions.clear()
    result = await database.run(None, work)
    renamed = await names(database)
    await database.close()

    assert (result, renamed) == ("done", "a+++")
    assert len({id(session) for session in sessions}) == 2


async def test_errors_of_the_work_itself_are_not_retried(database: Database) -> None:
    calls = 0

    async def work(session: AsyncSession) -> None:
        nonlocal calls
        calls += 1
        await session.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        await database.run(None, work)

    assert calls == 1


async def kill_others(url: str) -> None:
    """End all connections to a database, as a restart of the server does."""
    connection = await asyncpg.connect(**driver_options(url))
    await connection.execute(
        """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    )
    await connection.close()


async def test_work_whose_connection_is_lost_is_repeated(database: Database, database_url: str) -> None:
    calls = 0

    async def work(session: AsyncSession) -> None:
        nonlocal calls
        calls += 1
        session.add(store("a"))
        await session.flush()
        if calls == 1:
            await kill_others(database_url)
        await session.execute(text("SELECT 1"))

    await database.run(None, work)

    assert calls == 2
    assert await names(database) == "a"


async def test_a_connection_lost_while_committing_is_reported_and_not_repeated(
    database: Database, database_url: str
) -> None:
    calls = 0

    async def work(session: AsyncSession) -> None:
        nonlocal calls
        calls += 1
        session.add(store("a"))
        await session.flush()
        await kill_others(database_url)

    with pytest.raises(CommitOutcomeUnknownError):
        await database.run(None, work)

    assert calls == 1


async def test_idle_connections_that_the_server_closed_are_replaced_unnoticed(
    database: Database, database_url: str
) -> None:
    for _ in range(3):
        async with database.transaction(None, readonly=True) as session:
            await session.execute(text("SELECT 1"))
        await kill_others(database_url)
        await asyncio.sleep(0.05)

        assert await database.fetch_value(None, "SELECT 1") == 1
        async with database.transaction(None, readonly=True) as session:
            assert await session.scalar(text("SELECT 2")) == 2


async def test_hot_reads_go_on_when_a_migration_changes_their_table(
    database: Database, database_url: str
) -> None:
    await add_stores(database, "a")
    before = [len(row) for row in await database.fetch_rows(None, "SELECT * FROM kernel_store")]
    connection = await asyncpg.connect(**driver_options(database_url))
    await connection.execute("ALTER TABLE kernel_store ADD COLUMN extra int")
    await connection.close()

    after = [len(row) for row in await database.fetch_rows(None, "SELECT * FROM kernel_store")]

    assert after == [before[0] + 1]


async def test_a_failing_hot_read_leaves_its_connection_usable(database: Database) -> None:
    for _ in range(10):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await database.fetch_value(None, "SELECT 1 / $1::int", 0)

    assert await database.fetch_value(None, "SELECT 6 / $1::int", 3) == 2
    assert (
        await database.fetch_value(None, "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%aborted%'")
        == 0
    )


async def test_a_cancelled_hot_read_is_cancelled_on_the_server_too(database: Database) -> None:
    task = asyncio.create_task(database.fetch_value(None, "SELECT pg_sleep(30)"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(30)'"
    assert await database.fetch_value(None, running) == 0


async def test_statements_are_bounded_in_time(database_url: str) -> None:
    database = Database(DatabaseSettings(database_url, statement_timeout_ms=50))
    await database.open()
    with pytest.raises(asyncpg.QueryCanceledError):
        await database.fetch_value(None, "SELECT pg_sleep(5)")
    with pytest.raises(DBAPIError, match="statement timeout"):
        async with database.transaction(None) as session:
            await session.execute(text("SELECT pg_sleep(5)"))
    await database.close()


async def test_an_exhausted_pool_says_so_in_time(database_url: str) -> None:
    database = Database(DatabaseSettings(database_url, pool_size=1, max_overflow=0, pool_timeout=0.1))
    await database.open()
    blocking = asyncio.create_task(database.fetch_value(None, "SELECT pg_sleep(1)"))
    await asyncio.sleep(0.05)

    with pytest.raises(Overloaded, match="Too many requests"):
        await database.fetch_value(None, "SELECT 1")

    await blocking
    await database.close()


async def test_using_a_database_that_is_not_open_says_what_to_do(database_url: str) -> None:
    database = Database(DatabaseSettings(database_url))

    with pytest.raises(RuntimeError, match=r"await Database\.open\(\) first"):
        await database.fetch_value(None, "SELECT 1")


async def test_a_notification_arrives_after_the_commit_and_not_after_a_rollback(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    await database.listen("sample", heard.put)

    with suppress(LookupError):
        async with database.transaction(None) as session:
            await database.notify(session, "sample", "lost")
            raise LookupError
    async with database.transaction(None) as session:
        await database.notify(session, "sample", "first")
        await session.flush()
        assert heard.empty()
    async with database.transaction(None) as session:
        await database.notify(session, "sample", "second")

    assert [await heard.get(), await heard.get()] == ["first", "second"]


async def test_listeners_survive_a_lost_connection_and_learn_that_they_may_have_missed_something(
    database: Database, database_url: str
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    await database.listen("sample", heard.put)

    await kill_others(database_url)
    after_reconnect = await asyncio.wait_for(heard.get(), timeout=10)
    async with database.transaction(None) as session:
        await database.notify(session, "sample", "again")

    assert after_reconnect == ""
    assert await asyncio.wait_for(heard.get(), timeout=10) == "again"


async def test_a_listener_that_fails_does_not_silence_the_others(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    def fail(_payload: str) -> None:
        raise LookupError

    await database.listen("sample", fail)
    await database.listen("sample", heard.put)
    for payload in ("one", "two"):
        async with database.transaction(None) as session:
            await database.notify(session, "sample", payload)

    assert [await heard.get(), await heard.get()] == ["one", "two"]


async def test_each_change_of_the_configuration_tables_raises_the_version_and_is_sent(
    database: Database,
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    await database.listen("shopwright_config", heard.put)

    (store_id,) = await add_stores(database, "a")
    async with database.transaction(None) as session:
        session.add(StoreHostRow(host="a.example", store_id=store_id))
    async with database.transaction(None) as session:
        await session.execute(text("DELETE FROM kernel_store_host"))

    assert [await heard.get() for _ in range(3)] == ["2", "3", "4"]
    assert await database.fetch_value(None, "SELECT version FROM kernel_config_version") == 4


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://u:p%40@h:1/d", {"user": "u", "password": "p@", "host": "h", "port": 1, "database": "d"}),
        ("postgresql://h/d?sslmode=require", {"host": "h", "database": "d", "ssl": "require"}),
        (
            "postgresql+asyncpg://u@/d?host=/run/x&port=5433",
            {"user": "u", "database": "d", "host": "/run/x", "port": 5433},
        ),
    ],
)
def test_usual_ways_to_write_an_address_are_understood(url: str, expected: dict[str, object]) -> None:
    assert driver_options(url) == expected
    assert engine_url(url).drivername == "postgresql+asyncpg"


def test_an_address_of_another_kind_of_database_is_refused_without_repeating_it() -> None:
    with pytest.raises(UsageError, match="DATABASE_URL begins with 'mysql'") as caught:
        engine_url("mysql://u:secret@h/d")

    assert "secret" not in str(caught.value)


def test_ids_sort_in_the_order_they_were_made() -> None:
    ids = [new_id() for _ in range(1000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == 1000
    assert {made.version for made in ids} == {7}
