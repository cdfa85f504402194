# SPDX-License-Identifier: Apache-2.0
"""The time budget of a hook call: it runs while plugins work, and stands still while they wait for the platform."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Self

_current: ContextVar["Budget | None"] = ContextVar("shopwright_budget", default=None)


class Budget:
    """``async with Budget(seconds)``: raises ``TimeoutError`` when they are used up; None is no limit."""

    __slots__ = ("_paused_at", "_pauses", "_timeout", "_token", "_when", "outer", "waited")

    def __init__(self, seconds: float | None) -> None:
        self.outer = _current.get()
        self.waited = 0.0
        """Seconds that were not counted so far."""
        self._timeout = asyncio.timeout(seconds)
        self._token: Token[Budget | None] | None = None
        self._pauses = 0
        self._paused_at = 0.0
        self._when: float | None = None

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._token = _current.set(self)
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._token is not None:
            _current.reset(self._token)
            self._token = None
        await self._timeout.__aexit__(*error)  # type: ignore[arg-type]

    def pause(self) -> None:
        """Stop counting; what runs side by side may pause more than once."""
        self._pauses += 1
        if self._pauses == 1:
            self._paused_at = asyncio.get_running_loop().time()
            self._when = self._timeout.when()
            self._move(None)

    def resume(self) -> None:
        """Count on, once everybody who paused has resumed."""
        self._pauses -= 1
        if self._pauses == 0:
            spent = asyncio.get_running_loop().time() - self._paused_at
            self.waited += spent
            if self._when is not None:
                self._move(self._when + spent)

    def _move(self, when: float | None) -> None:
        is_open = self._token is not None and not self._timeout.expired()
        if is_open and self._when is not None:
            self._timeout.reschedule(when)


def waited() -> float:
    """Give the seconds that the budget of the running call did not count."""
    budget = _current.get()
    return 0.0 if budget is None else budget.waited


@contextmanager
def uncounted() -> Iterator[None]:
    """Leave what happens inside out of the budgets of all hook calls it happens in."""
    budgets = []
    budget = _current.get()
    while budget is not None:
        budget.pause()
        budgets.append(budget)
        budget = budget.outer
    try:
        yield
    finally:
        for budget in budgets:
            budget.resume()
