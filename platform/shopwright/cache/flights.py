# SPDX-License-Identifier: Apache-2.0
"""Lets one caller compute a value while others who want the same wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable


class Flight:
    """One computation under way. ``stale`` says that what it reads has changed since it began."""

    __slots__ = ("done", "error", "stale", "tags", "value")

    def __init__(self, tags: frozenset[str]) -> None:
        self.tags = tags
        self.done = asyncio.Event()
        self.stale = False
        self.value: bytes | None = None
        self.error: Exception | None = None


class Flights:
    """The computations under way in this process, by key."""

    def __init__(self) -> None:
        self._by_key: dict[str, Flight] = {}

    async def run(
        self, key: str, tags: frozenset[str], compute: Callable[[Flight], Awaitable[bytes]]
    ) -> bytes:
        """Compute the value, or wait for whoever does; its error reaches all who wait."""
        while (flight := self._by_key.get(key)) is not None:
            await flight.done.wait()
            if flight.error is not None:
                raise flight.error
            if flight.value is not None:
                return flight.value
            # The one who computed was cancelled: somebody who waited takes over.
        flight = self._by_key[key] = Flight(tags)
        try:
            flight.value = await compute(flight)
        except Exception as error:
            flight.error = error
            raise
        finally:
            if self._by_key.get(key) is flight:
                del self._by_key[key]
            flight.done.set()
        return flight.value

    def forget(self, tags: Iterable[str]) -> None:
        """Make who asks from now on compute anew whatever carries one of these tags."""
        changed = frozenset(tags)
        for key in [key for key, flight in self._by_key.items() if flight.tags & changed]:
            self.forget_key(key)

    def forget_key(self, key: str) -> None:
        flight = self._by_key.pop(key, None)
        if flight is not None:
            flight.stale = True
