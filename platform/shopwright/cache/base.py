# SPDX-License-Identifier: Apache-2.0
"""What a cache, locks and a rate limiter do, whichever back end does it.

PostgreSQL holds the truth. All that lies behind these interfaces may vanish at any moment: then pages are
slower and limits start anew, and nothing else changes.
"""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

Factory = Callable[[], Awaitable[bytes]]


class LockUnavailable(Exception):  # named for what happened, as all errors here
    """The lock cannot be had now: it is taken, or the server that keeps locks does not answer."""


class LockTaken(LockUnavailable):
    """Somebody else holds the lock, and did not let go within the time allowed."""


class Cache(Protocol):
    """Bytes by key, for a while. A key begins with the store's id where the value belongs to a store."""

    async def get(self, key: str) -> bytes | None: ...

    async def set(self, key: str, value: bytes, ttl: float, tags: Iterable[str] = ()) -> None:
        """Keep a value for ``ttl`` seconds, or until one of its tags is invalidated.

        A value computed while another process changes what it was made of may already be old: use
        ``get_or_set``, which notices.
        """

    async def delete(self, key: str) -> None: ...

    async def invalidate_tags(self, tags: Iterable[str]) -> None:
        """Remove every entry that carries any of these tags, at a cost that does not grow with the cache.

        Call it after the commit. Values being computed meanwhile under these tags are not kept.
        """

    async def get_or_set(self, key: str, ttl: float, factory: Factory, tags: Iterable[str] = ()) -> bytes:
        """Give the kept value, or compute and keep it: one caller of a process computes, others wait."""


class Locks(Protocol):
    """Locks between processes that save double work.

    They guard no truth: a holder that is slow outlives its ttl, and a server that restarts forgets. What must
    never happen twice is guarded by PostgreSQL (row locks, unique keys); a lock here only makes it rare.
    """

    def hold(self, name: str, *, ttl: float = 30.0, wait: float = 0.0) -> AbstractAsyncContextManager[None]:
        """Hold a lock during the block, at most ``ttl`` seconds; wait for it up to ``wait`` seconds.

        Raises:
            LockTaken: somebody else kept it.
            LockUnavailable: the server that keeps locks does not answer.
        """


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may happen: ``count`` times at once, refilled evenly over ``per_seconds``."""

    name: str
    count: int
    per_seconds: float

    def __post_init__(self) -> None:
        if self.count < 1 or self.per_seconds <= 0 or self.interval < 1:
            raise ValueError(f"Limit {self.name!r}: count and per_seconds must be positive.")

    @property
    def period(self) -> int:
        """The period in microseconds: a whole number of intervals, so that no more than the count fits."""
        return self.interval * self.count

    @property
    def interval(self) -> int:
        """Microseconds between two hits at the steady rate, rounded so that the full count always fits."""
        return round(self.per_seconds * 1_000_000) // self.count


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a hit is within its limit, how many more are, and in how many seconds the next one will be."""

    allowed: bool
    remaining: int
    retry_after: float


class RateLimiter(Protocol):
    """Counts hits against limits."""

    async def hit(self, rule: Limit, key: str) -> Verdict:
        """Count one hit of ``key`` (an address, an account) against a limit."""

    async def reset(self, rule: Limit, key: str) -> None:
        """Forget the hits of a key, for example after a successful sign-in."""
