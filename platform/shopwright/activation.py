# SPDX-License-Identifier: Apache-2.0
"""Stores and activation: one snapshot per process, renewed when the database says that something changed."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import SYSTEM
from shopwright.db import Database
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.hooks.plan import StorePlans
from shopwright.hooks.spec import policy_of
from shopwright.hookspecs import PluginSwitched, plugin_disabled, plugin_enabled
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.money import CURRENCIES
from shopwright.registry import Registry, Spec
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_SNAPSHOT = """
SELECT (SELECT version FROM kernel_config_version) AS version, s.id, s.code, s.name, s.currency,
    s.default_locale, s.locales, s.timezone, s.theme,
    ARRAY(SELECT h.host::text FROM kernel_store_host h WHERE h.store_id = s.id
        ORDER BY h.is_primary DESC, h.host) AS hosts,
    ARRAY(SELECT a.plugin FROM kernel_activation a WHERE a.store_id = s.id AND a.enabled) AS enabled
FROM kernel_store s ORDER BY s.code
"""
_SWITCH = text("""
INSERT INTO kernel_activation (store_id, plugin, enabled, changed_at, changed_by)
VALUES (:store_id, :plugin, :enabled, :now, :by)
ON CONFLICT (store_id, plugin) DO UPDATE SET enabled = :enabled, changed_at = :now, changed_by = :by
""")
_CREATE = text("""
WITH store AS (
    INSERT INTO kernel_store (id, code, name, currency, default_locale, locales, timezone, theme)
    VALUES (:id, :code, :name, :currency, :default_locale, :locales, :timezone, :theme)
), hosts AS (
    INSERT INTO kernel_store_host (host, store_id, is_primary)
    SELECT host, :id, place = 1 FROM unnest(CAST(:hosts AS text[])) WITH ORDINALITY AS h (host, place)
)
INSERT INTO kernel_activation (store_id, plugin, enabled, changed_by)
SELECT :id, plugin, true, 'created' FROM unnest(CAST(:plugins AS text[])) AS plugin
""")
_THEME = text("UPDATE kernel_store SET theme = :theme, version = version + 1 WHERE id = :id")


@dataclass(frozen=True, slots=True)
class NewStore:
    """A store to make. The first host is the primary one."""

    code: str
    name: str
    currency: str
    default_locale: str = "en"
    locales: tuple[str, ...] = ("en",)
    timezone: str = "UTC"
    theme: str = "atelier"
    hosts: tuple[str, ...] = ()


class StoreDirectory:
    """The stores as this process knows them. A snapshot is never replaced by an older one."""

    def __init__(self, db: Database, registry: Registry) -> None:
        self._db = db
        self._registry = registry
        self._lock = asyncio.Lock()
        self._by_id: dict[UUID, Store] = {}
        self._by_host: dict[str, Store] = {}
        self._plans: dict[UUID, tuple[Store, StorePlans]] = {}
        self.version = 0

    async def refresh(self) -> None:
        """Read stores, hosts and activation in one statement."""
        async with self._lock:
            rows = await self._db.fetch_rows(None, _SNAPSHOT)
            if rows and rows[0]["version"] < self.version:
                return
            self.version = rows[0]["version"] if rows else self.version
            stores = [self._store(row) for row in rows]
            self._by_id = {store.id: store for store in stores}
            self._by_host = {host: store for store in stores for host in store.hosts}

    def by_host(self, host: str) -> Store | None:
        return self._by_host.get(host.lower())

    def by_code(self, code: str) -> Store | None:
        return next((store for store in self._by_id.values() if store.code == code), None)

    def by_id(self, store_id: UUID) -> Store | None:
        return self._by_id.get(store_id)

    def all(self) -> list[Store]:
        return list(self._by_id.values())

    def plans(self, store: Store) -> StorePlans:
        """Give the hook plans of a store's snapshot; kept until the store has a newer one."""
        found = self._plans.get(store.id)
        if found is None or found[0] is not store:
            plans = StorePlans(self._registry, store.id, store.plugins)
            found = (store, plans)
            known = self._by_id.get(store.id)
            if known is store:
                self._plans[store.id] = found
        return found[1]

    def _store(self, row: object) -> Store:
        data = dict(row)  # type: ignore[call-overload]
        enabled = set(data.pop("enabled")) & set(self._registry.plugins)
        active = frozenset(name for name in enabled if self._registry.requires_closure(name) <= enabled)
        before = self._by_id.get(data["id"])
        store = Store(
            **data | {"locales": tuple(data["locales"]), "hosts": tuple(h.lower() for h in data["hosts"])},
            plugins=active,
        )
        return before if before == store else store


