# SPDX-License-Identifier: Apache-2.0
"""The context: the first argument of every hook, handler and service; nothing is global."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import SIGNED_IN_CUSTOMER, Actor
from shopwright.clock import Clock
from shopwright.errors import Forbidden, Unauthorized
from shopwright.hooks.call import Hooks
from shopwright.hooks.plan import StorePlans
from shopwright.i18n import Translator, format_money
from shopwright.money import Money
from shopwright.plugin import PluginSettings
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.http.visit import Visit
    from shopwright.jobs import Job
    from shopwright.kernel import Kernel

S = TypeVar("S", bound=PluginSettings)
T = TypeVar("T")
E = TypeVar("E")


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """One store, one actor, one piece of work: a request, a job, a command."""

    kernel: "Kernel"
    store: Store
    plans: StorePlans
    actor: Actor
    locale: str
    currency: str
    request_id: str
    market: str = ""
    """Code of the visitor's market; empty where the store has none, in the admin and in jobs."""
    visit: "Visit | None" = None
    """The web side of a request (session data, nonce, cache tags); None in jobs and commands."""

    def __repr__(self) -> str:
        return f"<Context {self.store.code} {self.actor.kind} {self.request_id}>"

    @property
    def hooks(self) -> Hooks:
        return Hooks(self, self.plans, self.kernel.breakers)

    @property
    def clock(self) -> Clock:
        return self.kernel.clock

    def is_active(self, plugin: str) -> bool:
        """Tell whether a plugin is on in this store."""
        return plugin in self.store.plugins

    def version_of(self, plugin: str) -> str:
        """Give the version of a plugin, for the trail of an amount; empty when it is gone."""
        found = self.kernel.registry.plugins.get(plugin)
        return found.manifest.version if found else ""

    def settings(self, model: type[S]) -> S:
        """Give a plugin's settings as they hold in this store and language."""
        return self.kernel.settings.get(model, self.store.id, self.locale)

    def require(self, permission: str) -> None:
        """Refuse unless the actor may.

        Raises:
            Unauthorized: nobody is signed in who could have the permission: staff are no customers, nor the
                other way round.
            Forbidden: the actor lacks the permission.
        """
        if self.actor.can(permission):
            return
        if self.actor.kind in {"anonymous", "customer"} or permission == SIGNED_IN_CUSTOMER:
            raise Unauthorized
        raise Forbidden(f"You need the permission {permission}.", code="permission_missing")

    def transaction(self, *, readonly: bool = False) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a database session in a transaction that sees this store only."""
        return self.kernel.db.transaction(self.store.id, readonly=readonly)

    async def run(self, work: Callable[[AsyncSession], Awaitable[T]], *, attempts: int = 4) -> T:
        """Run work in a transaction of this store; tried again on a fresh session after a conflict."""
        return await self.kernel.db.run(self.store.id, work, attempts=attempts)

    async def fetch_value(self, sql: str, *args: Any) -> Any:
        """Read one value by SQL with ``$1`` parameters: the hot path, read-only, this store only."""
        return await self.kernel.db.fetch_value(self.store.id, sql, *args)

    async def fetch_rows(self, sql: str, *args: Any) -> list[Any]:
        """Read rows by SQL with ``$1`` parameters: the hot path, read-only, this store only."""
        return await self.kernel.db.fetch_rows(self.store.id, sql, *args)

    async def enqueue(
        self,
        session: AsyncSession,
        job: "Job[E]",
        payload: E,
        *,
        delay: float = 0.0,
        dedupe_key: str | None = None,
    ) -> None:
        """Put a job into the queue within the caller's transaction; it runs after its commit."""
        await self.kernel.jobs.enqueue(self, session, job, payload, delay=delay, dedupe_key=dedupe_key)

    async def audit(
        self,
        session: AsyncSession,
        action: str,
        *,
        subject: tuple[str, UUID | str],
        data: dict[str, Any] | None = None,
    ) -> None:
        """Write an entry of the audit chain in the caller's transaction."""
        await self.kernel.audit.record(self, session, action, subject=subject, data=data or {})

    async def render(self, template: str, /, **values: Any) -> str:
        """Render a template through the store's loader chain."""
        return await self.kernel.templates.render(self, template, values)

    @property
    def translator(self) -> Translator:
        return self.kernel.translations.for_locale(self.locale)

    def gettext(self, message: str, **values: object) -> str:
        """Translate a message into the context's language; values fill ``%(name)s``."""
        return self.translator.gettext(message, **values)

    def format_money(self, money: Money) -> str:
        return format_money(money, self.locale)

    def in_market(self, code: str, currency: str) -> "Context":
        return replace(self, market=code, currency=currency)

    def as_actor(self, actor: Actor) -> "Context":
        return replace(self, actor=actor)
