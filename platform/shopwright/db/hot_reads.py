# SPDX-License-Identifier: Apache-2.0
"""The hot read path: one statement in a read-only transaction on a bare driver connection."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg

from shopwright.db.errors import is_connection_loss, is_stale_plan
from shopwright.db.query_log import record
from shopwright.db.settings import DatabaseSettings, driver_options
from shopwright.errors import Overloaded
from shopwright.hooks.budget import uncounted

_ROLLBACK_SECONDS = 2.0


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that is not reset between uses: each is a transaction that names its own tenant."""

    def get_reset_query(self) -> str:
        return ""


class HotReads:
    """A pool of driver connections for statements that return finished values."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        settings = self._settings
        self._pool = await asyncpg.create_pool(
            **driver_options(settings.url),
            min_size=1,
            max_size=settings.pool_size,
            connection_class=_Connection,
            server_settings=settings.server_settings,
        )

    async def close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                await asyncio.wait_for(pool.close(), timeout=self._settings.pool_timeout)
            except TimeoutError:
                pool.terminate()

    async def value(self, store_id: UUID | None, sql: str, args: tuple[Any, ...]) -> Any:
        return await self._run(store_id, sql, lambda connection: connection.fetchval(sql, *args))

    async def rows(self, store_id: UUID | None, sql: str, args: tuple[Any, ...]) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._run(
            store_id, sql, lambda connection: connection.fetch(sql, *args)
        )
        return rows

    async def _run(
        self, store_id: UUID | None, sql: str, read: Callable[[asyncpg.Connection], Awaitable[Any]]
    ) -> Any:
        try:
            return await self._attempt(store_id, sql, read)
        except Exception as error:
            # Nothing was written; a restart or a migration makes all the pool's connections stale at once.
            if not (is_connection_loss(error) or is_stale_plan(error)):
                raise
        if self._pool is not None:
            await self._pool.expire_connections()
        return await self._attempt(store_id, sql, read)

    async def _attempt(
        self, store_id: UUID | None, sql: str, read: Callable[[asyncpg.Connection], Awaitable[Any]]
    ) -> Any:
        pool = self._pool
        if pool is None:
            raise RuntimeError("The database is not open: await Database.open() first.")
        begin = _begin(store_id)
        connection = await self._acquire(pool)
        try:
            record(begin)
            await connection.execute(begin)
            record(sql)
            result = await read(connection)
            await connection.execute("COMMIT")
        except BaseException:
            await _roll_back(connection)
            raise
        finally:
            await pool.release(connection)
        return result

    async def _acquire(self, pool: asyncpg.Pool) -> asyncpg.Connection:
        try:
            with uncounted():
                return await pool.acquire(timeout=self._settings.pool_timeout)
        except TimeoutError:
            raise Overloaded from None


async def _roll_back(connection: asyncpg.Connection) -> None:
    """Leave the transaction, or else the connection: never hand back one that is inside a transaction.

    A cancelled task gets here too. Rolling back waits until the driver has cancelled the statement on the
    server, which plainly closing the connection would leave running.
    """
    try:
        async with asyncio.timeout(_ROLLBACK_SECONDS):
            await connection.execute("ROLLBACK")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        connection.terminate()
    except BaseException:
        connection.terminate()
        raise


def _begin(store_id: UUID | None) -> str:
    """Open the transaction and name the tenant in one message, which takes no parameters."""
    if store_id is not None and not isinstance(store_id, UUID):
        raise TypeError(f"store_id must be a UUID, not {type(store_id).__name__}")
    name = "" if store_id is None else str(UUID(int=store_id.int))
    return f"BEGIN READ ONLY; SELECT set_config('shopwright.store_id', '{name}', true)"
