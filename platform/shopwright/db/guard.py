# SPDX-License-Identifier: Apache-2.0
"""Knows whether the running task is inside a write transaction, where nothing may wait for the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class _OpenTransaction:
    """Shared with tasks started inside, which are free again as soon as the transaction has ended."""

    is_open = True


_current: ContextVar[_OpenTransaction | None] = ContextVar("shopwright_write_transaction", default=None)


def in_write_transaction() -> bool:
    """Tell whether a write transaction is open here."""
    current = _current.get()
    return current is not None and current.is_open


def assert_no_open_transaction(what: str) -> None:
    """Refuse to go on inside a write transaction; clients of outside services call this first.

    Raises:
        RuntimeError: rows would stay locked while ``what`` waits for somebody else's server.
    """
    if in_write_transaction():
        raise RuntimeError(
            f"{what} must not run inside a write transaction: its row locks would last as long as the "
            "network takes. Commit first, call, and record the answer in a second transaction."
        )


@contextmanager
def write_transaction_open() -> Iterator[None]:
    """Mark the running task as being inside a write transaction."""
    mark = _OpenTransaction()
    previous = _current.get()
    _current.set(mark)
    try:
        yield
    finally:
        mark.is_open = False
        _current.set(previous)
