# SPDX-License-Identifier: Apache-2.0
"""Limits for one rendering of untrusted templates: work, time and output; and breaks for everybody else."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from jinja2.exceptions import TemplateRuntimeError

MAX_OUTPUT = 2_000_000
MAX_STEPS = 100_000
MAX_SECONDS = 2.0
MAX_TEXT = 100_000
"""Characters of one text a template may put together."""
CHARACTERS_A_STEP = 250
_PAUSE_AFTER = 0.005


class LimitReached(TemplateRuntimeError):
    """The template is too much work."""


class Meter:
    """Counts what one rendering does. A step is a turn of a loop, or 250 characters written or put together."""

    def __init__(self) -> None:
        self.steps = 0.0
        self.seconds = 0.0
        self._mark = self._rested = time.monotonic()

    def step(self, cost: float = 1) -> None:
        """Count work.

        Raises:
            LimitReached: it is too much in all, or takes too long.
        """
        now = time.monotonic()
        self.seconds += now - self._mark
        self._mark = now
        self.steps += cost
        if self.steps > MAX_STEPS:
            raise LimitReached(f"it does more than {MAX_STEPS} steps (turns of loops, calls, text)")
        if self.seconds > MAX_SECONDS:
            raise LimitReached(f"it runs longer than {MAX_SECONDS:g} seconds")

    def text(self, length: int) -> None:
        """Count characters."""
        self.step(length / CHARACTERS_A_STEP)

    @property
    def is_tired(self) -> bool:
        return time.monotonic() - self._rested > _PAUSE_AFTER

    async def pause(self) -> None:
        """Let other requests run, when this one has had its share for now; waiting does not count as time."""
        if self.is_tired:
            self.step(0)
            await asyncio.sleep(0)
            self._mark = self._rested = time.monotonic()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Do not count the time of work that is not the template's, such as the database's."""
        try:
            yield
        finally:
            self._mark = time.monotonic()


async def collected(parts: AsyncIterator[str], meter: Meter) -> str:
    """Put the output together, up to its limit."""
    found: list[str] = []
    size = 0
    async for part in parts:
        size += len(part)
        if size > MAX_OUTPUT:
            raise LimitReached(f"it writes more than {MAX_OUTPUT} characters")
        found.append(part)
        await meter.pause()
    return "".join(found)
