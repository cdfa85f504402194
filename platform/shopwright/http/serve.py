# SPDX-License-Identifier: Apache-2.0
"""Serving in one process or several: each accepts on its own, and stops when its requests are answered."""

import asyncio
import errno
import functools
import logging
import multiprocessing
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection

import uvloop
from aiohttp import web

from shopwright.app import create_app
from shopwright.config import Config
from shopwright.errors import UsageError
from shopwright.http.connection import TimedHandler
from shopwright.http.supervisor import Supervisor
from shopwright.kernel import Kernel

log = logging.getLogger(__name__)
Background = Callable[[Kernel, asyncio.Event], Awaitable[None]]
_STOP = (signal.SIGTERM, signal.SIGINT)
_BACKLOG = 1024
_PAUSE = 1.0


def serve(
    config: Config, *, background: Sequence[Background] = (), on_ready: Callable[[], None] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; several workers are supervised, and one that dies is started again.

    Args:
        config: ``port`` 0 takes any free port.
        background: work that runs beside, in the first process only; it is started again when it fails.
        on_ready: called once every process accepts requests.

    Raises:
        UsageError: the port is taken, or no worker can start; says why.
    """
    sock = bind(config)
    try:
        config = config.model_copy(update={"port": sock.getsockname()[1]})
        if config.workers == 1:
            uvloop.run(serve_here(config, sock, background=background, on_ready=on_ready))
        else:
            # The parent's socket never listens: it keeps the port while workers come and go.
            work = functools.partial(_work, config, background)
            Supervisor(config.workers, work, stop_within=config.drain_seconds + 5).run(on_ready)
    finally:
        sock.close()


def bind(config: Config) -> socket.socket:
    """Take the port.

    Raises:
        UsageError: somebody else has it; says how to go on.
    """
    # Sockets that share a port with SO_REUSEPORT do not notice each other, one without it does.
    _bound(config, reuse_port=False).close()
    return _bound(config, reuse_port=True)


def _bound(config: Config, *, reuse_port: bool) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port and hasattr(socket, "SO_REUSEPORT"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((config.host, config.port))
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"Port {config.port} is in use. Stop what runs there, or choose another port: --port, or PORT= with make."
            ) from None
        raise UsageError(f"Cannot listen on {config.host}:{config.port}: {error.strerror}.") from None
    return sock


async def serve_here(
    config: Config,
    sock: socket.socket,
    *,
    background: Sequence[Background] = (),
    on_ready: Callable[[], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve in this process until a signal or ``stop``; running requests may finish first."""
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOP:
        loop.add_signal_handler(number, stop.set)
    async with await Kernel.open(config) as kernel:
        runner = web.AppRunner(
            create_app(config, kernel=kernel),
            access_log=None,
            keepalive_timeout=config.keepalive_timeout,
            shutdown_timeout=config.drain_seconds,
        )
        await runner.setup()
        server = await loop.create_server(
            connections(runner, config), sock=sock, backlog=_BACKLOG, start_serving=True
        )
        tasks = [asyncio.create_task(_kept(work, kernel, stop)) for work in background]
        if on_ready is not None:
            on_ready()
        await stop.wait()
        kernel.draining = True
        server.close()
        await runner.cleanup()
        await _ended(tasks, config.drain_seconds)


def connections(runner: web.AppRunner, config: Config) -> Callable[[], TimedHandler]:
    """Give what makes the protocol of a new connection, with all our time-outs."""
    assert runner.server is not None
    return functools.partial(
        TimedHandler,
        runner.server,
        header_seconds=config.header_timeout,
        loop=asyncio.get_running_loop(),
        keepalive_timeout=config.keepalive_timeout,
        access_log=None,
    )


async def _kept(work: Background, kernel: Kernel, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await work(kernel, stop)
        except Exception:
            log.exception("background work failed; it starts again")
        if not stop.is_set():
            await asyncio.sleep(_PAUSE)


async def _ended(tasks: Sequence[asyncio.Task[None]], seconds: float) -> None:
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


def _work(config: Config, background: Sequence[Background], index: int, pipe: Connection) -> None:
    """Be one worker: tell the parent when it accepts requests, and stop when the parent is gone."""

    async def run() -> None:
        stop = asyncio.Event()
        parent = multiprocessing.parent_process()
        if parent is not None:
            asyncio.get_running_loop().add_reader(parent.sentinel, stop.set)
        ready = functools.partial(pipe.send, "")
        sock, mine = _bound(config, reuse_port=True), background if index == 0 else ()
        await serve_here(config, sock, background=mine, on_ready=ready, stop=stop)

    try:
        uvloop.run(run())
    except UsageError as error:
        pipe.send(str(error))
