# SPDX-License-Identifier: Apache-2.0
"""The part of taking a lock that is the same everywhere: a token, asking again, letting go."""

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shopwright.cache.base import LockTaken

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.1


class PollingLocks(ABC):
    """Locks that are asked for until they are free; only who took a lock can release it."""

    @abstractmethod
    async def _acquire(self, name: str, token: str, ttl: float) -> bool: ...

    @abstractmethod
    async def _release(self, name: str, token: str) -> None: ...

    @asynccontextmanager
    async def hold(self, name: str, *, ttl: float = 30.0, wait: float = 0.0) -> AsyncIterator[None]:
        if ttl <= 0:
            raise ValueError("ttl must be positive: a lock that never ends would outlive a crash.")
        token = secrets.token_hex(16)
        try:
            await self._wait_for(name, token, ttl, wait)
        except asyncio.CancelledError:
            # The server may have said yes without us hearing it.
            await asyncio.shield(self._release(name, token))
            raise
        try:
            yield
        finally:
            await asyncio.shield(self._release(name, token))

    async def _wait_for(self, name: str, token: str, ttl: float, wait: float) -> None:
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + wait, _FIRST_PAUSE
        while not await self._acquire(name, token, ttl):
            left = deadline - loop.time()
            if left <= 0:
                raise LockTaken(f"The lock {name!r} is taken.")
            # Uneven pauses, so that those who wait do not all ask at once.
            await asyncio.sleep(min(left, pause * (0.5 + secrets.randbelow(1000) / 1000)))
            pause = min(pause * 2, _LONGEST_PAUSE)
