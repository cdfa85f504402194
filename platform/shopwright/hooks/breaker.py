# SPDX-License-Identifier: Apache-2.0
"""Breakers: a plugin that keeps failing in a hook is left alone for a while, store by store."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from shopwright.clock import Clock


class BreakerKey(NamedTuple):
    """What one breaker watches."""

    plugin: str
    hook: str
    store_id: UUID


@dataclass(slots=True)
class _State:
    failures: int = 0
    open_until: float = 0.0
    told_at: float = -math.inf
    last_error: str = ""


class Breakers:
    """All breakers of one process.

    After ``threshold`` failures in a row a breaker is open for ``rest`` seconds; then one call is let
    through, and its outcome decides. ``on_change(key, is_open, error)`` is told when one opens, once
    in a rest while it stays open, and when it closes.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        threshold: int = 5,
        rest: float = 30.0,
        on_change: Callable[[BreakerKey, bool, str], None] | None = None,
    ) -> None:
        self._clock = clock
        self._threshold = threshold
        self._rest = rest
        self._on_change = on_change
        self._states: dict[BreakerKey, _State] = {}

    def allows(self, key: BreakerKey) -> bool:
        state = self._states.get(key)
        if state is None or state.failures < self._threshold:
            return True
        now = self._clock.monotonic()
        if now < state.open_until:
            return False
        state.open_until = now + self._rest
        return True

    def failed(self, key: BreakerKey, error: BaseException) -> None:
        state = self._states.setdefault(key, _State())
        state.failures += 1
        state.last_error = f"{type(error).__name__}: {error}"
        if state.failures >= self._threshold:
            now = self._clock.monotonic()
            state.open_until = now + self._rest
            if self._on_change and now >= state.told_at + self._rest:
                state.told_at = now
                self._on_change(key, True, state.last_error)

    def succeeded(self, key: BreakerKey) -> None:
        state = self._states.pop(key, None)
        if state is not None and state.failures >= self._threshold and self._on_change:
            self._on_change(key, False, "")
