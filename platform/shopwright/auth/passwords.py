# SPDX-License-Identifier: Apache-2.0
"""Passwords: what is acceptable, and Argon2id off the event loop."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from shopwright.auth.common_passwords import COMMON
from shopwright.errors import FieldError, Invalid, Unavailable
from shopwright.i18n import translatable

MIN_LENGTH = 10
MAX_LENGTH = 1024
_FEWEST_DIFFERENT = 4
_WAITING = 64

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs."""

    time: int
    memory_kib: int
    lanes: int = 1


STANDARD = Cost(time=2, memory_kib=47_104)
"""Above the least that OWASP asks for (46 MiB once); about a tenth of a second on one core."""
CHEAP = Cost(time=1, memory_kib=64)
"""For tests, which are not attacked."""


class Passwords:
    """Hashes and checks passwords in a few threads of its own; what does not fit in line is turned away."""

    def __init__(self, cost: Cost = STANDARD, *, threads: int = 2, waiting: int = _WAITING) -> None:
        self._hasher = PasswordHasher(cost.time, cost.memory_kib, cost.lanes, type=Type.ID)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._free = threads + waiting
        self._counting = Lock()
        self._dummy: str | None = None

    async def hash(self, password: str) -> str:
        """Hash a password that has been found acceptable.

        Raises:
            Unavailable: too many are waiting already.
        """
        return await self._in_thread(lambda: self._compute(_bytes(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Tell whether a password belongs to a stored hash.

        Without a hash (no such account, no password yet) the answer is no, after the same work.

        Raises:
            Unavailable: too many are waiting already.
        """
        if len(password) > MAX_LENGTH:
            return False
        if stored is None:
            await self._in_thread(lambda: self._compare(self._nobodys(), _bytes(password)))
            return False
        return await self._in_thread(lambda: self._compare(stored, _bytes(password)))

    def needs_rehash(self, stored: str) -> bool:
        """Tell whether a hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _compute(self, password: bytes) -> str:
        return self._hasher.hash(password)

    def _compare(self, stored: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _nobodys(self) -> str:
        """Give the hash of a password that nobody knows, made once."""
        if self._dummy is None:
            self._dummy = self._hasher.hash(secrets.token_bytes(32))
        return self._dummy

    async def _in_thread(self, work: Callable[[], R]) -> R:
        if self._free <= 0:
            raise Unavailable(
                translatable("Too many people sign in at this moment. Try again in a few seconds."),
                headers={"Retry-After": "5"},
            )
        with self._counting:
            self._free -= 1
        future = self._pool.submit(work)
        # The place is free when the thread is done, even if whoever asked has gone away.
        future.add_done_callback(self._release)
        return await asyncio.wrap_future(future)

    def _release(self, _: object) -> None:
        with self._counting:
            self._free += 1


def password_problem(password: str, *, email: str = "") -> tuple[str, str] | None:
    """Say what is wrong with a new password, as code and message; None when it is acceptable."""
    plain = unicodedata.normalize("NFKC", password)
    lower = plain.casefold()
    if len(plain) < MIN_LENGTH:
        return "too_short", f"Use at least {MIN_LENGTH} characters."
    if len(plain) > MAX_LENGTH:
        return "too_long", f"Use at most {MAX_LENGTH} characters."
    mail = email.casefold()
    if mail and lower in {mail, mail.partition("@")[0]}:
        return "like_email", translatable("Choose a password that is not your e-mail address.")
    if lower in COMMON or len(set(lower)) < _FEWEST_DIFFERENT:
        return "common", translatable(
            "This password is easy to guess. Choose another one, such as four unrelated words."
        )
    return None


def require_acceptable(password: str, *, email: str = "", pointer: str = "/password") -> None:
    """Refuse a weak password.

    Raises:
        Invalid: says what is wrong and how to do better; names the field.
    """
    problem = password_problem(password, email=email)
    if problem is not None:
        code, message = problem
        raise Invalid(message, errors=[FieldError(pointer, code, message)])


def _bytes(password: str) -> bytes:
    """Give the same bytes for the same characters, whichever keyboard they came from."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
