# SPDX-License-Identifier: Apache-2.0
import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Text, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from shopwright.db import Database, DatabaseSettings, StoreModel
from shopwright.db.migrate import MigrationSource
from shopwright.ids import new_id
from shopwright.testing.database import MakeDatabase

OURS, THEIRS = new_id(), new_id()

MIGRATION = '''
from shopwright.db.schema import sql, tenant_table
revision = "0001"
down_revision = None
def upgrade():
    sql("""
        CREATE TABLE sample_note (store_id uuid, id uuid, body text NOT NULL, PRIMARY KEY (store_id, id));
        CREATE TABLE sample_ledger (
            store_id uuid, id uuid, amount bigint NOT NULL, PRIMARY KEY (store_id, id)
        );
        CREATE FUNCTION sample_find(word text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
            SELECT id FROM sample_note
            WHERE body LIKE word || '%'
            AND store_id = nullif(current_setting('shopwright.store_id', true), '')::uuid
        $$;
        ALTER FUNCTION sample_find(text) OWNER TO shopwright_definer;
    """)
    tenant_table("sample_note", definer_reads=True)
    tenant_table("sample_ledger", append_only=True)
def downgrade():
    sql("DROP FUNCTION sample_find(text); DROP TABLE sample_note, sample_ledger")
'''


class Note(StoreModel):
    __tablename__ = "sample_note"

    body: Mapped[str] = mapped_column(Text)


@pytest.fixture
async def db(make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Database]:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001.py").write_text(MIGRATION)
    url = await make_database([MigrationSource("sample", tmp_path)])
    database = Database(DatabaseSettings(url, pool_size=2, max_overflow=1, pool_timeout=20))
    await database.open()
    for store_id, body in ((OURS, "ours"), (THEIRS, "theirs")):
        async with database.transaction(store_id) as session:
            session.add(Note(body=body))
    yield database
    await database.close()


async def bodies(db: Database, store_id: UUID | None) -> list[str]:
    async with db.transaction(store_id, readonly=True) as session:
        return list(await session.scalars(select(Note.body)))


async def test_each_store_sees_its_own_rows_only(db: Database) -> None:
    assert await bodies(db, OURS) == ["ours"]
    assert await bodies(db, THEIRS) == ["theirs"]
    assert await db.fetch_value(OURS, "SELECT string_agg(body, ',') FROM sample_note") == "ours"
    assert await db.fetch_value(THEIRS, "SELECT string_agg(body, ',') FROM sample_note") == "theirs"


async def test_without_a_store_no_row_is_seen_even_on_a_connection_that_had_one(db: Database) -> None:
    for _ in range(4):
        assert await bodies(db, OURS) == ["ours"]
        assert await bodies(db, None) == []
        assert await db.fetch_value(OURS, "SELECT count(*) FROM sample_note") == 1
        assert await db.fetch_value(None, "SELECT count(*) FROM sample_note") == 0


async def test_a_bare_connection_reads_nothing_before_and_after_a_transaction_that_set_a_store(
    db: Database,
) -> None:
    async with db._open_pools().hot._pool.acquire() as connection:
        before = await connection.fetchval("SELECT count(*) FROM sample_note")
        async with connection.transaction():
            await connection.execute("SELECT set_config('shopwright.store_id', $1, true)", str(OURS))
            during = await connection.fetchval("SELECT count(*) FROM sample_note")
        setting = await connection.fetchval("SELECT current_setting('shopwright.store_id', true)")
        after = await connection.fetchval("SELECT count(*) FROM sample_note")

    assert (before, during, setting, after) == (0, 1, "", 0)


async def test_a_setting_left_on_the_session_does_not_name_the_tenant_of_the_next_transaction(
    db: Database,
) -> None:
    for _ in range(3):
        async with db.transaction(None) as session:
            await session.execute(
                text("SELECT set_config('shopwright.store_id', :id, false)"), {"id": str(THEIRS)}
            )

    assert [await bodies(db, None) for _ in range(4)] == [[], [], [], []]


@pytest.mark.parametrize("store_id", [OURS, None])
async def test_rows_of_another_store_cannot_be_inserted(db: Database, store_id: UUID | None) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with db.transaction(store_id) as session:
            session.add(Note(store_id=THEIRS, body="smuggled"))

    assert await bodies(db, THEIRS) == ["theirs"]


async def test_rows_of_another_store_cannot_be_changed_or_deleted(db: Database) -> None:
    async with db.transaction(OURS) as session:
        changed = await session.execute(
            text("UPDATE sample_note SET body = 'x' WHERE store_id = :id"), {"id": THEIRS}
        )
        deleted = await session.execute(text("DELETE FROM sample_note WHERE store_id = :id"), {"id": THEIRS})

    assert (changed.rowcount, deleted.rowcount) == (0, 0)
    assert await bodies(db, THEIRS) == ["theirs"]


