# SPDX-License-Identifier: Apache-2.0
"""``shopwright migrate``."""

import asyncio

import typer

from shopwright.cli.common import DataDir, Json, database, print_json, say
from shopwright.config import Config, load_config
from shopwright.db.migrate import Applied, Progress
from shopwright.db.migrate import migrate as run_migrations
from shopwright.migrations import sources
from shopwright.registry import Registry


def add_to(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Bring the database up to date: the kernel, then each plugin in order."""
    with database(load_config(data_dir=data_dir)) as config:
        applied = asyncio.run(run_all(config, progress=None if as_json else _tell))
    if as_json:
        print_json({"applied": [f"{revision.source} {revision.revision}" for revision in applied]})
    elif not applied:
        say("The database is up to date.")


async def run_all(config: Config, *, progress: Progress | None = None) -> list[Applied]:
    """Run the migrations of the kernel and of every installed plugin."""
    assert config.database_url is not None
    registry = Registry.load(config.plugins, safe_mode=config.safe_mode)
    return await run_migrations(config.database_url, sources(registry), progress=progress)


def _tell(source: str, revision: str) -> None:
    say(f"{source} {revision}")
