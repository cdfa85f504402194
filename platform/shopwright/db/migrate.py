# SPDX-License-Identifier: Apache-2.0
"""Runs migrations: each plugin has revisions and a version table of its own, so it comes and goes alone."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shopwright.db.errors import sqlstate
from shopwright.db.roles import OWNER_ROLE, migration_lock, prepare_database
from shopwright.db.schema import PREFIX_OPTION
from shopwright.db.settings import engine_url
from shopwright.errors import UsageError

Progress = Callable[[str, str], None]
"""Called with the names of a source and of a revision, before that revision runs."""

T = TypeVar("T")

_LOCK_TIMEOUT = "3s"
_LOCK_NOT_AVAILABLE = "55P03"
_ATTEMPTS = 5


@dataclass(frozen=True)
class MigrationSource:
    """The revisions of the kernel or of one plugin: ``directory/versions/0001_initial.py`` and so on."""

    name: str
    directory: Path

    @property
    def version_table(self) -> str:
        return f"{self.name}_migration"

    def script(self) -> ScriptDirectory:
        """Read the revisions.

        Raises:
            UsageError: the folder has none.
        """
        if not (self.directory / "versions").is_dir():
            raise UsageError(f"{self.name}: {self.directory} has no folder 'versions' with migrations in it.")
        config = Config()
        config.set_main_option("script_location", str(self.directory).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        return ScriptDirectory.from_config(config)


@dataclass(frozen=True)
class Applied:
    """One revision that was run."""

    source: str
    revision: str


def kernel_migrations() -> MigrationSource:
    """Give the kernel's own revisions, from the installed package or from the repository."""
    packaged = Path(str(files("shopwright"))) / "_migrations"
    in_repository = Path(__file__).resolve().parents[3] / "migrations"
    return MigrationSource("kernel", packaged if packaged.is_dir() else in_repository)


async def migrate(
    url: str, sources: Sequence[MigrationSource], *, progress: Progress | None = None
) -> list[Applied]:
    """Bring every source to its newest revision, in the order given, and tell what was run.

    One process at a time does it; another one waits and then finds nothing to do. Each revision is a
    transaction that gives up when it cannot lock a table within three seconds, and is tried a few times.
    """
    applied: list[Applied] = []
    async with migration_lock(url) as connection:
        await prepare_database(connection)
        for source in sources:
            applied += await _apply(url, source, "heads", progress)
    return applied


async def downgrade(url: str, source: MigrationSource, revision: str = "base") -> list[Applied]:
    """Take one source back to a revision; ``base`` removes all it made, its version table included."""
    async with migration_lock(url):
        undone = await _apply(url, source, revision, None, down=True)
        if revision == "base":
            await _with_owner(
                url, lambda bind: bind.exec_driver_sql(f"DROP TABLE IF EXISTS {source.version_table}")
            )
        return undone


async def pending(url: str, sources: Sequence[MigrationSource]) -> list[Applied]:
    """List the revisions that ``migrate`` would run, without changing anything."""

    def look(bind: Connection) -> list[Applied]:
        found: list[Applied] = []
        made = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
        if bind.scalar(made, {"role": OWNER_ROLE}) is not None:
            bind.exec_driver_sql(f"SET LOCAL ROLE {OWNER_ROLE}")
        for source in sources:
            script = source.script()
            context = MigrationContext.configure(bind, opts={"version_table": source.version_table})
            done = {
                revision.revision
                for head in context.get_current_heads()
                for revision in script.iterate_revisions(head, "base")
            }
            revisions = reversed(list(script.walk_revisions()))
            found += [Applied(source.name, item.revision) for item in revisions if item.revision not in done]
        return found

    return await _with_connection(url, look, {})


async def _apply(
    url: str, source: MigrationSource, revision: str, progress: Progress | None, *, down: bool = False
) -> list[Applied]:
    applied: list[Applied] = []
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            await _with_owner(
                url, lambda bind: _run_alembic(bind, source, revision, progress, applied, down=down)
            )
            break
        except Exception as error:
            if sqlstate(error) != _LOCK_NOT_AVAILABLE or attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(0.2 * attempt)
    return applied


def _run_alembic(
    bind: Connection,
    source: MigrationSource,
    revision: str,
    progress: Progress | None,
    applied: list[Applied],
    *,
    down: bool,
) -> None:
    script = source.script()

    def steps(current: Any, _context: MigrationContext) -> Any:
        # The runner works without env.py files, so it plans the steps as alembic.command does.
        plan = script._downgrade_revs if down else script._upgrade_revs  # noqa: SLF001
        for step in plan(revision, current):
            if progress is not None:
                progress(source.name, step.revision.revision)
            yield step

    def ran(*, step: MigrationInfo, **_: Any) -> None:
        applied.append(Applied(source.name, str(step.up_revision_id)))

    options: dict[str, Any] = {PREFIX_OPTION: f"{source.name}_", "on_version_apply": ran}
    environment = EnvironmentContext(Config(), script, fn=steps, destination_rev=revision)
    environment.configure(
        connection=bind,
        version_table=source.version_table,
        transaction_per_migration=True,
        **options,
    )
    context = environment.get_context()
    with environment.begin_transaction(), Operations.context(context):
        context.run_migrations()


async def _with_owner(url: str, work: Callable[[Connection], T]) -> T:
    return await _with_connection(url, work, {"role": OWNER_ROLE, "lock_timeout": _LOCK_TIMEOUT})


async def _with_connection(url: str, work: Callable[[Connection], T], server_settings: dict[str, str]) -> T:
    engine = create_async_engine(
        engine_url(url),
        poolclass=NullPool,
        connect_args={"server_settings": {"timezone": "UTC", **server_settings}},
    )
    try:
        async with engine.connect() as connection:
            result = await connection.run_sync(work)
            await connection.commit()
            return result
    finally:
        await engine.dispose()
