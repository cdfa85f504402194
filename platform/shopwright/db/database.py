# SPDX-License-Identifier: Apache-2.0
"""The database of an installation: transactions with a tenant, hot reads, and notifications."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from shopwright.db.base import watch_flushes
from shopwright.db.errors import CommitOutcomeUnknownError, is_connection_loss, is_transient
from shopwright.db.guard import write_transaction_open
from shopwright.db.hot_reads import HotReads
from shopwright.db.listener import Listener, NotifyCallback
from shopwright.db.query_log import record
from shopwright.db.settings import DatabaseSettings, engine_url

T = TypeVar("T")

_SET_TENANT = text("SELECT set_config('shopwright.store_id', :id, true)")
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")
_FIRST_PAUSE = 0.02


@dataclass(frozen=True)
class _Pools:
    engine: AsyncEngine
    reading: AsyncEngine
    hot: HotReads
    listener: Listener


class Database:
    """Connections of the application role, opened once per process.

    Everything that touches rows says whose: a store's id, or ``None`` for work above the stores, which sees
    no row of any store.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self.settings = settings
        self._pools: _Pools | None = None

    async def open(self) -> None:
        """Connect.

        Raises:
            OSError, asyncpg.PostgresError: the server does not answer or refuses us.
        """
        if self._pools is not None:
            return
        hot = HotReads(self.settings)
        await hot.open()
        engine = _engine(self.settings)
        reading = engine.execution_options(postgresql_readonly=True)
        self._pools = _Pools(engine, reading, hot, Listener(self.settings))

    async def close(self) -> None:
        """Disconnect; what still runs is given a moment."""
        pools, self._pools = self._pools, None
        if pools is not None:
            await pools.listener.close()
            await pools.hot.close()
            await pools.engine.dispose()

    @asynccontextmanager
    async def transaction(
        self, store_id: UUID | None, *, readonly: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """Give a session inside a transaction of a store; commit at the end, roll back on an exception.

        Raises:
            CommitOutcomeUnknownError: the connection was lost while committing.
        """
        session = self._session(store_id, readonly=readonly)
        if readonly:
            async with session, session.begin():
                yield session
            return
        with write_transaction_open():
            async with session:
                await session.begin()
                yield session
                await _commit(session)

    def system_transaction(self, *, readonly: bool = False) -> AbstractAsyncContextManager[AsyncSession]:
        """Give a transaction above the stores."""
        return self.transaction(None, readonly=readonly)

    async def run(
        self, store_id: UUID | None, work: Callable[[AsyncSession], Awaitable[T]], *, attempts: int = 4
    ) -> T:
        """Run ``work`` in a transaction of its own, and again on a fresh session when the server gave up.

        What ``work`` does outside the session must bear repetition. A serialization failure, a deadlock or a
        lost connection is repeated; a connection lost while committing is not.

        Raises:
            CommitOutcomeUnknownError: the connection was lost while committing.
        """
        for attempt in range(1, attempts + 1):
            try:
                async with self.transaction(store_id) as session:
                    result = await work(session)
            except CommitOutcomeUnknownError:
                raise
            except Exception as error:
                again = is_transient(error)
                if not again or attempt == attempts:
                    raise
            else:
                return result
            await asyncio.sleep(_FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311
        raise ValueError(f"attempts must be at least 1, not {attempts}")

    async def fetch_value(self, store_id: UUID | None, sql: str, *args: Any) -> Any:
        """Run one read-only statement with ``$1`` parameters and give its first value, or ``None``."""
        return await self._open_pools().hot.value(store_id, sql, args)

    async def fetch_rows(self, store_id: UUID | None, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run one read-only statement with ``$1`` parameters and give its rows."""
        return await self._open_pools().hot.rows(store_id, sql, args)

    async def listen(self, channel: str, callback: NotifyCallback) -> None:
        """Call back with the payload of each NOTIFY on a channel, in order, until the database is closed.

        After a lost connection the callback gets ``""``: something may have been missed.
        """
        await self._open_pools().listener.add(channel, callback)

    async def notify(self, session: AsyncSession, channel: str, payload: str = "") -> None:
        """Send a NOTIFY that leaves when the session's transaction commits."""
        await session.execute(_NOTIFY, {"channel": channel, "payload": payload})

    def _open_pools(self) -> _Pools:
        if self._pools is None:
            raise RuntimeError("The database is not open: await Database.open() first.")
        return self._pools

    def _session(self, store_id: UUID | None, *, readonly: bool) -> AsyncSession:
        pools = self._open_pools()
        session = AsyncSession(pools.reading if readonly else pools.engine, expire_on_commit=False)
        session.sync_session.info["store_id"] = store_id
        event.listen(session.sync_session, "after_begin", _set_tenant)
        watch_flushes(session.sync_session)
        return session


def _engine(settings: DatabaseSettings) -> AsyncEngine:
    engine = create_async_engine(
        engine_url(settings.url),
        pool_size=settings.pool_size,
        max_overflow=settings.max_overflow,
        pool_timeout=settings.pool_timeout,
        connect_args={"server_settings": settings.server_settings},
    )
    event.listen(engine.sync_engine, "before_cursor_execute", _record)
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    record(statement)


def _refuse_closed(dbapi_connection: Any, _entry: Any, _proxy: Any) -> None:
    """Have the pool replace a connection the server closed; unlike a ping this costs no round trip."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError("the server closed this connection")


def _set_tenant(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Name the tenant of a transaction; always, so that nothing a session left behind can speak for it."""
    if not transaction.nested:
        store_id = session.info["store_id"]
        connection.execute(_SET_TENANT, {"id": "" if store_id is None else str(store_id)})


async def _commit(session: AsyncSession) -> None:
    # Flushing first, so that what fails below is the commit itself.
    await session.flush()
    try:
        await session.commit()
    except Exception as error:
        if is_connection_loss(error):
            raise CommitOutcomeUnknownError(
                "The database went away while committing: look whether the change was made, then repeat it."
            ) from error
        raise
