# SPDX-License-Identifier: Apache-2.0
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from shopwright.db import Database, DatabaseSettings
from shopwright.db.base import Base, GlobalModel
from shopwright.db.catalogue import unguarded
from shopwright.db.migrate import kernel_migrations, migrate, pending
from shopwright.db.models import StoreRow
from shopwright.db.roles import OWNER_ROLE, ROLES, ensure_roles_and_extensions
from shopwright.db.settings import driver_options
from shopwright.ids import new_id
from shopwright.testing.database import MakeDatabase


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**driver_options(url))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def plain_login_url(make_database: MakeDatabase) -> AsyncIterator[str]:
    """The address of an empty database for a login as hosting companies give it: its owner, no superuser."""
    url = await make_database(())
    login = f"hosted_{new_id().hex}"
    async with connected(url) as admin:
        await ensure_roles_and_extensions(url)
        database = await admin.fetchval("SELECT current_database()")
        await admin.execute(f"CREATE ROLE {login} LOGIN; ALTER DATABASE {database} OWNER TO {login}")
        for role in ROLES[:3]:
            await admin.execute(f"GRANT {role} TO {login} WITH INHERIT FALSE, SET TRUE")
        yield make_url(url).set(username=login).render_as_string()
        await admin.execute(f"ALTER DATABASE {database} OWNER TO CURRENT_USER")
        await admin.execute(
            f"REASSIGN OWNED BY {login} TO CURRENT_USER; DROP OWNED BY {login}; DROP ROLE {login}"
        )


async def test_a_login_without_superuser_migrates_and_works(plain_login_url: str) -> None:
    kernel = kernel_migrations()
    assert await migrate(plain_login_url, [kernel])
    assert await pending(plain_login_url, [kernel]) == []
    database = Database(DatabaseSettings(plain_login_url))
    await database.open()
    async with database.transaction(None) as session:
        session.add(StoreRow(code="a", name="A", currency="EUR", default_locale="en", locales=["en"]))
    roles = await database.fetch_rows(None, "SELECT current_user, session_user LIKE 'hosted_%' AS hosted")
    await database.close()

    assert tuple(roles[0]) == ("shopwright_app", True)


async def test_a_login_without_superuser_has_no_rights_of_its_own_in_the_tables(plain_login_url: str) -> None:
    await migrate(plain_login_url, [kernel_migrations()])

    async with connected(plain_login_url) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM kernel_store")


async def test_the_tables_of_the_kernel_are_guarded(database_url: str) -> None:
    global_tables = [
        mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, GlobalModel)
    ]
    async with connected(database_url) as connection:
        problems = await unguarded(connection, global_tables)
        stores = {"kernel_store", "kernel_store_host", "kernel_activation", "kernel_plugin_setting"}

    assert stores <= set(global_tables)
    assert [problem for problem in problems if problem.split(":")[0] in stores] == []


async def test_what_is_not_guarded_is_named_with_its_reason(database_url: str) -> None:
    async with connected(database_url) as connection:
        before = set(await unguarded(connection, []))
        await connection.execute(
            f"""
            SET ROLE {OWNER_ROLE};
            CREATE TABLE sample_bare (id uuid PRIMARY KEY);
            CREATE TABLE sample_loose (store_id uuid, id uuid, PRIMARY KEY (store_id, id));
            ALTER TABLE sample_loose ENABLE ROW LEVEL SECURITY;
            ALTER TABLE sample_loose FORCE ROW LEVEL SECURITY;
            CREATE POLICY loose ON sample_loose USING (true);
            GRANT TRUNCATE ON sample_loose TO shopwright_app;
            CREATE VIEW sample_view AS SELECT id FROM sample_bare;
            CREATE VIEW sample_good_view WITH (security_invoker = true) AS SELECT id FROM sample_bare;
            CREATE MATERIALIZED VIEW sample_copy AS SELECT id FROM public.sample_bare;
            GRANT SELECT ON sample_copy TO shopwright_app;
            """
        )
        found = set(await unguarded(connection, [])) - before

    assert found == {
        "sample_bare: row-level security is not enabled and forced",
        "sample_bare: no policy compares store_id with the running store",
        "sample_bare: its primary key does not begin with store_id",
        "sample_loose: the application may TRUNCATE it",
        "sample_loose: no policy compares store_id with the running store",
        "sample_view: a view without security_invoker",
        "sample_copy: a materialised view that the application reads directly",
    }
