# SPDX-License-Identifier: Apache-2.0
"""Opening kernels for tests: a database of their own, migrated for the plugins that are asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from shopwright.activation import NewStore, create_store, switch_plugin
from shopwright.actor import SYSTEM
from shopwright.auth.passwords import CHEAP, Passwords
from shopwright.clock import Clock, FakeClock, SystemClock
from shopwright.config import Config
from shopwright.db import DatabaseSettings
from shopwright.db.migrate import MigrationSource
from shopwright.kernel import Kernel
from shopwright.mail import MemoryMailer, Message
from shopwright.migrations import sources
from shopwright.plugin import Plugin
from shopwright.registry import Registry, discover
from shopwright.stores import Store
from shopwright.testing.database import MakeDatabase

TEST_KEY = "dGVzdHMtb25seS1rZXktMzItYnl0ZXMtbG9uZy0xMjM="
_PRESENT = timedelta(seconds=30)
OWNER_PASSWORD = "seven-lamps-on-the-pier"  # noqa: S105 - of tests only
ALPHA = NewStore("alpha", "Alpha", "EUR", "en", ("en", "de"), hosts=("alpha.localhost",))
BETA = NewStore("beta", "Beta", "USD", "en", ("en", "es"), hosts=("beta.localhost",))


async def open_kernel(
    make_database: MakeDatabase,
    folder: Path,
    plugins: Sequence[str | type[Plugin]],
    stores: Sequence[NewStore],
    sink: list[Message],
    *,
    clock: Clock | None = None,
    redis_url: str | None = None,
    url: str | None = None,
    enable: bool = True,
    config: dict[str, object] | None = None,
    database: dict[str, Any] | None = None,
) -> Kernel:
    """Open a kernel on a new database (or on ``url``), with stores and plugins on. See the fixture."""
    extra = {p.manifest.name: p for p in plugins if not isinstance(p, str)}
    names = with_required([p for p in plugins if isinstance(p, str)], extra)
    values: dict[str, Any] = {
        "data_dir": folder / "data", "secret_keys": (TEST_KEY,), "plugins": tuple(names),
        "requests_per_minute": 1_000_000,
    }  # fmt: skip

    async def opened(url: str, more: dict[str, type[Plugin]], **options: Any) -> Kernel:
        settings = DatabaseSettings(url, **{"pool_size": 5, "max_overflow": 5, **(database or {})})
        found = Config.model_validate({**values, "database_url": url, **options})
        kernel = await Kernel.open(found, clock=clock, extra_plugins=more, database=settings)
        kernel.mailer = MemoryMailer(sink)
        kernel.auth.passwords = Passwords(CHEAP)
        return kernel

    async def fill(url: str) -> None:
        async with await opened(url, {}) as kernel:
            kernel.mailer = MemoryMailer([])
            await _fill(kernel, stores, enable=enable)
            # Else every test that runs its jobs would run those of opening the stores first.
            await kernel.jobs.drain()

    if url is None:
        found = sources(Registry.load(names, extra=extra)) if extra else _sources_of(tuple(names))
        # What the installed plugins put into a store is the same beside a plugin of the test without tables.
        is_plain = not extra or (
            names and extra.keys().isdisjoint(names) and found == _sources_of(tuple(names))
        )
        if is_plain and (clock is None or isinstance(clock, FakeClock)):
            contents = repr((names, list(stores), enable, _moment(clock)))
            url = await make_database(found, contents=contents, fill=fill)
        else:
            url = await make_database(found)
    kernel = await opened(url, extra, redis_url=redis_url, **(config or {}))
    await _fill(kernel, stores, enable=enable)
    return kernel


def _moment(clock: Clock | None) -> datetime | None:
    """Give the time of a clock, if that is not the present: what was filled in just now serves all of the present."""
    now = SystemClock().now() if clock is None else clock.now()
    return None if abs(SystemClock().now() - now) < _PRESENT else now


@lru_cache
def _sources_of(names: tuple[str, ...]) -> list[MigrationSource]:
    return sources(Registry.load(names))


async def _fill(kernel: Kernel, stores: Sequence[NewStore], *, enable: bool) -> None:
    for new in stores:
        store = kernel.directory.by_code(new.code) or await create_store(kernel, new)
        if enable:
            await enable_all(kernel, store)
        await give_owner(kernel, store)


async def enable_all(kernel: Kernel, store: Store) -> None:
    """Switch every loaded plugin on in a store."""
    for plugin in kernel.registry.plugins:
        fresh = kernel.directory.by_id(store.id)
        if fresh is not None and plugin not in fresh.plugins:
            await switch_plugin(kernel.context(fresh, actor=SYSTEM), plugin, enabled=True)


async def give_owner(kernel: Kernel, store: Store) -> None:
    """Give a store its owner, ``owner@<code>.example``, whose password is ``OWNER_PASSWORD``."""
    ctx = kernel.context(store, actor=SYSTEM)
    if not await kernel.auth.staff.all(ctx):
        email = f"owner@{store.code}.example"
        await kernel.auth.staff.create(ctx, email=email, name="Owner", password=OWNER_PASSWORD, role="owner")


def with_required(names: Sequence[str], extra: dict[str, type[Plugin]]) -> list[str]:
    """Give the names of installed plugins, with all that they and the ``extra`` classes require."""
    points = discover()
    found: dict[str, None] = {}
    todo = [*names, *(r for plugin in extra.values() for r in plugin.manifest.requires if r not in extra)]
    while todo:
        name = todo.pop(0)
        if name not in found and name in points:
            found[name] = None
            todo += points[name].load().manifest.requires
    return sorted(found)
