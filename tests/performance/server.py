# SPDX-License-Identifier: Apache-2.0
"""The server under load, run as ``python server.py JSON``; prints ``ready`` once it accepts requests.

The JSON is the configuration of a shop, or ``{"hello": PORT}`` for aiohttp with one handler and nothing else.
"""

import asyncio
import json
import signal
import sys

import uvloop
from aiohttp import web

from shopwright.config import Config
from shopwright.http.serve import serve


async def hello(port: int) -> None:
    """Serve the least that can be served, until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    app = web.Application()
    app.router.add_get("/", _answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    ready()
    await stop.wait()
    await runner.cleanup()


async def _answer(_: web.Request) -> web.Response:
    return web.Response(text="Hello, world")


def ready() -> None:
    print("ready", flush=True)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    if "hello" in given:
        uvloop.run(hello(given["hello"]))
    else:
        serve(Config.model_validate(given), on_ready=ready)
