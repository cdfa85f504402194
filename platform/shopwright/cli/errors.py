# SPDX-License-Identifier: Apache-2.0
"""Putting what can go wrong into one line that says what and how to mend it."""

import asyncpg
import sqlalchemy.exc
from alembic.util import CommandError

from shopwright.errors import ShopwrightError, UsageError

EXPECTED = (
    UsageError, ShopwrightError, OSError, CommandError, asyncpg.PostgresError, sqlalchemy.exc.SQLAlchemyError
)  # fmt: skip
"""What may go wrong without being a fault of ours: told without a traceback."""


def explain(error: BaseException) -> str:
    """Say what happened and how to go on."""
    match error:
        case ShopwrightError():
            fields = " ".join(f"{e.pointer.lstrip('/')}: {e.message}".lstrip(": ") for e in error.errors)
            return fields or error.detail or error.title
        case CommandError():
            return (
                f"The database cannot be migrated: {error}. Is it of a newer version? Then install that one."
            )
        case sqlalchemy.exc.DBAPIError(orig=BaseException() as original):
            return explain(original.__cause__ or original)
        case asyncpg.PostgresError():
            return f"The database cannot be used: {error}. Mend that, or correct DATABASE_URL."
        case OSError(filename=str(name)):
            return f"{name}: {error.strerror}."
        case OSError():
            return f"The database cannot be reached ({error}). Is it running, and is DATABASE_URL right?"
        case _:
            return str(error)
