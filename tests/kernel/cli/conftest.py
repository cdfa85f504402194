# SPDX-License-Identifier: Apache-2.0
"""The command line in this process, on a database of its own, with the installed plugins."""

import asyncio
import io
import json
import os
import sys
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from tests.shop import EVERYTHING

from shopwright.cli import main
from shopwright.db.settings import driver_options
from shopwright.migrations import sources
from shopwright.registry import Registry
from shopwright.testing.kernels import ALPHA, BETA, TEST_KEY


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document that is all of the output."""
        return json.loads(self.out)


@pytest.fixture
async def database_of_all(make_database) -> str:
    """The address of a database with the tables of every plugin, and no store."""
    return await make_database(sources(Registry.load(EVERYTHING)))


@pytest.fixture
def surroundings(tmp_path, monkeypatch):
    """A working folder and an environment that hold nothing of this machine."""
    for name in ("SHOPWRIGHT_CONFIG", "REDIS_URL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOPWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SHOPWRIGHT_PLUGINS", ",".join(EVERYTHING))
    monkeypatch.setenv("SHOPWRIGHT_SECRET_KEYS", TEST_KEY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(surroundings, monkeypatch, capsys):
    """Run a command as the shell would: ``run("store", "list")``."""

    def run(*arguments: str, typed: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        monkeypatch.setattr(sys, "argv", ["shopwright", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Done(int(ended.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def cli(run, database_of_all, monkeypatch):
    """Like ``run``, in an installation with a database."""
    monkeypatch.setenv("DATABASE_URL", database_of_all)
    return run


@pytest.fixture
async def database_of_two_stores(make_kernel) -> str:
    """The address of a database with the stores alpha and beta, which have an owner and every plugin on."""
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA, BETA])
    await kernel.close()
    return kernel.db.settings.url


@pytest.fixture
def shop(run, database_of_two_stores, monkeypatch):
    """Like ``cli``, with the stores alpha and beta."""
    monkeypatch.setenv("DATABASE_URL", database_of_two_stores)
    return run


@pytest.fixture
def install(tmp_path, surroundings, monkeypatch):
    """Install a plugin for this test: called with its name and the source of its ``plugin.py``."""

    def install(name: str, source: str) -> None:
        site = tmp_path / "site"
        package = site / f"shopwright_{name}"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(source)
        info = site / f"shopwright_{name}-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: shopwright-{name}\nVersion: 0.1.0\n")
        point = f"{name} = shopwright_{name}.plugin:Plugin"
        (info / "entry_points.txt").write_text(f"[shopwright.plugins]\n{point}\n")
        monkeypatch.syspath_prepend(str(site))
        allowed = os.environ["SHOPWRIGHT_PLUGINS"]
        monkeypatch.setenv("SHOPWRIGHT_PLUGINS", f"{allowed},{name}")
        installed.append(f"shopwright_{name}")

    installed: list[str] = []
    yield install
    for module in [m for m in sys.modules if m.partition(".")[0] in installed]:
        del sys.modules[module]


@pytest.fixture
def tamper(database_of_two_stores):
    """Change the database behind everybody's back: called with a statement."""

    async def work(statement: str) -> None:
        connection = await asyncpg.connect(**driver_options(database_of_two_stores))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    return lambda statement: asyncio.run(work(statement))
