# SPDX-License-Identifier: Apache-2.0
"""Problem cards: what is wrong with which plugin, shown to the merchant in the admin."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.hooks.breaker import BreakerKey
from shopwright.plugin import Problem


class ProblemBoard:
    """The problems this process knows of: plugins left out at the start, and open breakers by store."""

    def __init__(self, at_start: Sequence[Problem]) -> None:
        self._at_start = tuple(at_start)
        self._open: dict[BreakerKey, Problem] = {}

    def breaker_changed(self, key: BreakerKey, is_open: bool, error: str) -> None:
        if not is_open:
            self._open.pop(key, None)
            return
        message = f"Plugin {key.plugin!r} keeps failing in {key.hook!r} and is left out there for now."
        self._open[key] = Problem(key.plugin, "breaker_open", message, key.hook, error)

    def for_store(self, store_id: UUID) -> list[Problem]:
        """Give what concerns one store."""
        return [*self._at_start, *(p for key, p in self._open.items() if key.store_id == store_id)]
