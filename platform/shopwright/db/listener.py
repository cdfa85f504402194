# SPDX-License-Identifier: Apache-2.0
"""Hears NOTIFY on a connection of its own, and comes back when that is lost."""

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from shopwright.db.errors import is_connection_loss
from shopwright.db.settings import DatabaseSettings, driver_options

log = logging.getLogger(__name__)

NotifyCallback = Callable[[str], Awaitable[None] | None]
"""Gets the payload, or ``""`` after a reconnect: something may have been missed, so look for yourself."""

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class Listener:
    """All LISTEN channels of a process, on one connection outside the pools."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._callbacks: dict[str, list[NotifyCallback]] = {}
        self._connection: asyncpg.Connection | None = None
        self._queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._lost = asyncio.Event()
        self._lock = asyncio.Lock()

    async def add(self, channel: str, callback: NotifyCallback) -> None:
        """Call back for each message on a channel from now on, one message at a time."""
        async with self._lock:
            if self._connection is None:
                await self._connect()
                self._tasks = [
                    asyncio.create_task(self._deliver()),
                    asyncio.create_task(self._stay_connected()),
                ]
            known = channel in self._callbacks
            self._callbacks.setdefault(channel, []).append(callback)
            if not known and self._connection is not None:
                await self._connection.add_listener(channel, self._heard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._callbacks.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await connection.close(timeout=self._settings.pool_timeout)

    async def _connect(self) -> None:
        connection = await asyncpg.connect(
            **driver_options(self._settings.url), server_settings=self._settings.server_settings
        )
        self._lost.clear()
        connection.add_termination_listener(lambda _: self._lost.set())
        for channel in self._callbacks:
            await connection.add_listener(channel, self._heard)
        self._connection = connection

    def _heard(self, _connection: Any, _pid: int, channel: str, payload: str) -> None:
        self._queue.put_nowait((channel, payload))

    async def _deliver(self) -> None:
        while True:
            channel, payload = await self._queue.get()
            for callback in tuple(self._callbacks.get(channel, ())):
                try:
                    answer = callback(payload)
                    if inspect.isawaitable(answer):
                        await answer
                except Exception:
                    log.exception("A listener on %s failed", channel)

    async def _stay_connected(self) -> None:
        while True:
            await self._lost.wait()
            pause = _FIRST_PAUSE
            while self._lost.is_set():
                try:
                    async with self._lock:
                        await self._connect()
                except Exception as error:
                    if not (is_connection_loss(error) or isinstance(error, OSError | TimeoutError)):
                        log.exception("LISTEN cannot reconnect")
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
            for channel in self._callbacks:
                self._queue.put_nowait((channel, ""))
