# SPDX-License-Identifier: Apache-2.0
"""Slows down guessing: limits by address and account, and a lock in PostgreSQL that outlives any cache."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from sqlalchemy import TextClause, text

from shopwright.auth.digests import derived_keys
from shopwright.cache import Limit, RateLimiter
from shopwright.clock import Clock
from shopwright.db import Database

BY_ADDRESS = Limit("auth.address", 60, 300)
BY_ACCOUNT = Limit("auth.account", 20, 60)
FREE_FAILURES = 5
"""Failures until the first lock, of one minute; each further one doubles it, up to an hour."""
FORGET_AFTER = timedelta(hours=24)

_COUNT = text(
    f"""
    INSERT INTO kernel_sign_in_failure AS f (key, failures, last_at) VALUES (:key, 1, :now)
    ON CONFLICT (key) DO UPDATE SET last_at = :now, (failures, locked_until) = (
        SELECT n, CASE WHEN n >= {FREE_FAILURES} THEN
            CAST(:now AS timestamptz) + interval '1 second'
                * least(3600, 60 * 2 ^ least(n - {FREE_FAILURES}, 10)) END
        FROM (SELECT CASE WHEN f.last_at < :forgotten THEN 1 ELSE f.failures + 1 END AS n) AS counted
    )
    WHERE f.locked_until IS NULL OR f.locked_until <= :now
    RETURNING failures
    """  # a constant number
)
_LOCKED_UNTIL = text("SELECT locked_until FROM kernel_sign_in_failure WHERE key = :key")
_TAKE_BACK = text(
    """
    UPDATE kernel_sign_in_failure SET failures = greatest(failures - 1, 0), locked_until = NULL
    WHERE key = :key
    """
)
_CLEAR = text("DELETE FROM kernel_sign_in_failure WHERE key = :key OR last_at < :forgotten")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whether an attempt may go on; if not, in how many seconds the next one may."""

    allowed: bool
    retry_after: float = 0.0
    locks: bool = False
    """This attempt locks the account unless it succeeds."""


class Throttle:
    """Counts attempts before they are made, so that many at once count as many.

    ``realm`` and ``account`` say whose password is tried: ``("staff", email)``. With a ``store_id`` the same
    account of another store is another one.
    """

    def __init__(self, db: Database, limiter: RateLimiter, clock: Clock, secret_keys: Sequence[str]) -> None:
        self._db = db
        self._limiter = limiter
        self._clock = clock
        self._key = derived_keys(secret_keys, "throttle")[0]

    async def attempt(
        self, realm: str, account: str, *, address: str = "", store_id: UUID | None = None
    ) -> Attempt:
        """Count an attempt as failed until told otherwise, and say whether it may be made."""
        key = self._account_key(realm, account, store_id)
        verdicts = [await self._limiter.hit(BY_ACCOUNT, key.hex())]
        if address:
            verdicts.append(await self._limiter.hit(BY_ADDRESS, _network(address)))
        wait = max(verdict.retry_after for verdict in verdicts)
        if wait > 0:
            return Attempt(allowed=False, retry_after=wait)
        now = self._clock.now()
        async with self._db.system_transaction() as session:
            failures = await session.scalar(_COUNT, {"key": key, "now": now, "forgotten": now - FORGET_AFTER})
            if failures is not None:
                return Attempt(allowed=True, locks=failures >= FREE_FAILURES)
            until = await session.scalar(_LOCKED_UNTIL, {"key": key})
        return Attempt(allowed=False, retry_after=max((until - now).total_seconds(), 1.0) if until else 1.0)

    async def take_back(self, realm: str, account: str, *, store_id: UUID | None = None) -> None:
        """Uncount the last attempt: it was right as far as it went, and more is to come."""
        await self._write(_TAKE_BACK, key=self._account_key(realm, account, store_id))

    async def succeeded(self, realm: str, account: str, *, store_id: UUID | None = None) -> None:
        """Forget the failures of an account."""
        key = self._account_key(realm, account, store_id)
        await self._limiter.reset(BY_ACCOUNT, key.hex())
        await self._write(_CLEAR, key=key, forgotten=self._clock.now() - FORGET_AFTER)

    async def _write(self, statement: TextClause, **values: object) -> None:
        async with self._db.system_transaction() as session:
            await session.execute(statement, values)

    def _account_key(self, realm: str, account: str, store_id: UUID | None) -> bytes:
        """Name an account without keeping its address: the table would list who was attacked."""
        words = "\0".join((realm, str(store_id or ""), account.strip().casefold()))
        return hmac.digest(self._key, words.encode("utf-8", "surrogatepass"), sha256)


def _network(address: str) -> str:
    """Give what one party is likely to hold: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))