@dataclass(frozen=True, slots=True)
class SwitchPlan:
    """What switching a plugin would do, shown before it is done."""

    plugin: str
    enabled: bool
    missing: tuple[str, ...]
    """Plugins that must be switched on first."""
    needed_by: tuple[str, ...]
    """Plugins that are on and need it."""
    hooks: tuple[str, ...]
    routes: tuple[str, ...]
    jobs: tuple[str, ...]
    permissions: tuple[str, ...]
    hosts: tuple[str, ...]
    conflicts: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return not (self.missing if self.enabled else self.needed_by)


def plan_switch(kernel: "Kernel", store: Store, plugin: str, *, enabled: bool) -> SwitchPlan:
    """Tell what switching a plugin in a store would do.

    Raises:
        NotFound: no such plugin is loaded.
    """
    registry = kernel.registry
    found = registry.plugins.get(plugin)
    if found is None:
        raise NotFound(f"There is no plugin {plugin!r}.", code="plugin_not_found")
    specs = registry.specs()
    mine = [s for s in specs if any(i.plugin_name == plugin for i in registry.implementations(s.function))]
    registered = {spec.name: _codes(registry, spec, plugin) for spec in specs}
    return SwitchPlan(
        plugin=plugin,
        enabled=enabled,
        missing=tuple(sorted(registry.requires_closure(plugin) - store.plugins)),
        needed_by=tuple(sorted(set(registry.required_by(plugin)) & store.plugins)),
        hooks=tuple(spec.name for spec in mine),
        routes=registered["register_routes"],
        jobs=registered["register_jobs"],
        permissions=tuple(p.label for p in found.manifest.permissions),
        hosts=found.manifest.hosts,
        conflicts=_conflicts(kernel, store, plugin, mine),
    )


async def switch_plugin(ctx: "Context", plugin: str, *, enabled: bool) -> None:
    """Switch a plugin on or off in a store: audited, and effective in this process when it returns.

    Raises:
        NotFound: no such plugin is loaded.
        Conflict: it needs others that are off, or others that are on need it; names them.
    """
    kernel = ctx.kernel
    store = kernel.directory.by_id(ctx.store.id) or ctx.store
    plan = plan_switch(kernel, store, plugin, enabled=enabled)
    if enabled and plan.missing:
        raise Conflict(f"Switch on first: {', '.join(plan.missing)}.", code="requires_missing")
    if not enabled and plan.needed_by:
        raise Conflict(
            f"{plugin} is needed by {', '.join(plan.needed_by)}: switch these off first.", code="needed"
        )
    by = ctx.actor.label or ctx.actor.kind

    async def work(session: AsyncSession) -> None:
        values = {
            "store_id": store.id,
            "plugin": plugin,
            "enabled": enabled,
            "now": ctx.clock.now(),
            "by": by,
        }
        action = f"kernel.plugin_{'enabled' if enabled else 'disabled'}"
        if not enabled:
            await _announce(ctx, session, plugin, enabled=False)
        await session.execute(_SWITCH, values)
        await ctx.audit(session, action, subject=("kernel.plugin", plugin))

    await ctx.run(work)
    await kernel.reload()
    if enabled:
        fresh = kernel.directory.by_id(store.id)
        assert fresh is not None
        now = kernel.context(fresh, actor=ctx.actor)
        await now.run(lambda session: _announce(now, session, plugin, enabled=True))


