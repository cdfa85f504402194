# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from shopwright.db import Database, DatabaseSettings
from shopwright.db.migrate import (
    Applied,
    MigrationSource,
    downgrade,
    kernel_migrations,
    migrate,
    pending,
)
from shopwright.db.roles import ensure_roles_and_extensions
from shopwright.db.settings import driver_options
from shopwright.db.sql_lint import lint_sql
from shopwright.errors import UsageError
from shopwright.testing.database import MakeDatabase

MakeSource = Callable[..., MigrationSource]

CREATE = 'sql("CREATE TABLE {name}_thing (id uuid PRIMARY KEY)"); global_table("{name}_thing")'
DROP = 'sql("DROP TABLE {name}_thing")'


@pytest.fixture
def source(tmp_path: Path) -> MakeSource:
    """Writes the revisions of a plugin: one (upgrade, downgrade) pair each."""

    def make(name: str, *revisions: tuple[str, str]) -> MigrationSource:
        folder = tmp_path / name / "versions"
        folder.mkdir(parents=True, exist_ok=True)
        for number, (up, down) in enumerate(revisions or ((CREATE, DROP),), start=1):
            previous = f'"{number - 1:04}"' if number > 1 else "None"
            (folder / f"{number:04}.py").write_text(
                "from shopwright.db.schema import *\n"
                f'revision = "{number:04}"\ndown_revision = {previous}\n'
                f"def upgrade():\n    {up.format(name=name)}\n"
                f"def downgrade():\n    {down.format(name=name)}\n"
            )
        return MigrationSource(name, tmp_path / name)

    return make


@asynccontextmanager
async def connected(url: str):
    connection = await asyncpg.connect(**driver_options(url))
    try:
        yield connection
    finally:
        await connection.close()


async def tables(url: str) -> list[str]:
    async with connected(url) as connection:
        rows = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return [row["tablename"] for row in rows]


@pytest.fixture
async def empty_url(make_database: MakeDatabase) -> str:
    return await make_database(())


async def test_each_source_has_a_version_table_of_its_own(empty_url: str, source: MakeSource) -> None:
    steps: list[tuple[str, str]] = []

    applied = await migrate(
        empty_url, [source("alpha"), source("beta")], progress=lambda *step: steps.append(step)
    )

    assert applied == [Applied("alpha", "0001"), Applied("beta", "0001")]
    assert steps == [("alpha", "0001"), ("beta", "0001")]
    assert await tables(empty_url) == ["alpha_migration", "alpha_thing", "beta_migration", "beta_thing"]


async def test_a_second_run_finds_nothing_to_do(empty_url: str, source: MakeSource) -> None:
    sources = [source("alpha"), source("beta")]

    assert await pending(empty_url, sources) == [Applied("alpha", "0001"), Applied("beta", "0001")]
    assert len(await migrate(empty_url, sources)) == 2
    assert await migrate(empty_url, sources) == []
    assert await pending(empty_url, sources) == []


async def test_one_source_is_taken_back_without_touching_the_others(
    empty_url: str, source: MakeSource
) -> None:
    alpha, beta = source("alpha"), source("beta", (CREATE, DROP), ("pass", "pass"))
    await migrate(empty_url, [alpha, beta])

    undone = await downgrade(empty_url, beta)

    assert undone == [Applied("beta", "0002"), Applied("beta", "0001")]
    assert await tables(empty_url) == ["alpha_migration", "alpha_thing"]
    assert await pending(empty_url, [alpha, beta]) == [Applied("beta", "0001"), Applied("beta", "0002")]


async def test_going_back_to_a_revision_undoes_the_later_ones_only(
    empty_url: str, source: MakeSource
) -> None:
    beta = source("beta", (CREATE, DROP), ("pass", "pass"))
    await migrate(empty_url, [beta])

    assert await downgrade(empty_url, beta, "0001") == [Applied("beta", "0002")]
    assert await pending(empty_url, [beta]) == [Applied("beta", "0002")]
    assert await tables(empty_url) == ["beta_migration", "beta_thing"]


async def test_a_failing_revision_leaves_nothing_behind_and_the_earlier_ones_done(
    empty_url: str, source: MakeSource
) -> None:
    broken = 'sql("CREATE TABLE {name}_other (id int); SELECT 1 / 0")'
    beta = source("beta", (CREATE, DROP), (broken, "pass"))

    with pytest.raises(Exception, match="division by zero"):
        await migrate(empty_url, [beta])

    assert await tables(empty_url) == ["beta_migration", "beta_thing"]
    assert await pending(empty_url, [beta]) == [Applied("beta", "0002")]


async def test_runners_that_race_apply_each_revision_once(empty_url: str, source: MakeSource) -> None:
    sources = [source("alpha"), source("beta")]

    runs = await asyncio.gather(*(migrate(empty_url, sources) for _ in range(4)))

    assert sorted(len(applied) for applied in runs) == [0, 0, 0, 2]


async def test_new_databases_of_a_cluster_are_prepared_at_the_same_time(make_database: MakeDatabase) -> None:
    urls = [await make_database(()) for _ in range(3)]

    await asyncio.gather(*(ensure_roles_and_extensions(url) for url in urls for _ in range(2)))

    async with connected(urls[0]) as connection:
        extensions = {row[0] for row in await connection.fetch("SELECT extname FROM pg_extension")}
    assert extensions >= {"citext", "pg_trgm", "unaccent", "btree_gin", "pg_stat_statements"}


