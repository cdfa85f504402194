# SPDX-License-Identifier: Apache-2.0
"""The one place time comes from, so that tests can move it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards; only differences mean anything."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # this is what everybody else is sent to

    def monotonic(self) -> float:
        return time.monotonic()


class FakeClock:
    """A clock that stands still until told to advance."""

    def __init__(self, start: datetime = datetime(2026, 1, 15, 12, tzinfo=UTC)) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be aware: add tzinfo=UTC.")
        self._now = start.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, by: timedelta | float) -> None:
        """Move forward by a timedelta or a number of seconds."""
        delta = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if delta < timedelta(0):
            raise ValueError("A clock only moves forward.")
        self._now += delta
        self._monotonic += delta.total_seconds()
