# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shopwright.clock import Clock, FakeClock, SystemClock


def test_the_system_clock_tells_aware_utc_and_never_runs_backwards() -> None:
    clock: Clock = SystemClock()

    first, second = clock.monotonic(), clock.monotonic()

    assert clock.now().tzinfo is UTC
    assert second >= first


def test_a_fake_clock_stands_still_until_advanced() -> None:
    start = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    clock = FakeClock(start)

    assert (clock.now(), clock.monotonic()) == (start, 0.0)
    assert (clock.now(), clock.monotonic()) == (start, 0.0)

    clock.advance(timedelta(minutes=2))
    clock.advance(0.5)

    assert clock.now() == datetime(2026, 3, 1, 8, 32, 0, 500_000, tzinfo=UTC)
    assert clock.monotonic() == 120.5


def test_a_fake_clock_turns_its_start_into_utc() -> None:
    clock = FakeClock(datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=2))))

    assert clock.now().isoformat() == "2026-03-01T06:00:00+00:00"


def test_a_fake_clock_refuses_naive_time_and_going_back() -> None:
    with pytest.raises(ValueError, match="start must be aware"):
        FakeClock(datetime(2026, 3, 1))  # noqa: DTZ001  # the mistake under test
    with pytest.raises(ValueError, match="only moves forward"):
        FakeClock().advance(-1)
