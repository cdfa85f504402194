# SPDX-License-Identifier: Apache-2.0
"""The real server, in processes of its own."""

import asyncio
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import sys
import textwrap
from collections.abc import Iterable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from sqlalchemy import text

from shopwright.config import Config
from shopwright.errors import UsageError
from shopwright.http.serve import bind
from shopwright.testing.kernels import ALPHA, TEST_KEY

PLUGIN = """
import asyncio, os
from aiohttp import web
from shopwright.actor import PUBLIC
from shopwright.http.routing import Routes, Scope
from shopwright.plugin import Manifest, Plugin as Base, hookimpl

pages = Routes("served", Scope.STOREFRONT)

@pages.get("/wait/{tenths}", permission=PUBLIC)
async def wait(ctx, tenths: int):
    await asyncio.sleep(tenths / 10)
    return web.Response(text=f"waited in {os.getpid()}")

@pages.get("/die", permission=PUBLIC)
async def die(ctx):
    os._exit(9)

class Plugin(Base):
    manifest = Manifest(name="served", version="1", title="S", summary="S", enabled_by_default=True)

    @hookimpl
    def register_routes(self):
        return list(pages)
"""
MAIN = """
import asyncio, json, os, sys
from shopwright.config import Config
from shopwright.errors import UsageError
from shopwright.http.serve import serve

def say(line):
    os.write(1, line.encode() + b"\\n")  # one call: lines of several processes must not mix

async def beside(kernel, stop):
    say(f"beside {os.getpid()}")
    await stop.wait()
    say("beside ended")

config = Config.model_validate(json.loads(sys.argv[1]))
try:
    serve(config, background=[beside], on_ready=lambda: say(f"ready {os.getpid()}"))
except UsageError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def source(tmp_path):
    """A folder with an installed plugin, as pip would leave it."""
    folder = tmp_path / "site"
    info = folder / "served-1.dist-info"
    info.mkdir(parents=True)
    (folder / "served").mkdir()
    (folder / "served" / "__init__.py").write_text("")
    (folder / "served" / "plugin.py").write_text(textwrap.dedent(PLUGIN))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: served\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[shopwright.plugins]\nserved = served.plugin:Plugin\n")
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


@pytest.fixture
async def start(make_kernel, tmp_path, source):
    """``async with start(workers=2) as (process, port)``: a server that is ready."""
    kernel = await make_kernel([], [ALPHA])
    async with kernel.db.transaction(kernel.directory.by_code("alpha").id) as session:
        await session.execute(text(
            "INSERT INTO kernel_activation (store_id, plugin, enabled, changed_by)"
            " SELECT id, 'served', true, 'test' FROM kernel_store"
        ))  # fmt: skip
    running = []

    @asynccontextmanager
    async def run(**options):
        config = {
            "data_dir": str(tmp_path / "data"), "secret_keys": [TEST_KEY], "plugins": ["served"], "port": free_port(),
            "database_url": kernel.config.database_url, "db_pool_size": 2, "drain_seconds": 5, **options,
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", MAIN, json.dumps(config), stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(source)},
        )  # fmt: skip
        running.append(process)
        yield process, config["port"]
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(20):
            await process.wait()

    yield run
    for process in running:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()


async def said(process, word: str) -> str:
    async with asyncio.timeout(40):
        while True:
            line = (await process.stdout.readline()).decode().strip()
            assert line, (await process.stderr.read()).decode()
            if line.startswith(word):
                return line


async def get(port: int, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}", headers={"Host": "alpha.localhost"}) as response,
    ):
        return response.status, await response.text()


async def test_one_process_serves_beside_its_background_work_and_stops_clean(start):
    async with start() as (process, port):
        await said(process, "ready")
        assert await get(port, "/wait/0") == (200, f"waited in {process.pid}")
        assert (await get(port, "/readyz"))[0] == 200
        process.terminate()
        assert await said(process, "beside ended")

    assert process.returncode == 0


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
async def test_a_request_that_runs_is_finished_when_the_server_stops(start, signal_number):
    async with start(workers=2) as (process, port):
        await said(process, "ready")
        running = [asyncio.create_task(get(port, "/wait/15")) for _ in range(6)]
        await asyncio.sleep(0.5)
        process.send_signal(signal_number)
        await asyncio.sleep(0.5)
        with pytest.raises(aiohttp.ClientConnectorError):
            await get(port, "/wait/0")
        answers = await asyncio.gather(*running)

    assert {status for status, _ in answers} == {200}
    assert process.returncode == 0


async def test_a_request_that_takes_too_long_is_not_waited_for_for_ever(start):
    async with start(drain_seconds=0.5) as (process, port):
        await said(process, "ready")
        running = asyncio.create_task(get(port, "/wait/200"))
        await asyncio.sleep(0.5)
        began = asyncio.get_running_loop().time()
        process.terminate()
        await process.wait()

    assert asyncio.get_running_loop().time() - began < 10
    with pytest.raises(aiohttp.ClientError):
        await running


async def test_workers_share_the_port_and_one_that_dies_is_replaced(start):
    async with start(workers=2) as (process, port):
        await said(process, "ready")
        first = await workers(port, 2)
        assert process.pid not in first

        with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
            await get(port, "/die")
        await workers(port, 3, first)

    assert process.returncode == 0


async def test_workers_end_when_their_parent_is_killed(start):
    async with start(workers=2) as (process, port):
        await said(process, "ready")
        pids = await workers(port, 2)
        process.kill()
        for _ in range(100):
            alive = [pid for pid in pids if is_alive(pid)]
            await asyncio.sleep(0.1 if alive else 0)
        assert alive == []


@pytest.mark.parametrize("count", [1, 2])
async def test_a_server_without_its_database_ends_with_one_line(start, count):
    url = "postgresql://nobody@127.0.0.1:1/none"
    async with start(workers=count, database_url=url) as (process, _), asyncio.timeout(30):
        _, err = await process.communicate()

    assert process.returncode == 1
    assert re.fullmatch(
        r"The database cannot be used: .*\. Start it, or correct DATABASE_URL\.\n", err.decode()
    )


def test_a_port_in_use_is_named_with_a_way_out(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            UsageError, match=f"Port {port} is in use. Stop what runs there, or choose another port."
        ):
            bind(Config(port=port))
    # Another server of ours shares ports, and is noticed all the same.
    with bind(Config(port=port)) as first:
        first.listen()
        with pytest.raises(UsageError, match="is in use"):
            bind(Config(port=port))
    with pytest.raises(UsageError, match="Cannot listen on 203.0.113.1"):
        bind(Config(host="203.0.113.1", port=port))


async def workers(port: int, count: int, known: Iterable[int] = ()) -> set[int]:
    """Ask until that many processes have answered, those known already included."""
    found = set(known)
    async with asyncio.timeout(20):
        while len(found) < count:
            with contextlib.suppress(aiohttp.ClientError):
                found.add(int((await get(port, "/wait/0"))[1].split()[-1]))
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with pathlib.Path(f"/proc/{pid}/stat").open() as stat:
        return stat.read().split(")")[1].split()[0] != "Z"
