# SPDX-License-Identifier: Apache-2.0
"""Fixtures that give each test a migrated PostgreSQL database of its own, on one server per test run."""

import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shopwright.db.database import Database
from shopwright.db.embedded import EmbeddedServer
from shopwright.db.migrate import MigrationSource, kernel_migrations, migrate
from shopwright.db.query_log import QueryLog
from shopwright.db.settings import DatabaseSettings, driver_options
from shopwright.ids import new_id
from shopwright.testing.resetting import Contents, read_contents, restore

MakeDatabase = Callable[..., Coroutine[Any, Any, str]]
"""``await make_database(sources=(kernel_migrations(),)) -> url`` of a fresh migrated database."""

Fill = Callable[[str], Coroutine[Any, Any, object]]
_COPIED_FOR = 1800.0
_templates: set[str] = set()
"""Templates this process knows to exist, by address; none is dropped before the run ends."""
_contents: dict[str, Contents] = {}
"""What a database holds that was copied from a template, by the template's address."""
_idle: list[tuple[str, str]] = []
"""Databases as good as new, each with its template's address; the one that was used last comes last."""
_MOST_IDLE = 6
_FOLDER_PREFIX = "shopwright-tests-"
_TEMPLATE_LOCK = 0x54_50_4C


@dataclass
class TestDatabases:
    """Makes databases on the server of the test run, copying a template that is migrated once."""

    __test__ = False

    server: EmbeddedServer
    _made: list[tuple[str, str]] = field(default_factory=list)

    async def make(
        self,
        sources: Sequence[MigrationSource] | None = None,
        *,
        contents: str = "",
        fill: Fill | None = None,
    ) -> str:
        """Make a database with the migrations of ``sources`` applied; the kernel's when left out.

        ``fill`` puts something into it and leaves no connection open; what is called alike in ``contents``
        is filled once and copied for half an hour, after which its times would be too old for a test.
        """
        chosen = (kernel_migrations(),) if sources is None else tuple(sources)
        template = f"template_{_fingerprint(chosen)}"
        await self._template(template, None, lambda url: migrate(url, chosen))
        if fill is not None:
            words = f"{template} {int(time.time() // _COPIED_FOR)} {contents}"
            filled = f"template_{sha256(words.encode()).hexdigest()[:24]}"
            await self._template(filled, template, fill)
            template = filled
        url, name = self.server.url_of(template), f"test_{new_id().hex}"
        again = next((idle for idle in reversed(_idle) if idle[0] == url), None)
        if again:
            _idle.remove(again)
            name = again[1]
        else:
            await self._maintain(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        self._made.append((url, name))
        if url not in _contents:
            async with self._connected(name) as connection:
                _contents[url] = await read_contents(connection)
        return self.server.url_of(name)

    async def give_back(self) -> None:
        """Keep the databases made so far for another test, as they were; drop those that cannot be kept."""
        while self._made:
            template, name = self._made.pop()
            if await self._is_restored(name, _contents[template]):
                _idle.append((template, name))
            else:
                await self._drop(name)
        while len(_idle) > _MOST_IDLE:
            await self._drop(_idle.pop(0)[1])

    async def drop_all(self) -> None:
        """Drop the databases made so far, with whoever is still connected to them."""
        while self._made:
            await self._drop(self._made.pop()[1])

    async def _is_restored(self, name: str, contents: Contents) -> bool:
        try:
            async with self._connected(name) as connection:
                return await restore(connection, contents)
        except asyncpg.PostgresError:
            return False

    async def _drop(self, name: str) -> None:
        await self._maintain(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _maintain(self, statement: str) -> None:
        async with self._connected("postgres") as connection:
            await connection.execute(statement)

    @asynccontextmanager
    async def _connected(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(**driver_options(self.server.url_of(name)))
        try:
            yield connection
        finally:
            await connection.close()

    async def _template(self, name: str, of: str | None, fill: Fill) -> None:
        url = self.server.url_of(name)
        if url in _templates:
            return
        async with self._connected("postgres") as connection:
            # Workers of a parallel run share the server: one migrates, the others wait here.
            await connection.execute("SELECT pg_advisory_lock($1)", _TEMPLATE_LOCK)
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
                await connection.execute(f"DROP DATABASE IF EXISTS {name}_new WITH (FORCE)")
                await connection.execute(f"CREATE DATABASE {name}_new TEMPLATE {of or 'template1'}")
                await fill(self.server.url_of(f"{name}_new"))
                await connection.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
        _templates.add(url)


def _fingerprint(sources: tuple[MigrationSource, ...]) -> str:
    digest = sha256()
    for source in sources:
        digest.update(source.name.encode() + b"\0")
        for path in sorted((source.directory / "versions").glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def _run_folder() -> Path:
    """Name the server's folder: the same in all workers of a run, and of no other run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"pid{os.getpid()}"
    return Path(tempfile.gettempdir()) / f"{_FOLDER_PREFIX}{os.getuid()}-{run}"


def _sweep() -> None:
    """End the servers of runs that were killed, and remove folders whose server has ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}{os.getuid()}-*"):
        with suppress(OSError):
            EmbeddedServer(folder).remove_if_unused()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Clean up after all workers have ended."""
    if not hasattr(config, "workerinput"):
        _sweep()


@pytest.fixture(scope="session")
def pg_server() -> Iterator[EmbeddedServer]:
    """The embedded server of this test run."""
    with EmbeddedServer(_run_folder(), durable=False) as server:
        yield server


@pytest.fixture
async def test_databases(pg_server: EmbeddedServer) -> AsyncIterator[TestDatabases]:
    """Databases that are given back when the test has ended."""
    databases = TestDatabases(pg_server)
    yield databases
    await databases.give_back()


@pytest.fixture
def make_database(test_databases: TestDatabases) -> MakeDatabase:
    """Called with migration sources (the kernel's when left out), gives the address of a new database."""
    return test_databases.make


@pytest.fixture
async def database_url(make_database: MakeDatabase) -> str:
    """The address of a fresh database with the kernel's tables."""
    return await make_database()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open ``Database`` on a fresh database with the kernel's tables."""
    opened = Database(DatabaseSettings(database_url, pool_size=4, max_overflow=2))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def query_log() -> QueryLog:
    """Holds code to a budget: ``with query_log.at_most(12): await client.get("/")``; sees all tasks."""
    return QueryLog(everywhere=True)
