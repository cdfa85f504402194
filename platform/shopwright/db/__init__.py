# SPDX-License-Identifier: Apache-2.0
"""The database layer: tenant-bound transactions, base models, migrations and the embedded server."""

from shopwright.db.base import Base, GlobalModel, StoreModel
from shopwright.db.database import Database
from shopwright.db.errors import CommitOutcomeUnknownError
from shopwright.db.guard import assert_no_open_transaction, in_write_transaction
from shopwright.db.query_log import QueryLog
from shopwright.db.settings import DatabaseSettings

__all__ = [
    "Base",
    "CommitOutcomeUnknownError",
    "Database",
    "DatabaseSettings",
    "GlobalModel",
    "QueryLog",
    "StoreModel",
    "assert_no_open_transaction",
    "in_write_transaction",
]
