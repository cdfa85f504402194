# SPDX-License-Identifier: Apache-2.0
"""Counts what a piece of code asks the database, so that a test can hold it to a budget."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CONTROL = re.compile(
    r"\s*(begin|start transaction|commit|rollback|savepoint|release|set |select set_config\()", re.IGNORECASE
)


class QueryLog:
    """Statements sent through sessions and through the hot read path while a ``with`` block of it runs.

    BEGIN, COMMIT, ROLLBACK, savepoints, SET and the ``set_config`` call that names the tenant are **not
    counted**: they are transaction control, kept apart in ``control``. (Those that the driver sends by itself
    are not seen at all.)

    Args:
        everywhere: record all tasks of the process, not only this one and those it starts; for tests whose
            server answers in other tasks.
    """

    def __init__(self, *, everywhere: bool = False) -> None:
        self.statements: list[str] = []
        self.control: list[str] = []
        self._everywhere = everywhere

    def __len__(self) -> int:
        return len(self.statements)

    @contextmanager
    def recording(self) -> Iterator["QueryLog"]:
        """Record from here to the end of the block; what was recorded before is forgotten."""
        self.statements.clear()
        self.control.clear()
        if self._everywhere:
            _everywhere.append(self)
            try:
                yield self
            finally:
                _everywhere.remove(self)
        else:
            outer = _task_logs.get()
            _task_logs.set((*outer, self))
            try:
                yield self
            finally:
                _task_logs.set(outer)

    @contextmanager
    def at_most(self, limit: int) -> Iterator["QueryLog"]:
        """Fail when the block sends more statements than this.

        Raises:
            AssertionError: lists the statements in the order they were sent.
        """
        with self.recording():
            yield self
        if len(self.statements) > limit:
            listing = "\n".join(
                f"{number:3}. {' '.join(statement.split())}"
                for number, statement in enumerate(self.statements, start=1)
            )
            raise AssertionError(f"{len(self.statements)} statements, at most {limit} allowed:\n{listing}")

    def _add(self, statement: str) -> None:
        (self.control if _CONTROL.match(statement) else self.statements).append(statement)


_task_logs: ContextVar[tuple[QueryLog, ...]] = ContextVar("shopwright_query_logs", default=())
_everywhere: list[QueryLog] = []


def record(statement: str) -> None:
    """Tell all logs that listen about a statement about to be sent."""
    for log in (*_task_logs.get(), *_everywhere):
        log._add(statement)  # noqa: SLF001 - of this module
