# SPDX-License-Identifier: Apache-2.0
"""Tests that every plugin must pass; a plugin's own tests say ``class TestMine(PluginConformance): plugin = "mine"``."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import pytest

from shopwright.activation import switch_plugin
from shopwright.actor import SYSTEM
from shopwright.checkup import CHECKS, check_plugin
from shopwright.context import Context
from shopwright.db.catalogue import unguarded
from shopwright.db.embedded import EmbeddedServer
from shopwright.db.migrate import MigrationSource, downgrade, migrate
from shopwright.doctor_run import all_checks, examine
from shopwright.hooks import policy_of
from shopwright.hookspecs import register_routes
from shopwright.kernel import Kernel
from shopwright.migrations import sources
from shopwright.plugin import Plugin
from shopwright.registry import Registry
from shopwright.testing.client import ShopServer
from shopwright.testing.database import TestDatabases
from shopwright.testing.kernels import ALPHA, BETA, open_kernel, with_required
from shopwright.testing.schema import Schema, connect, difference, global_tables, read_schema

T = TypeVar("T")
_TEXTS = ("text", "citext", "character", "json")
"""What columns are like that may hold something of a person."""
_PARAMETER = "01890000-0000-7000-8000-000000000000"


class Stage:
    """One plugin with all it requires; the kernel and its database are made when a test asks for them."""

    def __init__(
        self, plugin: str | type[Plugin], *, server: Callable[[], EmbeddedServer], folder: Path
    ) -> None:
        self.plugin = plugin
        self.name = plugin if isinstance(plugin, str) else plugin.manifest.name
        self._server = server
        self._folder = folder
        self._databases: TestDatabases | None = None
        # Not the loop of pytest-asyncio, which belongs to one test.
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "kernel" in self.__dict__:
            self.run(self.kernel.close())
        if self._databases is not None:
            self.run(self._databases.drop_all())
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    @cached_property
    def registry(self) -> Registry:
        extra = {} if isinstance(self.plugin, str) else {self.name: self.plugin}
        names = [self.plugin] if isinstance(self.plugin, str) else []
        return Registry.load(with_required(names, extra) or names, extra=extra)

    @cached_property
    def kernel(self) -> Kernel:
        """A kernel with two stores in which everything is on."""
        url = self._migrated[0] if self.migrations else None
        return self.run(
            open_kernel(self.databases.make, self._folder, [self.plugin], [ALPHA, BETA], [], url=url)
        )

    @property
    def databases(self) -> TestDatabases:
        if self._databases is None:
            self._databases = TestDatabases(self._server())
        return self._databases

    @cached_property
    def migrations(self) -> MigrationSource | None:
        return next((source for source in sources(self.registry) if source.name == self.name), None)

    @property
    def schemas(self) -> list[Schema]:
        """The database without the plugin, with it, after its migrations were taken back, and with it again."""
        return self._migrated[1]

    @cached_property
    def _migrated(self) -> tuple[str | None, list[Schema]]:
        return self.run(self._up_down_up())

    async def _up_down_up(self) -> tuple[str | None, list[Schema]]:
        own = self.migrations
        assert own is not None
        url = await self.databases.make([source for source in sources(self.registry) if source != own])
        connection = await connect(url)
        try:
            found = [await read_schema(connection)]
            await migrate(url, [own])
            found.append(await read_schema(connection))
            await downgrade(url, own)
            found.append(await read_schema(connection))
            # What was left behind would be in the way.
            is_clean = found[2] == found[0]
            if is_clean:
                await migrate(url, [own])
            found.append(await read_schema(connection))
        finally:
            await connection.close()
        return url if is_clean else None, found

    def context(self, store: str) -> Context:
        """Give the context of a store as it is switched now."""
        found = self.kernel.directory.by_code(store)
        assert found is not None
        return self.kernel.context(found, actor=SYSTEM)


class PluginConformance:
    """What holds for every plugin. The tests are sync: they need no event loop of yours.

    ``plugin`` is the name of an installed plugin, or a plugin class. ``locales`` are the languages it must be
    complete in; those it has a folder for when left out. Databases come from ``shopwright.testing.database``:
    list it in ``pytest_plugins`` of your ``conftest.py``.
    """

    plugin: ClassVar[str | type[Plugin]]
    locales: ClassVar[Sequence[str] | None] = None

    def test_it_loads_and_registers_cleanly(self, conformance_stage: Stage) -> None:
        assert faults(conformance_stage, "loads", self.locales) == []
        assert conformance_stage.name in conformance_stage.registry.plugins

    @pytest.mark.parametrize("check", CHECKS)
    def test_it_is_declared_as_it_should_be(self, conformance_stage: Stage, check: str) -> None:
        assert faults(conformance_stage, check, self.locales) == []

    def test_its_migrations_go_up_down_and_up_again(self, conformance_stage: Stage) -> None:
        _need_tables(conformance_stage)
        before, first, after, second = conformance_stage.schemas

        assert difference(before, first) != []
        assert difference(before, after) == []
        assert difference(first, second) == []

    def test_what_its_migrations_make_bears_its_name(self, conformance_stage: Stage) -> None:
        _need_tables(conformance_stage)
        before, first, *_ = conformance_stage.schemas
        made = [f"{kind} {name}" for kind, name in first.keys() - before.keys()]
        prefix = f"{conformance_stage.name}_"

        assert sorted(name for name in made if not name.partition(" ")[2].startswith(prefix)) == []

    def test_its_tables_force_row_level_security(self, conformance_stage: Stage) -> None:
        _need_tables(conformance_stage)
        prefix = f"{conformance_stage.name}_"

        problems = conformance_stage.run(_unguarded(conformance_stage.kernel))
        assert [problem for problem in problems if problem.startswith(prefix)] == []

    def test_the_columns_it_declares_as_personal_exist(self, conformance_stage: Stage) -> None:
        manifest = conformance_stage.registry.plugins[conformance_stage.name].manifest
        declared = {f"{column.table}.{column.column}" for column in manifest.pii}
        known = (
            {name for kind, name in conformance_stage.schemas[1] if kind == "column"} if declared else set()
        )

        assert declared - known == set()

    def test_every_text_column_says_what_it_holds_of_a_person(self, conformance_stage: Stage) -> None:
        _need_tables(conformance_stage)
        before, first, *_ = conformance_stage.schemas
        made = {
            name: first["column", name] for kind, name in first.keys() - before.keys() if kind == "column"
        }
        texts = {
            name
            for name, definition in made.items()
            if definition.startswith(_TEXTS) and not name.startswith(f"{conformance_stage.name}_migration.")
        }
        manifest = conformance_stage.registry.plugins[conformance_stage.name].manifest
        declared = {f"{column.table}.{column.column}" for column in manifest.pii}

        assert sorted(name for name in texts - declared if not _is_index(name, first)) == []

    def test_its_doctor_checks_find_nothing_in_an_empty_store(self, conformance_stage: Stage) -> None:
        kernel = conformance_stage.kernel
        prefix = f"{conformance_stage.name}."
        mine = {check.code for check in all_checks(kernel) if check.code.startswith(prefix)}
        report = conformance_stage.run(examine(kernel))
        told = [finding for finding in report.findings if finding.code in mine]

        assert [(f.code, f.error or f.offenders) for f in told if f.error or f.offenders] == []

    def test_switched_off_in_a_store_it_leaves_nothing_there(self, conformance_stage: Stage) -> None:
        stage = conformance_stage
        before = left_in(stage.context("alpha"), stage.name)
        stage.run(switch_plugin(stage.context("alpha"), stage.name, enabled=False))
        try:
            off = left_in(stage.context("alpha"), stage.name)
            elsewhere = left_in(stage.context("beta"), stage.name)
            answered = stage.run(_answers(stage))
        finally:
            stage.run(switch_plugin(stage.context("alpha"), stage.name, enabled=True))

        assert off == []
        assert elsewhere == before
        assert answered == []
        assert left_in(stage.context("alpha"), stage.name) == before


def faults(stage: Stage, check: str, locales: Sequence[str] | None) -> list[str]:
    """Give what one check finds, a sentence with the way out each."""
    found = check_plugin(stage.registry, stage.name, [check], locales=locales)
    return [f"{fault.message}. {fault.hint}" for fault in found if fault.check == check]


def left_in(ctx: Context, plugin: str) -> list[str]:
    """Name what a store has of a plugin: hooks it answers, and what it registered."""
    registry, plans = ctx.kernel.registry, ctx.plans
    found = []
    for spec in registry.specs():
        if policy_of(spec.function).mode == "register":
            mine = {code for code, e in registry.registered(spec.function).items() if e.plugin == plugin}
            found += [f"{spec.name} {code}" for code in sorted(mine & plans.registered(spec.function).keys())]
        else:
            found += [spec.name for step in plans.plan(spec.function).steps if step.plugin == plugin]
    return [*found, "active"] if ctx.is_active(plugin) else found


async def _answers(stage: Stage) -> list[str]:
    """Ask a store for each route and static file of a plugin that is off there; name what is not 404."""
    kernel, wrong = stage.kernel, []
    plugin = kernel.registry.plugins[stage.name]
    async with ShopServer(kernel) as server:
        client = await server.client(stage.context("alpha").store)
        asked = [
            (entry.item.method, kernel.routes.path_of(code, _values(entry.item.path)))
            for code, entry in kernel.registry.registered(register_routes).items()
            if entry.plugin == stage.name
        ]
        asked += [("GET", f"/static/{path}") for path in _static_files(plugin)]
        for method, path in asked:
            answer = await client.request(method, path)
            if answer.status not in {404, 405}:
                wrong.append(f"{method} {path}: {answer.status}")
    return wrong


def _values(path: str) -> dict[str, str]:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    return dict.fromkeys(names, _PARAMETER)


def _static_files(plugin: Plugin) -> list[str]:
    import importlib

    package = importlib.import_module(plugin.package)
    folder = Path(package.__file__ or "").parent / "static"
    if not package.__file__ or not folder.is_dir():
        return []
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()][:20]


def _is_index(column: str, schema: Schema) -> bool:
    return schema["relation", column.partition(".")[0]][:1] in {"i", "v", "m"}


async def _unguarded(kernel: Kernel) -> list[str]:
    connection = await connect(kernel.db.settings.url)
    try:
        return await unguarded(connection, await global_tables(connection))
    finally:
        await connection.close()


def _need_tables(stage: Stage) -> None:
    if stage.migrations is None:
        pytest.skip("it has no tables")
