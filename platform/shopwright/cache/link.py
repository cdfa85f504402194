# SPDX-License-Identifier: Apache-2.0
"""The connection to Redis or Valkey, behind a time-out and a breaker."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shopwright.clock import Clock

log = logging.getLogger(__name__)
T = TypeVar("T")

NAMESPACE = "sw:"
_LONGEST_KEY = 200
_MOST_CONNECTIONS = 32


class LinkDown(Exception):  # named for what happened, as all errors here
    """The server did not answer in time, or the breaker keeps us from asking."""


def server_key(kind: str, name: str) -> str:
    """Name a key on the server: namespaced, and of bounded length whatever the caller puts into it."""
    if len(name) > _LONGEST_KEY:
        name = "#" + hashlib.blake2b(name.encode(), digest_size=20).hexdigest()
    return f"{NAMESPACE}{kind}:{name}"


class Breaker:
    """Opens after so many failures in a row; then now and then lets one call through on trial."""

    def __init__(self, clock: Clock, *, failures: int = 5, open_for: float = 5.0) -> None:
        self._clock = clock
        self._limit = failures
        self._open_for = open_for
        self._failures = 0
        self._closed_again_at = 0.0

    @property
    def closed(self) -> bool:
        return self._failures < self._limit

    def admits(self) -> bool:
        """Tell whether to try; an open breaker admits one trial each time its pause is over."""
        if self.closed:
            return True
        now = self._clock.monotonic()
        if now < self._closed_again_at:
            return False
        self._closed_again_at = now + self._open_for
        return True

    def succeeded(self) -> bool:
        """Note a success; True when that closed the breaker."""
        was_open = not self.closed
        self._failures = 0
        return was_open

    def failed(self) -> bool:
        """Note a failure; True when that opened the breaker."""
        self._failures += 1
        if not self.closed:
            self._closed_again_at = self._clock.monotonic() + self._open_for
        return self._failures == self._limit


class RedisLink:
    """Calls to one server. Every failure becomes LinkDown, at once or after the time-out."""

    def __init__(self, url: str, clock: Clock, *, answer_within: float = 0.25) -> None:
        # One attempt more, without a pause: after a restart of the server the pooled connections are dead.
        # Who finds all connections busy waits for one, as a burst of requests is no outage.
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            url,
            max_connections=_MOST_CONNECTIONS,
            timeout=answer_within,
            socket_timeout=answer_within,
            socket_connect_timeout=answer_within,
            retry=Retry(NoBackoff(), 1),
        )
        self.client = Redis.from_pool(pool)
        self.breaker = Breaker(clock)
        self._answer_within = answer_within

    async def call(self, command: Callable[[], Awaitable[T]]) -> T:
        """Run a command within the time-out; LinkDown when it fails or the breaker is open."""
        if not self.breaker.admits():
            raise LinkDown("Redis is not asked at the moment: it failed just now.")
        try:
            async with asyncio.timeout(self._answer_within):
                result = await command()
        except (RedisError, OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            if self.breaker.failed():
                log.warning("Redis does not answer, going on without it: %s", reason)
            raise LinkDown(reason) from error
        if self.breaker.succeeded():
            log.info("Redis answers again.")
        return result

    async def close(self) -> None:
        await self.client.aclose()
