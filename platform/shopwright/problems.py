# SPDX-License-Identifier: Apache-2.0
"""Problem cards: what is wrong with which plugin, shown to the merchant in the admin."""

import asyncio
import logging
import math
from collections.abc import Sequence
from uuid import UUID

import orjson

from shopwright.clock import Clock
from shopwright.db import Database
from shopwright.hooks.breaker import BreakerKey
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright.plugin import Problem

log = logging.getLogger(__name__)
CHANNEL = "shopwright_problem"
_BELIEVED = 120.0
"""Seconds that another process's trouble is shown; while it lasts, that process says so again and again."""
_LONGEST_ERROR = 500


class ProblemBoard:
    """Plugins left out at the start, and open breakers by store: of this process and of all others."""

    def __init__(self, at_start: Sequence[Problem], clock: Clock) -> None:
        self._at_start = tuple(at_start)
        self._clock = clock
        self._open: dict[BreakerKey, tuple[Problem, float]] = {}
        self._sender = str(new_id())
        self._database: Database | None = None
        self._telling: set[asyncio.Task[None]] = set()

    async def share(self, database: Database) -> None:
        """Tell other processes from now on, and hear them."""
        await database.listen(CHANNEL, self._heard)
        self._database = database

    def breaker_changed(self, key: BreakerKey, is_open: bool, error: str) -> None:
        self._set(key, is_open, error, math.inf)
        if self._database is not None:
            message = dump([self._sender, *key, is_open, error[:_LONGEST_ERROR]])
            task = asyncio.get_running_loop().create_task(self._tell(self._database, message))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    def for_store(self, store_id: UUID) -> list[Problem]:
        """Give what concerns one store."""
        now = self._clock.monotonic()
        found = [p for key, (p, until) in self._open.items() if key.store_id == store_id and until > now]
        return [*self._at_start, *found]

    async def close(self) -> None:
        await asyncio.gather(*self._telling)

    def _set(self, key: BreakerKey, is_open: bool, error: str, until: float) -> None:
        if not is_open:
            self._open.pop(key, None)
            return
        message = f"Plugin {key.plugin!r} keeps failing in {key.hook!r} and is left out there for now."
        self._open[key] = Problem(key.plugin, "breaker_open", message, key.hook, error), until

    async def _tell(self, database: Database, message: str) -> None:
        try:
            async with database.system_transaction() as session:
                await database.notify(session, CHANNEL, message)
        except Exception:
            log.exception("other processes could not be told of a plugin's trouble")

    async def _heard(self, message: str) -> None:
        if not message:
            return
        sender, plugin, hook, store_id, is_open, error = orjson.loads(message)
        if sender != self._sender:
            key = BreakerKey(plugin, hook, UUID(store_id))
            self._set(key, is_open, error, self._clock.monotonic() + _BELIEVED)
