# SPDX-License-Identifier: Apache-2.0
"""Cache, locks and rate limits shared by all processes through Redis or Valkey."""

import secrets
from collections.abc import Iterable
from contextlib import suppress

from shopwright.cache import scripts
from shopwright.cache.base import Factory, Limit, LockUnavailable, RateLimiter, Verdict
from shopwright.cache.flights import Flight, Flights
from shopwright.cache.link import LinkDown, RedisLink, server_key
from shopwright.cache.polling import PollingLocks

_TAGS = server_key("t", "")
# Tags must outlive the computation of a value, else it is not kept.
_SHORTEST_STAMP = 60_000
# Every entry carries this tag: invalidating it empties the cache.
_EVERYTHING = ""
_MOST_OWED = 10_000


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


class RedisCache:
    """A cache that holds nothing while the server is down, and carries on.

    A removal the server did not hear is owed to it: nothing is read until it has been made up for, so an
    outage never brings old values back. (Other processes may read them until then, for their ttl at most.)
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._flights = Flights()
        self._owed: dict[str, object] = {}
        """Keys to remove, each with a mark: the same key may be owed anew while it is being removed."""
        self._get = link.client.register_script(scripts.GET)
        self._set = link.client.register_script(scripts.SET)
        self._stamp = link.client.register_script(scripts.STAMP)

    async def get(self, key: str) -> bytes | None:
        try:
            return await self._read(key)
        except LinkDown:
            return None

    async def set(self, key: str, value: bytes, ttl: float, tags: Iterable[str] = ()) -> None:
        if ttl <= 0:
            await self.delete(key)
            return
        with suppress(LinkDown):
            await self._store(key, value, ttl, await self._stamps(frozenset(tags), ttl))

    async def delete(self, key: str) -> None:
        self._flights.forget_key(key)
        await self._remove(server_key("c", key))

    async def invalidate_tags(self, tags: Iterable[str]) -> None:
        changed = frozenset(tags)
        self._flights.forget(changed)
        await self._remove(*(_TAGS + tag for tag in changed))

    async def get_or_set(self, key: str, ttl: float, factory: Factory, tags: Iterable[str] = ()) -> bytes:
        carried = frozenset(tags)
        reachable = True

        async def compute(flight: Flight) -> bytes:
            stamps: dict[str, bytes] = {}
            if reachable and ttl > 0:
                with suppress(LinkDown):
                    stamps = await self._stamps(carried, ttl)
            value = await factory()
            if stamps and not flight.stale:
                with suppress(LinkDown):
                    await self._store(key, value, ttl, stamps)
            return value

        try:
            found = await self._read(key)
        except LinkDown:
            found, reachable = None, False
        return found if found is not None else await self._flights.run(key, carried, compute)

    async def _read(self, key: str) -> bytes | None:
        async def command() -> bytes | None:
            await self._settle()
            found: bytes | None = await self._get(keys=[server_key("c", key)], args=[_TAGS])
            return found

        return await self._link.call(command)

    async def _remove(self, *keys: str) -> None:
        self._owed.update((key, object()) for key in keys)
        if len(self._owed) > _MOST_OWED:
            self._owed = {_TAGS + _EVERYTHING: object()}
        with suppress(LinkDown):
            await self._link.call(self._settle)

    async def _settle(self) -> None:
        if owed := dict(self._owed):
            await self._link.client.unlink(*owed)
            for key, mark in owed.items():
                if self._owed.get(key) is mark:
                    del self._owed[key]

    async def _stamps(self, tags: frozenset[str], ttl: float) -> dict[str, bytes]:
        """Read the tokens of the tags before the value is computed, so that a change meanwhile is noticed."""
        names = sorted(tags | {_EVERYTHING})
        life = max(_milliseconds(ttl), _SHORTEST_STAMP)

        async def command() -> list[bytes]:
            await self._settle()
            tokens: list[bytes] = await self._stamp(args=[_TAGS, secrets.token_bytes(12), life, *names])
            return tokens

        return dict(zip(names, await self._link.call(command), strict=True))

    async def _store(self, key: str, value: bytes, ttl: float, stamps: dict[str, bytes]) -> None:
        pairs = [part for pair in stamps.items() for part in pair]
        await self._link.call(
            lambda: self._set(keys=[server_key("c", key)], args=[_TAGS, value, _milliseconds(ttl), *pairs])
        )


class RedisLocks(PollingLocks):
    """Locks between all processes of an installation."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._take = link.client.register_script(scripts.ACQUIRE)
        self._drop = link.client.register_script(scripts.RELEASE)

    async def _acquire(self, name: str, token: str, ttl: float) -> bool:
        try:
            taken: int = await self._link.call(
                lambda: self._take(keys=[server_key("l", name)], args=[token, _milliseconds(ttl)])
            )
        except LinkDown as error:
            raise LockUnavailable(f"The lock {name!r} cannot be had: {error}") from error
        return taken == 1

    async def _release(self, name: str, token: str) -> None:
        # A lock that cannot be released ends by itself after its ttl.
        with suppress(LinkDown):
            await self._link.call(lambda: self._drop(keys=[server_key("l", name)], args=[token]))


class RedisLimiter:
    """Rate limits shared by all processes; while the server is down each process counts for itself."""

    def __init__(self, link: RedisLink, fallback: RateLimiter) -> None:
        self._link = link
        self._fallback = fallback
        self._hit = link.client.register_script(scripts.HIT)

    async def hit(self, rule: Limit, key: str) -> Verdict:
        name = server_key("r", f"{rule.name}:{rule.period}:{rule.count}:{key}")
        try:
            allowed, remaining, pause = await self._link.call(
                lambda: self._hit(keys=[name], args=[rule.period, rule.interval])
            )
        except LinkDown:
            return await self._fallback.hit(rule, key)
        return Verdict(allowed=allowed == 1, remaining=remaining, retry_after=pause / 1_000_000)

    async def reset(self, rule: Limit, key: str) -> None:
        name = server_key("r", f"{rule.name}:{rule.period}:{rule.count}:{key}")
        await self._fallback.reset(rule, key)
        with suppress(LinkDown):
            await self._link.call(lambda: self._link.client.unlink(name))
