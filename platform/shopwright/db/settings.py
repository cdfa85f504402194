# SPDX-License-Identifier: Apache-2.0
"""How the database is reached, and how long anything may take there."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy.engine import URL, make_url

from shopwright.config import Config
from shopwright.errors import UsageError

DRIVER = "postgresql+asyncpg"
APP_ROLE = "shopwright_app"
_SCHEMES = {"postgresql", "postgres", DRIVER}


@dataclass(frozen=True)
class DatabaseSettings:
    """Address, pools and time limits. ``pool_size`` bounds each of the two pools: sessions and hot reads."""

    url: str
    pool_size: int = 10
    max_overflow: int = 10
    pool_timeout: float = 5.0
    """Seconds to wait for a free connection."""
    statement_timeout_ms: int = 15_000
    lock_timeout_ms: int = 5_000
    idle_in_transaction_timeout_ms: int = 30_000

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Take the values of the configuration.

        Raises:
            UsageError: it names no database; whoever runs an embedded one passes settings with its address.
        """
        if config.database_url is None:
            raise UsageError("No database is configured. Set DATABASE_URL, or run `shopwright demo`.")
        return cls(
            url=config.database_url,
            pool_size=config.db_pool_size,
            max_overflow=config.db_pool_size,
            statement_timeout_ms=config.statement_timeout_ms,
            lock_timeout_ms=config.lock_timeout_ms,
        )

    @property
    def server_settings(self) -> dict[str, str]:
        """What each connection of the application starts with, so that RESET does not leave it."""
        return {
            "role": APP_ROLE,
            "application_name": "shopwright",
            "timezone": "UTC",
            "statement_timeout": str(self.statement_timeout_ms),
            "lock_timeout": str(self.lock_timeout_ms),
            "idle_in_transaction_session_timeout": str(self.idle_in_transaction_timeout_ms),
        }


def engine_url(url: str) -> URL:
    """Parse an address for SQLAlchemy, whichever of the usual schemes it was written with.

    Raises:
        UsageError: it is not a PostgreSQL address.
    """
    scheme = url.split("://", 1)[0]
    if scheme not in _SCHEMES or "://" not in url:
        raise UsageError(
            f"DATABASE_URL begins with {scheme!r}: write postgresql://user:password@host:5432/database."
        )
    parsed = make_url(url).set(drivername=DRIVER)
    # asyncpg names this option differently from the addresses that hosting companies hand out.
    mode = parsed.query.get("sslmode")
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode}) if mode else parsed


def driver_options(url: str) -> dict[str, Any]:
    """Give the arguments of ``asyncpg.connect`` for an address."""
    parsed = engine_url(url)
    options: dict[str, Any] = {
        "host": parsed.host,
        "port": parsed.port,
        "user": parsed.username,
        "password": parsed.password,
        "database": parsed.database,
        **parsed.query,
    }
    if isinstance(options.get("port"), str):
        options["port"] = int(options["port"])
    return {name: value for name, value in options.items() if value is not None}
