# SPDX-License-Identifier: Apache-2.0
"""``shopwright serve``, ``worker``, ``migrate`` and ``demo``."""

import asyncio
import json
import logging
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.logging import RichHandler
from rich.table import Table

from shopwright.cli.common import DataDir, Json, database, err, open_kernel, out, print_json
from shopwright.cli.demo import CREDENTIALS, load_stores
from shopwright.config import Config, load_config
from shopwright.db.migrate import migrate as run_migrations
from shopwright.http.serve import bind
from shopwright.http.serve import serve as run_server
from shopwright.kernel import Kernel
from shopwright.migrations import sources
from shopwright.registry import Registry

Port = Annotated[int | None, typer.Option(help="Port to listen on.")]
Workers = Annotated[int | None, typer.Option(help="Number of processes.")]


def add_to(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(worker)
    app.command()(migrate)
    app.command()(demo)


def serve(port: Port = None, workers: Workers = None, data_dir: DataDir = None) -> None:
    """Serve all stores until SIGTERM or Ctrl-C."""
    config = load_config(port=port, workers=workers, data_dir=data_dir)
    _log(config)
    with database(config) as ready:
        run_server(ready, on_ready=lambda: err.print(f"Serving on http://{ready.host}:{ready.port}/"))


def worker(data_dir: DataDir = None) -> None:
    """Run background jobs until SIGTERM or Ctrl-C."""
    config = load_config(data_dir=data_dir)
    _log(config)

    async def run(ready: Config) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with open_kernel(ready) as kernel:
            err.print("The worker runs.")
            await kernel.jobs.run_worker(stop)

    with database(config) as ready:
        asyncio.run(run(ready))


def migrate(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Bring the database up to date: the kernel, then each plugin in order."""
    with database(load_config(data_dir=data_dir)) as config:
        applied = _migrate(config, quiet=as_json)
    if as_json:
        print_json({"applied": applied})
    else:
        out.print(f"{len(applied)} migrations applied." if applied else "Nothing to do.")


def demo(
    port: Port = None,
    data_dir: DataDir = None,
    workers: Workers = None,
    catalogues: Annotated[Path, typer.Option(help="Folder of the demo stores.")] = Path(
        "examples/catalogues"
    ),
    themes: Annotated[Path, typer.Option(help="Folder of their themes.")] = Path("themes"),
) -> None:
    """Start two stores to look around in: database, catalogue, storefront, admin, API and worker."""
    config = load_config(port=port, data_dir=data_dir, workers=workers)
    config = config.model_copy(
        update={
            "theme_dirs": (*config.theme_dirs, themes.resolve()),
            "public_port": config.public_port or config.port,
        }
    )
    _log(config)
    bind(config).close()
    with out.status("Starting the database") as status, database(config) as ready:
        status.update("Migrating")
        _migrate(ready, quiet=True)
        asyncio.run(_load(ready, catalogues, status.update))
        status.stop()
        run_server(ready, background=[_worker], on_ready=lambda: _welcome(ready))


async def _worker(kernel: Kernel, stop: asyncio.Event) -> None:
    await kernel.jobs.run_worker(stop)


async def _load(config: Config, catalogues: Path, say: object) -> None:
    async with open_kernel(config) as kernel:
        await load_stores(kernel, catalogues, lambda line: out.print(f"  {line}"))
    del say


def _migrate(config: Config, *, quiet: bool) -> list[str]:
    assert config.database_url is not None
    registry = Registry.load(config.plugins, safe_mode=config.safe_mode)

    def tell(source: str, revision: str) -> None:
        if not quiet:
            out.print(f"  {source} {revision}")

    found = asyncio.run(run_migrations(config.database_url, sources(registry), progress=tell))
    return [f"{applied.source} {applied.revision}" for applied in found]


def _welcome(config: Config) -> None:
    logins = json.loads((config.data_dir / CREDENTIALS).read_text())
    table = Table(title="Shopwright is ready", title_justify="left")
    for column in ("Store", "Storefront", "Admin", "Role", "E-mail", "Password"):
        table.add_column(column)
    for login in logins:
        host = f"http://{login['store']}.localhost:{config.port}/"
        table.add_row(login["store"], host, f"{host}admin/", login["role"], login["email"], login["password"])
    out.print(table)
    out.print("API documents: /api/docs on each host. Stop with Ctrl-C.")


def _log(config: Config) -> None:
    handler = RichHandler(console=err, show_path=False)
    logging.basicConfig(level=config.log_level.upper(), format="%(message)s", handlers=[handler])
    logging.getLogger("shopwright.access").setLevel(
        logging.WARNING if config.log_level != "debug" else logging.INFO
    )
