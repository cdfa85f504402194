# SPDX-License-Identifier: Apache-2.0
"""A server that kills itself, as a power cut would, before its n-th statement of placing an order.

Run as ``python mortal_server.py DATABASE_URL DATA_DIR``. For each line ``N`` it reads, a child that has everything
imported already serves: it prints its port when it is ready and, at its end, how many statements placing an order took.
With N = 0 the child lives. Any next line ends the child, and ``over`` is printed.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from shopwright.app import create_app
from shopwright.config import Config
from shopwright.db import database, hot_reads
from shopwright.kernel import Kernel
from shopwright.registry import Registry

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.shop import EVERYTHING

from shopwright.testing.kernels import TEST_KEY


class Fate:
    """Counts statements once an order is being placed."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0
        self.armed = False

    def statement(self, sql: str) -> None:
        if not self.armed:
            return
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


async def serve(url: str, folder: str, at: int) -> None:
    fate = Fate(at)
    for module in (database, hot_reads):
        recorded = module.record

        def record(sql: str, recorded=recorded) -> None:
            fate.statement(sql)
            recorded(sql)

        module.record = record
    config = Config(data_dir=Path(folder), database_url=url, secret_keys=(TEST_KEY,), plugins=EVERYTHING)
    async with await Kernel.open(config) as kernel:
        app = create_app(config, kernel=kernel)
        arm_on_orders(app, fate)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        print(site._server.sockets[0].getsockname()[1], flush=True)
        await stop.wait()
        print(fate.seen, flush=True)
        await runner.cleanup()


def arm_on_orders(app: web.Application, fate: Fate) -> None:
    @web.middleware
    async def arm(request: web.Request, handler):
        fate.armed = fate.armed or request.path.endswith("/order")
        return await handler(request)

    app.middlewares.insert(0, arm)


def main(url: str, folder: str) -> None:
    Registry.load(list(EVERYTHING))
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            asyncio.run(serve(url, folder, int(line)))
            os._exit(0)
        sys.stdin.readline()
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        print("over", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
