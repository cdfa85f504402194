# SPDX-License-Identifier: Apache-2.0
"""How PgQueuer reaches our database: its tables under our names, and drivers over our connections."""

import asyncio
from typing import Any, Self

from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.core.tm import TaskManager
from pgqueuer.domain.models import TableChangedEvent
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import Driver, NotifyCallback
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.clock import SystemClock
from shopwright.db import Database

SETTINGS = DBSettings(
    prefix="kernel_",
    channel=Channel("kernel_queue"),
    queue_table="kernel_queue",
    queue_table_log="kernel_queue_log",
    statistics_table="kernel_queue_statistics",
    schedules_table="kernel_queue_schedule",
    queue_status_type="kernel_queue_status",
    function="kernel_queue_changed",
    trigger="kernel_queue_changed",
    durability=Durability.balanced,
)


class SessionDriver(Driver):
    """Lets PgQueuer work inside the transaction of a session, so that a rollback takes the job back.

    The driver's own connection must not be used for that: SQLAlchemy begins the transaction with the first
    statement it sends itself, and whatever was sent past it before is committed at once.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        connection = await self._session.connection()
        result = await connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()] if result.returns_rows else []

    async def execute(self, query: str, *args: object) -> str:
        await self.fetch(query, *args)
        return ""

    async def notify(self, channel: str, payload: str) -> None:
        await self.fetch("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        raise NotImplementedError("a session does not listen: use Database.listen")

    @property
    def shutdown(self) -> asyncio.Event:
        return asyncio.Event()

    @property
    def tm(self) -> TaskManager:
        return TaskManager()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


class DatabaseDriver(SessionDriver):
    """Lets PgQueuer send each statement in a transaction of its own, above the stores."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        async with self._db.transaction(None) as session:
            return await SessionDriver(session).fetch(query, *args)


class Ears:
    """Who waits for word of new jobs in this process; the database's own listener reconnects by itself."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._callbacks: list[NotifyCallback] = []
        self._listening = False

    async def open(self) -> None:
        """Listen from now on: PgQueuer probes its hearing before it asks for it."""
        if not self._listening:
            self._listening = True
            await self._db.listen(SETTINGS.channel, self._heard)

    async def add(self, callback: NotifyCallback) -> None:
        self._callbacks.append(callback)
        await self.open()

    def remove_all(self) -> None:
        self._callbacks.clear()

    def _heard(self, payload: str) -> None:
        for callback in tuple(self._callbacks):
            callback(payload or changed_message())


class WorkerDriver(AsyncpgPoolDriver):
    """PgQueuer's pool driver, which hears through ``Ears``."""

    def __init__(self, pool: Any, ears: Ears) -> None:
        super().__init__(pool)
        self._ears = ears

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._ears.add(callback)


def changed_message() -> str:
    """Give the message that makes workers look into the queue."""
    return TableChangedEvent(
        channel=SETTINGS.channel,
        sent_at=SystemClock().now(),
        type="table_changed_event",
        operation="update",
        table=SETTINGS.queue_table,
    ).model_dump_json()
