# SPDX-License-Identifier: Apache-2.0
"""Comparing the same work in two stores: in pairs, one right after the other, so that what else the machine does cancels."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

Work = Callable[[], Awaitable[Any]]
WARM_UP = 6
_BACKENDS = """
SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Milliseconds of the median small and big one, medians of the ratios of pairs, and statements of the big one."""

    small: float
    big: float
    growth: float
    cpu_small: float
    cpu_big: float
    cpu_growth: float
    """Of the processors' time of the server and the database, which others' work hardly changes; 0 where unknown."""
    statements: int


class Meter:
    """Measures time, the processors' time of the server and its database, and statements.

    Args:
        url: of the database.
        pid: of the process that does the work.
        statements: gives how many statements that process has sent so far.
    """

    def __init__(self, url: str, pid: int, statements: Callable[[], Awaitable[int]]) -> None:
        self._url, self._pid, self._statements = url, pid, statements
        self._pids: list[int] = []

    async def compare(self, small: Work, big: Work, pairs: int) -> Compared:
        """Do the work of both stores by turns."""
        for _ in range(WARM_UP):
            await small()
            await big()
        statements = min([await self._sent_by(big) for _ in range(3)])
        self._pids = [self._pid, *await backends(self._url)]
        works = (small, big)
        wall: tuple[list[float], list[float]] = ([], [])
        cpu: tuple[list[float], list[float]] = ([], [])
        for number in range(pairs):
            for which in (0, 1) if number % 2 else (1, 0):
                busy, began = self._busy(), time.perf_counter()
                await works[which]()
                wall[which].append(time.perf_counter() - began)
                cpu[which].append(self._busy() - busy)
        return Compared(*_medians(*wall), *_medians(*cpu), statements)

    async def _sent_by(self, work: Work) -> int:
        before = await self._statements()
        await work()
        return await self._statements() - before

    def _busy(self) -> float:
        return sum(seconds_of(pid) for pid in self._pids)


async def backends(url: str) -> list[int]:
    """Give the processes of the database that serve clients: others than this one."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [row["pid"] for row in await connection.fetch(_BACKENDS)]
    finally:
        await connection.close()


def _medians(small: Sequence[float], big: Sequence[float]) -> tuple[float, float, float]:
    ratios = [b / s for s, b in zip(small, big, strict=True) if s > 0]
    growth = statistics.median(ratios) if ratios else 0.0
    return statistics.median(small) * 1000, statistics.median(big) * 1000, growth


def seconds_of(pid: int) -> float:
    """Give the processors' time of a process so far; 0 where the system does not tell."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(thread.read_text().split()[0])
        except OSError:
            continue
    return total / 1e9
