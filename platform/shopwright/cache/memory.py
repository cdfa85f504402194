# SPDX-License-Identifier: Apache-2.0
"""Cache, locks and rate limits of a single process, without a server."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from shopwright.cache.base import Factory, Limit, Verdict
from shopwright.cache.flights import Flight, Flights
from shopwright.cache.polling import PollingLocks
from shopwright.clock import Clock

# What an entry costs beside its key and value: dictionary slots, the entry, its place in the tag sets.
_OVERHEAD = 400


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    expires: float
    tags: frozenset[str]
    size: int


class MemoryCache:
    """A cache of bounded size; the least recently used entries make room."""

    def __init__(self, clock: Clock, *, max_bytes: int = 64 * 1024 * 1024) -> None:
        self._clock = clock
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._tagged: dict[str, set[str]] = {}
        self._flights = Flights()

    @property
    def size(self) -> int:
        """Bytes in use, about."""
        return self._bytes

    async def get(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires <= self._clock.monotonic():
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    async def set(self, key: str, value: bytes, ttl: float, tags: Iterable[str] = ()) -> None:
        self._remove(key)
        carried = frozenset(tags)
        size = len(key) + len(value) + sum(map(len, carried)) + _OVERHEAD
        if ttl <= 0 or size > self._max_bytes:
            return
        self._entries[key] = _Entry(value, self._clock.monotonic() + ttl, carried, size)
        self._bytes += size
        for tag in carried:
            self._tagged.setdefault(tag, set()).add(key)
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._entries)))

    async def delete(self, key: str) -> None:
        self._flights.forget_key(key)
        self._remove(key)

    async def invalidate_tags(self, tags: Iterable[str]) -> None:
        changed = frozenset(tags)
        self._flights.forget(changed)
        for tag in changed:
            for key in tuple(self._tagged.get(tag, ())):
                self._remove(key)

    async def get_or_set(self, key: str, ttl: float, factory: Factory, tags: Iterable[str] = ()) -> bytes:
        carried = frozenset(tags)

        async def compute(flight: Flight) -> bytes:
            value = await factory()
            if not flight.stale:
                await self.set(key, value, ttl, carried)
            return value

        found = await self.get(key)
        return found if found is not None else await self._flights.run(key, carried, compute)

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size
        for tag in entry.tags:
            keys = self._tagged[tag]
            keys.discard(key)
            if not keys:
                del self._tagged[tag]


class MemoryLocks(PollingLocks):
    """Locks between the tasks of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, float]] = {}

    async def _acquire(self, name: str, token: str, ttl: float) -> bool:
        now = self._clock.monotonic()
        held = self._held.get(name)
        if held is not None and held[1] > now:
            return False
        self._held[name] = (token, now + ttl)
        return True

    async def _release(self, name: str, token: str) -> None:
        held = self._held.get(name)
        if held is not None and held[0] == token:
            del self._held[name]


class MemoryLimiter:
    """Rate limits of one process, by the generic cell rate algorithm (ITU-T I.371): one number a key."""

    def __init__(self, clock: Clock, *, max_keys: int = 100_000) -> None:
        self._clock = clock
        self._max_keys = max_keys
        self._due: dict[tuple[Limit, str], int] = {}
        """When, in microseconds, the hits of a key will all have been worked off."""

    async def hit(self, rule: Limit, key: str) -> Verdict:
        now = round(self._clock.monotonic() * 1_000_000)
        due = max(self._due.get((rule, key), 0), now) + rule.interval
        room = rule.period - (due - now)
        if room < 0:
            return Verdict(allowed=False, remaining=0, retry_after=-room / 1_000_000)
        self._due[rule, key] = due
        if len(self._due) > self._max_keys:
            self._make_room(now)
        return Verdict(allowed=True, remaining=room // rule.interval, retry_after=0.0)

    async def reset(self, rule: Limit, key: str) -> None:
        self._due.pop((rule, key), None)

    def _make_room(self, now: int) -> None:
        """Drop what is worked off, and when that is not a tenth, those nearest to it."""
        by_due = sorted(self._due, key=self._due.__getitem__)
        tenth = self._max_keys // 10
        for position, entry in enumerate(by_due):
            if position > tenth and self._due[entry] > now:
                break
            del self._due[entry]