async def test_a_row_cannot_be_moved_to_another_store(db: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with db.transaction(OURS) as session:
            await session.execute(text("UPDATE sample_note SET store_id = :id"), {"id": THEIRS})


async def test_new_rows_get_the_store_and_an_id_of_version_7(db: Database) -> None:
    async with db.transaction(OURS) as session:
        note = Note(body="new")
        session.add(note)

    assert note.store_id == OURS
    assert note.id.version == 7


@pytest.mark.parametrize("statement", ["RESET ROLE", "RESET ALL", "RESET SESSION AUTHORIZATION"])
async def test_reset_does_not_leave_the_application_role(db: Database, statement: str) -> None:
    async with db.transaction(OURS) as session:
        await session.execute(text(statement))
        role, rows = (await session.execute(text("SELECT current_user, count(*) FROM sample_note"))).one()

    assert (role, rows) == ("shopwright_app", 0 if statement == "RESET ALL" else 1)


async def test_the_application_role_has_no_way_around_the_policies(db: Database) -> None:
    row = await db.fetch_rows(
        None, "SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = current_user"
    )
    owned = await db.fetch_value(
        None, "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    )

    assert tuple(row[0]) == (False, False, False)
    assert owned == 0


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE sample_note",
        "ALTER TABLE sample_note DISABLE ROW LEVEL SECURITY",
        "DROP TABLE sample_note",
        "CREATE TABLE sample_other (id uuid)",
        "UPDATE sample_ledger SET amount = 0",
        "DELETE FROM sample_ledger",
    ],
)
async def test_the_application_may_not(db: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with db.transaction(OURS) as session:
            await session.execute(text(statement))


async def test_a_ledger_takes_new_rows(db: Database) -> None:
    async with db.transaction(OURS) as session:
        await session.execute(
            text("INSERT INTO sample_ledger VALUES (:store, :id, 5)"), {"store": OURS, "id": new_id()}
        )

    assert await db.fetch_value(OURS, "SELECT sum(amount) FROM sample_ledger") == 5


async def test_a_search_function_of_the_definer_finds_rows_of_the_running_store_only(db: Database) -> None:
    found = await db.fetch_value(OURS, "SELECT count(*) FROM sample_find('our')")
    foreign = await db.fetch_value(OURS, "SELECT count(*) FROM sample_find('their')")

    assert (found, foreign) == (1, 0)


async def test_the_read_only_role_is_under_the_policies_and_cannot_write(db: Database) -> None:
    async with db.transaction(OURS) as session:
        await session.execute(text("SET LOCAL ROLE shopwright_readonly"))
        assert await session.scalar(select(func.count()).select_from(Note)) == 1
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(text("DELETE FROM sample_note"))
        await session.rollback()


async def test_the_hot_path_refuses_to_write(db: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await db.fetch_value(OURS, "UPDATE sample_note SET body = 'x' RETURNING body")

    assert await bodies(db, OURS) == ["ours"]


async def test_the_hot_path_takes_uuids_only_as_store(db: Database) -> None:
    with pytest.raises(TypeError, match="store_id must be a UUID"):
        await db.fetch_value("x', true); DROP TABLE sample_note; --", "SELECT 1")  # type: ignore[arg-type]


async def test_cancelling_tasks_at_random_neither_leaks_rows_nor_poisons_the_pools(db: Database) -> None:
    chance = random.Random(7)
    seen: list[tuple[UUID | None, list[str]]] = []

    async def through_session(store_id: UUID | None) -> None:
        async with db.transaction(store_id, readonly=chance.random() < 0.5) as session:
            await session.execute(text("SELECT pg_sleep(:s)"), {"s": chance.random() * 0.004})
            seen.append((store_id, list(await session.scalars(select(Note.body)))))

    async def through_hot_path(store_id: UUID | None) -> None:
        rows = await db.fetch_rows(
            store_id, "SELECT body FROM sample_note, pg_sleep($1::double precision)", chance.random() * 0.004
        )
        seen.append((store_id, [row["body"] for row in rows]))

    async def worker() -> int:
        cancelled = 0
        for _ in range(40):
            kind = chance.choice([through_session, through_hot_path])
            task = asyncio.create_task(kind(chance.choice([OURS, THEIRS, None])))
            if chance.random() < 0.6:
                await asyncio.sleep(chance.random() * 0.03)
                task.cancel()
                if chance.random() < 0.3:
                    await asyncio.sleep(0)
                    task.cancel()
            result = (await asyncio.gather(task, return_exceptions=True))[0]
            if isinstance(result, asyncio.CancelledError):
                cancelled += 1
            elif result is not None:
                raise result
        return cancelled

    cancelled = sum(await asyncio.gather(*(worker() for _ in range(8))))
    expected = {OURS: ["ours"], THEIRS: ["theirs"], None: []}

    assert cancelled >= 40
    assert len(seen) >= 100
    assert [(store, rows) for store, rows in seen if rows != expected[store]] == []
    assert {tuple(await bodies(db, store)) for store in (OURS, None, THEIRS)} == {("ours",), (), ("theirs",)}
    await asyncio.sleep(0.1)
    open_transactions = await db.fetch_value(
        None,
        """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
           AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'""",
    )
    assert open_transactions == 0
    assert db._open_pools().engine.pool.checkedout() == 0
