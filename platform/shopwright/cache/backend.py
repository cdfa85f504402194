# SPDX-License-Identifier: Apache-2.0
"""Chooses and opens the back end an installation is configured for."""

from contextlib import suppress

from shopwright.cache.base import Cache, Locks, RateLimiter
from shopwright.cache.link import LinkDown, RedisLink
from shopwright.cache.memory import MemoryCache, MemoryLimiter, MemoryLocks
from shopwright.cache.redis import RedisCache, RedisLimiter, RedisLocks
from shopwright.clock import Clock


class Backend:
    """A cache, locks and a rate limiter that belong together."""

    def __init__(
        self, cache: Cache, locks: Locks, limiter: RateLimiter, link: RedisLink | None = None
    ) -> None:
        self.cache = cache
        self.locks = locks
        self.limiter = limiter
        self._link = link

    @property
    def shared(self) -> bool:
        """Whether other processes see the same cache, locks and limits."""
        return self._link is not None

    @property
    def healthy(self) -> bool:
        """Whether it works fully; when not, things are slower and limits are counted per process."""
        return self._link is None or self._link.breaker.closed

    async def close(self) -> None:
        if self._link is not None:
            await self._link.close()


async def open_backend(
    url: str | None, *, clock: Clock, answer_within: float = 0.25, max_bytes: int = 64 * 1024 * 1024
) -> Backend:
    """Open Redis or Valkey at a URL (``redis://``, ``rediss://``, ``unix://``), or memory when there is none.

    A server that does not answer within ``answer_within`` seconds is no error: work goes on without it,
    and it is used once it answers.

    Raises:
        ValueError: the URL cannot be read.
    """
    if url is None:
        return Backend(MemoryCache(clock, max_bytes=max_bytes), MemoryLocks(clock), MemoryLimiter(clock))
    try:
        link = RedisLink(url, clock, answer_within=answer_within)
    except ValueError:
        # The URL may hold a password, so neither it nor an error that quotes it is shown.
        raise ValueError(
            "The Redis URL cannot be used: write it like redis://host:6379/0, rediss://... or unix:///path."
        ) from None
    with suppress(LinkDown):
        await link.call(link.client.ping)
    return Backend(RedisCache(link), RedisLocks(link), RedisLimiter(link, MemoryLimiter(clock)), link)
