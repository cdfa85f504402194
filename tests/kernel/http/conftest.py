# SPDX-License-Identifier: Apache-2.0
import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from tests.kernel.http import dummies
from yarl import URL

from shopwright.app import create_app
from shopwright.clock import FakeClock
from shopwright.http.serve import connections
from shopwright.kernel import Kernel
from shopwright.testing.client import ShopClient
from shopwright.testing.kernels import ALPHA, BETA


@pytest.fixture(autouse=True)
def fresh_dummies() -> None:
    dummies.ran.clear()
    dummies.gate = asyncio.Event()
    dummies.entered = asyncio.Event()


@pytest.fixture
async def kernel(make_kernel, fake_clock: FakeClock) -> Kernel:
    """Two stores with the same plugin on, and a clock that tests move."""
    return await make_kernel([dummies.AlphaPages], [ALPHA, BETA], clock=fake_clock)


@pytest.fixture
async def client(make_client, kernel: Kernel) -> ShopClient:
    """One visitor of the first store."""
    return await make_client(kernel, "alpha")


async def raw_get(client: ShopClient, path: str) -> int:
    """Ask for a path that the client would otherwise tidy up; gives the status."""
    address = str(client.http.make_url("/")).rstrip("/") + path
    headers = {"Host": client.store.hosts[0]}
    response = await client.http.session.get(
        URL(address, encoded=True), headers=headers, allow_redirects=False
    )
    return response.status


class Wire:
    """Speaks to a server byte by byte."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def say(self, *parts: bytes) -> bytes:
        """Send bytes, and give all that comes back until the server closes."""
        reader, writer = await self.open()
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        return answer


@pytest.fixture
def wire():
    """``async with wire(kernel) as speak``: the real connection handling on a real socket."""

    @asynccontextmanager
    async def listen(kernel: Kernel) -> AsyncIterator[Wire]:
        runner = web.AppRunner(create_app(kernel.config, kernel=kernel), access_log=None, shutdown_timeout=1)
        await runner.setup()
        sock = socket.create_server(("127.0.0.1", 0))
        server = await asyncio.get_running_loop().create_server(connections(runner, kernel.config), sock=sock)
        yield Wire(sock.getsockname()[1])
        server.close()
        await runner.cleanup()

    return listen