async def choose_theme(ctx: "Context", theme: str) -> None:
    """Give the store another theme, effective in this process when it returns.

    Raises:
        Forbidden: the actor may not.
        Invalid: no such theme is installed.
    """
    ctx.require("kernel.settings.edit")
    if ctx.kernel.themes.get(theme) is None:
        unknown = FieldError("/theme", "unknown", translatable("This theme is not installed."))
        raise Invalid(unknown.message, errors=[unknown])

    async def work(session: AsyncSession) -> None:
        await session.execute(_THEME, {"id": ctx.store.id, "theme": theme})
        data = {"before": ctx.store.theme, "after": theme}
        await ctx.audit(session, "kernel.theme_chosen", subject=("kernel.store", ctx.store.id), data=data)

    await ctx.run(work)
    await ctx.kernel.reload()


async def create_store(kernel: "Kernel", new: NewStore) -> Store:
    """Make a store with the plugins that are on by default.

    Raises:
        Invalid: a value cannot be used; names the field.
        Conflict: the code or a host belongs to another store.
    """
    _check(new)
    registry = kernel.registry
    chosen = [name for name, plugin in registry.plugins.items() if plugin.manifest.enabled_by_default]
    plugins = sorted({*chosen, *(r for name in chosen for r in registry.requires_closure(name))})
    store_id = new_id()
    values = {
        "id": store_id, "code": new.code, "name": new.name.strip(), "currency": new.currency,
        "default_locale": new.default_locale, "locales": list(new.locales), "timezone": new.timezone,
        "theme": new.theme, "hosts": [host.lower() for host in new.hosts], "plugins": plugins,
    }  # fmt: skip
    try:
        async with kernel.db.transaction(store_id) as session:
            await session.execute(_CREATE, values)
    except IntegrityError as error:
        field, value = (
            ("hosts", ", ".join(new.hosts)) if "store_host" in str(error.orig) else ("code", new.code)
        )
        problem = FieldError(f"/{field}", "taken", f"{value!r} belongs to another store already.")
        raise Conflict(problem.message, code="store_taken", errors=[problem]) from error
    await kernel.reload()
    store = kernel.directory.by_id(store_id)
    assert store is not None
    ctx = kernel.context(store, actor=SYSTEM)
    await ctx.run(
        lambda session: ctx.audit(session, "kernel.store_created", subject=("kernel.store", store_id))
    )
    return store


async def _announce(ctx: "Context", session: AsyncSession, plugin: str, *, enabled: bool) -> None:
    event = PluginSwitched(plugin, ctx.actor.label or ctx.actor.kind)
    spec = plugin_enabled if enabled else plugin_disabled
    await ctx.hooks.emit(session, spec, event, aggregate=("kernel.store", ctx.store.id))


def _check(new: NewStore) -> None:
    errors: list[FieldError] = []
    if not new.code.replace("-", "").isalnum() or not new.code.islower() or not new.code[:1].isalpha():
        errors.append(
            FieldError("/code", "bad_code", "Use lower-case letters, digits and hyphens, like lumen.")
        )
    if not new.name.strip():
        errors.append(FieldError("/name", "required", "Give the store a name."))
    if new.currency not in CURRENCIES:
        errors.append(FieldError("/currency", "unknown", "Use an ISO 4217 code, like EUR."))
    if new.default_locale not in new.locales:
        errors.append(
            FieldError("/default_locale", "unknown", "The default language must be one of the languages.")
        )
    errors += [
        FieldError("/hosts", "bad_host", f"{host!r} is no host name; write it like shop.example.com.")
        for host in new.hosts
        if not _HOST.fullmatch(host)
    ]
    if errors:
        raise Invalid(" ".join(error.message for error in errors), errors=errors)


def _codes(registry: Registry, spec: Spec, plugin: str) -> tuple[str, ...]:
    return tuple(code for code, entry in registry.registered(spec.function).items() if entry.plugin == plugin)


def _conflicts(kernel: "Kernel", store: Store, plugin: str, mine: Sequence[Spec]) -> tuple[str, ...]:
    """Tell in which exclusive hooks somebody else answers too, and who goes first."""
    found = []
    for spec in mine:
        function, name = spec.function, spec.name
        if policy_of(function).mode != "first":
            continue
        order = [i.plugin_name for i in kernel.registry.implementations(function)]
        others = [other for other in order if other in store.plugins and other != plugin]
        if others:
            shown = " → ".join(other for other in order if other in store.plugins or other == plugin)
            found.append(f"{name}: only the first answer counts; the order is {shown}.")
    return tuple(found)
