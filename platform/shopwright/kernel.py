# SPDX-License-Identifier: Apache-2.0
"""The kernel: the parts of one running installation, opened and closed together."""

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Self

import asyncpg

from shopwright.activation import StoreDirectory
from shopwright.actor import ANONYMOUS, Actor
from shopwright.audit import AuditLog
from shopwright.auth import Auth
from shopwright.cache import Backend, open_backend
from shopwright.clock import Clock, SystemClock
from shopwright.config import Config
from shopwright.context import Context
from shopwright.db import Database, DatabaseSettings
from shopwright.errors import UsageError
from shopwright.events import Events
from shopwright.hooks import Breakers
from shopwright.http.dispatch import Table
from shopwright.http.kernel_routes import kernel_routes
from shopwright.http.visit import Visit
from shopwright.i18n import TranslationRegistry
from shopwright.ids import new_id
from shopwright.jobs.service import Jobs
from shopwright.keys import secret_keys
from shopwright.mail import LogMailer, Mailer
from shopwright.plugin import Plugin
from shopwright.problems import ProblemBoard
from shopwright.registry import Registry
from shopwright.secrets import SecretBox
from shopwright.settings import SettingsService
from shopwright.stores import Store
from shopwright.templating.engine import Templates
from shopwright.templating.themes import Themes

log = logging.getLogger(__name__)


class Kernel:
    """One running installation. ``await Kernel.open(config)`` gives it, ``close`` ends it."""

    config: Config
    clock: Clock
    registry: Registry
    db: Database
    backend: Backend
    directory: StoreDirectory
    settings: SettingsService
    breakers: Breakers
    problems: ProblemBoard
    translations: TranslationRegistry
    themes: Themes
    templates: Templates
    events: Events
    jobs: Jobs
    audit: AuditLog
    auth: Auth
    secret_keys: tuple[str, ...]
    mailer: Mailer

    def __init__(self, config: Config, registry: Registry, clock: Clock) -> None:
        self.config = config
        self.registry = registry
        self.clock = clock
        self.secret_keys = secret_keys(config)
        self.routes = Table(registry, kernel_routes())
        self.themes = Themes(config.theme_dirs)
        at_start = [*registry.problems, *self.routes.problems, *self.themes.problems]
        self.problems = ProblemBoard(at_start, clock)
        self.breakers = Breakers(clock, on_change=self.problems.breaker_changed)
        self.translations = TranslationRegistry()
        self.mailer = LogMailer()
        self.draining = False
        self._stack = AsyncExitStack()

    @classmethod
    async def open(
        cls,
        config: Config,
        *,
        clock: Clock | None = None,
        extra_plugins: Mapping[str, type[Plugin]] | None = None,
        database: DatabaseSettings | None = None,
    ) -> Self:
        """Load plugins, connect, and read stores, activation and settings.

        Raises:
            UsageError: the database cannot be reached or is not migrated; says how to mend it.
        """
        registry = Registry.load(config.plugins, safe_mode=config.safe_mode, extra=extra_plugins)
        kernel = cls(config, registry, clock or SystemClock())
        try:
            await kernel._connect(database)
        except (OSError, asyncpg.PostgresError) as error:
            await kernel.close()
            raise UsageError(_why_closed(error)) from error
        except BaseException:
            await kernel.close()
            raise
        return kernel

    async def _connect(self, database: DatabaseSettings | None) -> None:
        self.db = Database(database or DatabaseSettings.from_config(self.config))
        self._stack.push_async_callback(self.db.close)
        await self.db.open()
        self.backend = await open_backend(self.config.redis_url, clock=self.clock)
        self._stack.push_async_callback(self.backend.close)
        self.directory = StoreDirectory(self.db, self.registry)
        self.settings = SettingsService(self.db, self.registry, SecretBox(self.secret_keys))
        self.templates = Templates(self)
        self.events = Events(self)
        self.jobs = Jobs(self)
        self.audit = AuditLog(self.clock)
        self.auth = Auth(self)
        await self.reload()
        await self.db.listen("shopwright_config", self._config_changed)
        await self.problems.share(self.db)
        self._stack.push_async_callback(self.problems.close)
        await self.events.start()

    async def _config_changed(self, _payload: str) -> None:
        await self.reload()

    async def reload(self) -> None:
        """Read stores, activation and settings anew; requests under way keep the snapshot they began with."""
        await self.settings.refresh()
        await self.directory.refresh()
        self.templates.forget()

    def context(
        self,
        store: Store,
        *,
        actor: Actor = ANONYMOUS,
        locale: str | None = None,
        currency: str | None = None,
        request_id: str | None = None,
        visit: Visit | None = None,
        market: str = "",
    ) -> Context:
        """Make the context of one piece of work in a store."""
        return Context(
            kernel=self,
            store=store,
            plans=self.directory.plans(store),
            actor=actor,
            locale=locale or store.default_locale,
            currency=currency or store.currency,
            request_id=request_id or str(new_id()),
            visit=visit,
            market=market,
        )

    async def close(self) -> None:
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _why_closed(error: Exception) -> str:
    if isinstance(error, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        return "The database does not have our tables as they are now: run `shopwright migrate`."
    return f"The database cannot be used: {error}. Start it, or correct DATABASE_URL."