async def test_a_table_in_use_is_waited_for_without_blocking_its_users_for_long(
    empty_url: str, source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopwright.db.migrate._LOCK_TIMEOUT", "50ms")
    alter = 'sql("ALTER TABLE {name}_thing ADD COLUMN note text")'
    await migrate(empty_url, [source("beta")])

    async with connected(empty_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SELECT * FROM beta_thing")
        running = asyncio.create_task(migrate(empty_url, [source("beta", (CREATE, DROP), (alter, "pass"))]))
        await asyncio.sleep(0.4)
        waited = not running.done()
        await transaction.commit()

    assert waited
    assert await running == [Applied("beta", "0002")]


async def test_a_script_may_hold_function_bodies_and_colons(empty_url: str, source: MakeSource) -> None:
    script = (
        "sql('''CREATE FUNCTION {name}_twice(n int) RETURNS int LANGUAGE plpgsql AS $body$ "
        "BEGIN PERFORM 1; RETURN (n::text || ';')::char(1)::int * 2; END $body$; "
        "CREATE VIEW {name}_view WITH (security_invoker) AS SELECT {name}_twice(4) AS eight;''')"
    )
    await migrate(empty_url, [source("beta", (script, "pass"))])

    async with connected(empty_url) as connection:
        assert await connection.fetchval("SELECT eight FROM beta_view") == 8


async def test_tables_are_owned_by_the_owner_and_closed_to_the_application_until_granted(
    empty_url: str, source: MakeSource
) -> None:
    ungranted = 'sql("CREATE TABLE {name}_thing (id uuid PRIMARY KEY)")'
    await migrate(empty_url, [source("beta", (ungranted, DROP))])
    database = Database(DatabaseSettings(empty_url))
    await database.open()

    owner = await database.fetch_value(
        None, "SELECT tableowner FROM pg_tables WHERE tablename = 'beta_thing'"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.fetch_value(None, "SELECT count(*) FROM beta_thing")

    await database.close()
    assert owner == "shopwright_owner"


async def test_a_backfill_reaches_the_rows_of_every_store(
    make_database: MakeDatabase, source: MakeSource
) -> None:
    make_stores = (
        "INSERT INTO kernel_store (id, code, name, currency, default_locale, locales) "
        "SELECT gen_random_uuid(), c, c, 'EUR', 'en', ARRAY['en'] FROM unnest(ARRAY['a', 'b']) c"
    )
    setup = (
        'sql("CREATE TABLE {name}_thing (store_id uuid PRIMARY KEY, done bool)"); '
        f'tenant_table("{{name}}_thing"); sql("{make_stores}"); '
        f"for_each_store('INSERT INTO {{name}}_thing SELECT ' + TENANT + ', false')"
    )
    unseen = 'sql("UPDATE {name}_thing SET done = true")'
    backfill = 'for_each_store("UPDATE {name}_thing SET done = true")'
    url = await make_database()

    await migrate(url, [source("beta", (setup, "pass"), (unseen, "pass"))])
    async with connected(url) as connection:
        without = await connection.fetchval("SELECT count(*) FROM beta_thing WHERE done")
    await migrate(url, [source("beta", (setup, "pass"), (unseen, "pass"), (backfill, "pass"))])
    async with connected(url) as connection:
        reached = await connection.fetchval("SELECT count(*) FROM beta_thing WHERE done")

    assert (without, reached) == (0, 2)


async def test_a_revision_that_makes_a_table_under_a_foreign_name_is_refused(
    empty_url: str, source: MakeSource
) -> None:
    with pytest.raises(ValueError, match="table 'alpha_thing' must be called beta_"):
        await migrate(empty_url, [source("beta", ('sql("CREATE TABLE alpha_thing (id uuid)")', "pass"))])

    assert await tables(empty_url) == []


@pytest.mark.parametrize(
    ("script", "complaints"),
    [
        ("CREATE TABLE beta_x (a timestamptz, b timestamp(3) with time zone)", []),
        ("-- CREATE TABLE other\nSELECT 'CREATE TABLE other'; /* CREATE VIEW x */", []),
        ("CREATE FUNCTION beta_f() RETURNS void AS $$ CREATE TABLE other() $$", []),
        (
            "create unlogged table if not exists Other (x int)",
            ["table 'Other' must be called beta_…, as all names of this plugin"],
        ),
        (
            "CREATE OR REPLACE FUNCTION public.f() RETURNS int",
            ["function 'f' must be called beta_…, as all names of this plugin"],
        ),
        (
            "ALTER TABLE beta_x ADD c timestamp NOT NULL",
            ["timestamp without a time zone: use timestamptz"],
        ),
        (
            "ALTER TABLE beta_x ADD unit_price double precision",
            ["'unit_price' is double: money is bigint, in minor units"],
        ),
        (
            "ALTER TABLE beta_x DISABLE ROW LEVEL SECURITY",
            ["a migration must neither change its role nor weaken row-level security"],
        ),
    ],
)
def test_the_linter_objects_to(script: str, complaints: list[str]) -> None:
    assert lint_sql(script, "beta_") == complaints


async def test_a_folder_without_revisions_is_named(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gamma: .* has no folder 'versions'"):
        await migrate(empty_url, [MigrationSource("gamma", tmp_path)])


async def test_the_kernel_goes_down_and_up_again(database_url: str) -> None:
    before = await tables(database_url)

    await downgrade(database_url, kernel_migrations())
    without = await tables(database_url)
    await migrate(database_url, [kernel_migrations()])

    assert "kernel_store" in before
    assert without == []
    assert await tables(database_url) == before
