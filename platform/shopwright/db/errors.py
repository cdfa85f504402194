# SPDX-License-Identifier: Apache-2.0
"""Tells which failures of the database are worth another attempt."""

import asyncpg
from sqlalchemy.exc import DBAPIError

_CONFLICTS = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_SHUTDOWNS = frozenset({"57P01", "57P02", "57P03"})  # stopped, crashed, still starting


class CommitOutcomeUnknownError(RuntimeError):
    """The connection was lost while committing: whether the change was made is not known."""


def sqlstate(error: BaseException) -> str | None:
    """Give PostgreSQL's five-letter code of an error, whichever library wrapped it."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlstate", None)
    return code if isinstance(code, str) else None


def _driver_error(error: BaseException) -> BaseException | None:
    """Give what asyncpg raised, below SQLAlchemy's two wrappings."""
    return error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig is not None else None


def is_conflict(error: BaseException) -> bool:
    """Tell whether the server undid the transaction because of another one."""
    return sqlstate(error) in _CONFLICTS


def is_stale_plan(error: BaseException) -> bool:
    """Tell whether a prepared statement was made before a migration changed its tables."""
    stale = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)
    return isinstance(error, stale) or isinstance(_driver_error(error), stale)


def is_connection_loss(error: BaseException) -> bool:
    """Tell whether the connection is gone, or could not be made."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    code = sqlstate(error)
    if code is not None and (code in _SHUTDOWNS or code.startswith("08")):
        return True
    origin: BaseException | None = error
    while origin is not None:
        if isinstance(origin, asyncpg.PostgresConnectionError | ConnectionError):
            return True
        if isinstance(origin, asyncpg.InterfaceError) and "closed" in str(origin):
            return True
        origin = origin.orig if isinstance(origin, DBAPIError) else origin.__cause__
    return False


def is_transient(error: BaseException) -> bool:
    """Tell whether the same work may succeed in another transaction."""
    return is_conflict(error) or is_connection_loss(error) or is_stale_plan(error)
