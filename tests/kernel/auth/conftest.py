# SPDX-License-Identifier: Apache-2.0
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from shopwright.actor import ANONYMOUS, SYSTEM, Actor
from shopwright.audit import AuditLog
from shopwright.auth import Auth
from shopwright.auth.passwords import CHEAP, Passwords
from shopwright.cache import Backend, open_backend
from shopwright.clock import FakeClock
from shopwright.context import Context
from shopwright.db import Database
from shopwright.db.models import StoreRow
from shopwright.hooks.plan import StorePlans
from shopwright.http.visit import Visit, WebSession
from shopwright.ids import new_id
from shopwright.plugin import Manifest, Permission, Plugin
from shopwright.registry import Registry
from shopwright.secrets import generate_key
from shopwright.stores import Store

PASSWORD = "four unrelated words here"


class CountedPasswords(Passwords):
    """Counts hash computations, which are what takes time."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.computed = 0

    def _compute(self, password: bytes) -> str:
        self.computed += 1
        return super()._compute(password)

    def _compare(self, stored: str, password: bytes) -> bool:
        self.computed += 1
        return super()._compare(stored, password)


class OrdersPlugin(Plugin):
    manifest = Manifest(
        name="orders",
        version="1.0",
        title="Orders",
        summary="Stands in for a plugin with permissions.",
        permissions=(
            Permission("orders.order.view", "See orders"),
            Permission("orders.order.edit", "Change orders"),
        ),
    )


class CatalogPlugin(Plugin):
    manifest = Manifest(
        name="catalog",
        version="1.0",
        title="Catalog",
        summary="Stands in for a plugin with permissions.",
        permissions=(
            Permission("catalog.product.view", "See products"),
            Permission("catalog.product.edit", "Change products"),
        ),
    )


@dataclass(eq=False)
class Office:
    """The real parts of a kernel that authentication builds on, two stores, and shortcuts."""

    db: Database
    backend: Backend
    clock: FakeClock
    secret_keys: tuple[str, ...]
    registry: Registry
    stores: dict[str, Store] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.audit = AuditLog(self.clock)
        self.passwords = CountedPasswords()
        self.auth = Auth(self, passwords=self.passwords)  # type: ignore[arg-type]

    def ctx(self, store: str = "ours", *, actor: Actor = ANONYMOUS, visit: Visit | None = None) -> Context:
        chosen = self.stores[store]
        return Context(
            kernel=self,  # type: ignore[arg-type]
            store=chosen,
            plans=StorePlans(self.registry, chosen.id, frozenset()),
            actor=actor,
            locale="en",
            currency="EUR",
            request_id="request-1",
            visit=visit,
        )

    def system(self, store: str = "ours") -> Context:
        return self.ctx(store, actor=SYSTEM)

    def browser(self, store: str = "ours", *, remote: str = "") -> Context:
        """Give the context of an anonymous visitor with a session."""
        visit = Visit(WebSession(), "/admin/sign-in", {}, "shop.test", remote=remote)
        return self.ctx(store, visit=visit)

    async def acting(self, staff_user_id: UUID, store: str = "ours") -> Context:
        """Give the context of a signed-in staff user, as the HTTP layer makes it."""
        visit = Visit(WebSession(new_id(), staff_user_id=staff_user_id), "/admin", {}, "shop.test")
        actor = await self.auth.actor_for(self.stores[store], visit, {})
        return self.ctx(store, actor=actor, visit=visit)

    async def employ(self, email: str, role: str = "owner", store: str = "ours") -> UUID:
        """Make a staff user with PASSWORD."""
        name = email.partition("@")[0].title()
        return await self.auth.staff.create(
            self.system(store), email=email, name=name, password=PASSWORD, role=role
        )

    async def actions(self, store: str = "ours") -> list[str]:
        """Give what the audit log of a store says was done, oldest first."""
        return [entry.action for entry in reversed(await self.audit.entries(self.ctx(store), limit=200))]

    async def open_session(self, staff_user_id: UUID, store: str = "ours") -> None:
        """Put a session of a staff user into the database; columns not asked about get any value."""
        columns = await self.db.fetch_rows(
            None,
            """
            SELECT attname AS name, atttypid::regtype::text AS type FROM pg_attribute
            WHERE attrelid = 'kernel_session'::regclass AND attnum > 0 AND attnotnull AND NOT atthasdef
            """,
        )
        any_value = {
            "uuid": new_id(),
            "bytea": new_id().bytes,
            "text": str(new_id()),
            "timestamp with time zone": self.clock.now() + timedelta(days=1),
        }
        values = {column["name"]: any_value[column["type"]] for column in columns}
        values |= {"store_id": self.stores[store].id, "staff_user_id": staff_user_id}
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        async with self.db.transaction(self.stores[store].id) as session:
            await session.execute(text(f"INSERT INTO kernel_session ({names}) VALUES ({marks})"), values)

    async def sessions(self, staff_user_id: UUID, store: str = "ours") -> int:
        """Count the sessions of a staff user in a store."""
        sql = "SELECT count(*) FROM kernel_session WHERE staff_user_id = $1"
        return await self.db.fetch_value(self.stores[store].id, sql, staff_user_id)


MakeOffice = Callable[..., Awaitable[Office]]


@pytest.fixture
async def make_office(database: Database) -> AsyncIterator[MakeOffice]:
    """Makes offices on one database: each is a process with a cache of its own."""
    backends: list[Backend] = []
    keys = (generate_key(),)
    stores: dict[str, Store] = {}
    for code in ("ours", "theirs"):
        values: dict[str, Any] = {"currency": "EUR", "default_locale": "en", "locales": ["en"]}
        async with database.system_transaction() as session:
            new = insert(StoreRow).values(id=new_id(), code=code, name=code.title(), **values)
            row = (await session.scalars(new.returning(StoreRow))).one()
        stores[code] = Store(
            row.id, code, row.name, "EUR", "en", ("en",), "UTC", "default", (), frozenset(), 1
        )

    async def make(*, redis_url: str | None = None, clock: FakeClock | None = None) -> Office:
        chosen = clock or FakeClock()
        backends.append(await open_backend(redis_url, clock=chosen, answer_within=10.0))
        registry = Registry({"orders": lambda: OrdersPlugin, "catalog": lambda: CatalogPlugin})
        return Office(database, backends[-1], chosen, keys, registry, stores)

    yield make
    for backend in backends:
        await backend.close()


@pytest.fixture
async def office(make_office: MakeOffice) -> Office:
    return await make_office()
