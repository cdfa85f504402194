# SPDX-License-Identifier: Apache-2.0
"""``shopwright serve`` and ``worker``."""

import asyncio
import signal
from typing import Annotated

import typer

from shopwright.cli.common import DataDir, database, err, open_kernel
from shopwright.cli.logs import log_as_server
from shopwright.config import Config, load_config
from shopwright.http.serve import serve as run_server

Port = Annotated[int | None, typer.Option(help="Port to listen on.")]
Workers = Annotated[int | None, typer.Option(help="Number of processes.")]


def add_to(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(worker)


def serve(port: Port = None, workers: Workers = None, data_dir: DataDir = None) -> None:
    """Serve all stores until SIGTERM or Ctrl-C."""
    config = load_config(port=port, workers=workers, data_dir=data_dir)
    log_as_server(config)
    with database(config) as ready:
        run_server(ready, on_ready=lambda: err.print(f"Serving on http://{ready.host}:{ready.port}/"))


def worker(data_dir: DataDir = None) -> None:
    """Run background jobs until SIGTERM or Ctrl-C."""
    config = load_config(data_dir=data_dir)
    log_as_server(config)

    async def run(ready: Config) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with open_kernel(ready) as kernel:
            err.print("The worker runs.")
            await kernel.jobs.run_worker(stop)

    with database(config) as ready:
        asyncio.run(run(ready))
