# SPDX-License-Identifier: Apache-2.0
"""Serving: one process or several on one port, stopped gracefully."""

import asyncio
import errno
import functools
import logging
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import uvloop
from aiohttp import web

from shopwright.app import create_app
from shopwright.config import Config
from shopwright.errors import UsageError
from shopwright.http.limits import TimedHandler
from shopwright.kernel import Kernel

log = logging.getLogger(__name__)
Background = Callable[[Kernel, asyncio.Event], Awaitable[None]]
_STOP = (signal.SIGTERM, signal.SIGINT)
_BACKOFF = 1.0


def serve(
    config: Config, *, background: Sequence[Background] = (), on_ready: Callable[[], None] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; several workers are supervised, and one that dies is started again.

    Raises:
        UsageError: the port is taken.
    """
    sock = bind(config)
    try:
        if config.workers == 1:
            uvloop.run(serve_here(config, sock, background=background, on_ready=on_ready))
        else:
            _supervise(config, sock, background, on_ready)
    finally:
        sock.close()


def bind(config: Config) -> socket.socket:
    """Take the port.

    Raises:
        UsageError: somebody else has it; says how to go on.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((config.host, config.port))
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"Port {config.port} is in use. Stop what runs there, or choose another port."
            ) from None
        raise UsageError(f"Cannot listen on {config.host}:{config.port}: {error.strerror}.") from None
    sock.set_inheritable(True)
    return sock


async def serve_here(
    config: Config,
    sock: socket.socket,
    *,
    background: Sequence[Background] = (),
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Serve in this process until a signal; running requests may finish before the kernel closes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOP:
        loop.add_signal_handler(number, stop.set)
    async with await Kernel.open(config) as kernel:
        runner = web.AppRunner(
            create_app(config, kernel=kernel), handle_signals=False, access_log=None,
            keepalive_timeout=config.keepalive_timeout, shutdown_timeout=config.drain_seconds,
        )  # fmt: skip
        await runner.setup()
        assert runner.server is not None
        factory = functools.partial(
            TimedHandler, runner.server, header_seconds=config.header_timeout, loop=loop,
            keepalive_timeout=config.keepalive_timeout, access_log=None,
        )  # fmt: skip
        server = await loop.create_server(factory, sock=sock, backlog=1024)
        tasks = [asyncio.create_task(_kept(work, kernel, stop)) for work in background]
        if on_ready is not None:
            on_ready()
        await stop.wait()
        kernel.draining = True
        server.close()
        await runner.cleanup()
        for task in tasks:
            await _ended(task, config.drain_seconds)


async def _kept(work: Background, kernel: Kernel, stop: asyncio.Event) -> None:
    """Run background work; when it fails it is started again, until the end."""
    while not stop.is_set():
        try:
            await work(kernel, stop)
        except Exception:
            log.exception("background work failed; it starts again")
            await asyncio.sleep(_BACKOFF)


async def _ended(task: asyncio.Task[None], seconds: float) -> None:
    _, late = await asyncio.wait([task], timeout=seconds)
    for pending in late:
        pending.cancel()
        await asyncio.gather(pending, return_exceptions=True)


def _supervise(
    config: Config, sock: socket.socket, background: Sequence[Background], on_ready: Callable[[], None] | None
) -> None:
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    for number in _STOP:
        signal.signal(number, stop)
    # Background work runs in the first process only: its jobs are shared through the database anyway.
    works = [background, *[()] * (config.workers - 1)]
    children: list[tuple[BaseProcess, float]] = []

    def start(index: int) -> tuple[BaseProcess, float]:
        child = context.Process(target=_child, args=(config, sock, works[index]), daemon=False)
        child.start()
        return child, time.monotonic()

    children = [start(index) for index in range(config.workers)]
    if on_ready is not None:
        on_ready()
    while not stopping:
        wait([child.sentinel for child, _ in children if child.is_alive()], timeout=0.2)
        for index, (child, started) in enumerate(children):
            if not stopping and not child.is_alive() and time.monotonic() - started > _BACKOFF:
                log.error("worker %d ended with %s; a new one starts", child.pid, child.exitcode)
                children[index] = start(index)
    for child, _ in children:
        child.terminate()
    for child, _ in children:
        child.join(config.drain_seconds + 5)
        if child.is_alive():
            child.kill()


def _child(config: Config, sock: socket.socket, background: Sequence[Background]) -> None:
    for number in _STOP:
        signal.signal(number, signal.SIG_DFL)
    uvloop.run(serve_here(config, sock, background=background))
