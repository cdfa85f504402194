# SPDX-License-Identifier: Apache-2.0
"""``shopwright demo``: makes everything ready, tells where it is, and serves it."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from shopwright.cli.common import DataDir, database, open_kernel, say
from shopwright.cli.demo import CREDENTIALS, load_stores
from shopwright.cli.logs import log_as_server
from shopwright.cli.migrate import run_all
from shopwright.cli.serve import Port, Workers
from shopwright.config import Config, load_config
from shopwright.http.serve import bind
from shopwright.http.serve import serve as run_server
from shopwright.kernel import Kernel
from shopwright.stores import Store


def add_to(app: typer.Typer) -> None:
    app.command()(demo)


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
    config = _config(load_config(port=port, data_dir=data_dir, workers=workers), themes)
    log_as_server(config, quiet=True)
    if config.database_url is None:
        say(f"Database: PostgreSQL in {config.data_dir / 'postgres'}")
    with database(config) as ready:
        applied = asyncio.run(run_all(ready))
        say(f"Migrations: {len(applied)} applied" if applied else "Migrations: up to date")
        stores = asyncio.run(_load(ready, catalogues))
        run_server(ready, background=[_worker], on_ready=lambda: _welcome(ready, stores))


def _config(config: Config, themes: Path) -> Config:
    """Take the port, so that a busy one is told before anything is made, and add the demo's themes."""
    with bind(config) as sock:
        port = sock.getsockname()[1]
    changes = {
        "theme_dirs": (*config.theme_dirs, themes.resolve()),
        "port": port,
        "public_port": config.public_port or port,
    }
    # The copy must not make a default look like a choice.
    return config.model_copy(update=changes)


async def _worker(kernel: Kernel, stop: asyncio.Event) -> None:
    await kernel.jobs.run_worker(stop)


async def _load(config: Config, catalogues: Path) -> list[Store]:
    async with open_kernel(config) as kernel:
        await load_stores(kernel, catalogues, say)
        return [store for store in kernel.directory.all() if store.hosts]


def _welcome(config: Config, stores: list[Store]) -> None:
    path = config.data_dir / CREDENTIALS
    logins: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    say("\nShopwright is ready.", style="bold")
    for store in stores:
        host = store.hosts[0]
        say(f"\n{store.name}", style="bold")
        say(f"  Storefront  {config.url_of(host)}")
        say(f"  Admin       {config.url_of(host, '/admin/')}")
        say(f"  API docs    {config.url_of(host, '/api/docs')}")
        mine = [login for login in logins if login["store"] == store.code]
        widths = [max((len(login[name]) for login in mine), default=0) for name in ("role", "email")]
        for login in mine:
            say(f"  {login['role']:{widths[0]}}  {login['email']:{widths[1]}}  {login['password']}")
    say(f"\nThese logins (role, e-mail, password) are kept in {path.resolve()}")
    say("Mails are not sent: they are written here, with their links.")
    say("Ctrl-C stops everything; the data stays for the next start.")
