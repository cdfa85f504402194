# SPDX-License-Identifier: Apache-2.0
"""Keeping and giving settings: reads come from a snapshot in memory, writes are validated and audited."""

import logging
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

import orjson
from pydantic import SecretStr, ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.db import Database
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright.plugin import PluginSettings
from shopwright.secrets import SecretBox, SecretUnreadable
from shopwright.settings.fields import Scope, SettingField, describe, scope_of, secret_names

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.registry import Registry

log = logging.getLogger(__name__)
S = TypeVar("S", bound=PluginSettings)
Key = tuple[str, UUID | None, str | None]
_WIDTH: dict[Scope, int] = {"installation": 0, "store": 1, "language": 2}

_READ = "SELECT plugin, store_id, locale, values FROM kernel_plugin_setting"
_MAKE = text("""
INSERT INTO kernel_plugin_setting (id, plugin, store_id, locale, values) VALUES (:id, :plugin, :store_id, :locale, '{}')
ON CONFLICT (plugin, store_id, locale) DO NOTHING
""")
"""Whoever is first makes the row, and the others wait for it: what is not there cannot be locked."""
_LOCK = text("""
SELECT id, values FROM kernel_plugin_setting WHERE plugin = :plugin AND store_id IS NOT DISTINCT FROM :store_id
    AND locale IS NOT DISTINCT FROM :locale FOR UPDATE
""")
_WRITE = text("""
UPDATE kernel_plugin_setting SET values = CAST(:values AS jsonb), version = version + 1 WHERE id = :id
""")


class SettingsService:
    """The settings of all plugins at all scopes."""

    def __init__(self, db: Database, registry: "Registry", box: SecretBox) -> None:
        self._db = db
        self._registry = registry
        self._box = box
        self._rows: dict[Key, dict[str, Any]] = {}
        self._built: dict[tuple[type[PluginSettings], UUID, str], PluginSettings] = {}

    async def refresh(self) -> None:
        """Read all settings in one statement."""
        rows = await self._db.fetch_rows(None, _READ)
        self._rows = {(r["plugin"], r["store_id"], r["locale"]): orjson.loads(r["values"]) for r in rows}
        self._built = {}

    def get(self, model: type[S], store_id: UUID, locale: str) -> S:
        """Give a plugin's settings as they hold in a store and language.

        What no longer fits the model is left out and logged: a changed model never stops a store.
        """
        key = (model, store_id, locale)
        found = self._built.get(key)
        if found is None:
            found = self._built[key] = _lenient(model, self._values(model, store_id, locale))
        return cast("S", found)

    def describe(self, plugin: str, ctx: "Context") -> list[SettingField]:
        """Describe a plugin's settings for a form, with what holds in the context's store and language."""
        model = self._model(plugin)
        present = self.get(model, ctx.store.id, ctx.locale)
        return describe(model, {name: getattr(present, name) for name in model.model_fields})

    async def save(self, ctx: "Context", plugin: str, values: Mapping[str, Any], scope: Scope) -> None:
        """Save some of a plugin's settings at one scope; what is not named stays. An empty secret keeps the old one.

        Raises:
            NotFound: no such plugin is loaded.
            Invalid: names each field that is unknown, wrong, or cannot be set at this scope.
        """
        model = self._model(plugin)
        secrets = secret_names(model)
        given = {n: v for n, v in values.items() if n not in secrets or _secret_text(v)}
        self._check(model, ctx, given, scope)
        stored = {name: self._stored(name, value, secrets) for name, value in given.items()}
        await self._write(ctx, plugin, scope, lambda before: before | stored)

    async def unset(self, ctx: "Context", plugin: str, names: Collection[str], scope: Scope) -> None:
        """Forget what was saved at one scope, secrets included: the wider scope's value or the default holds again.

        Raises:
            NotFound: no such plugin is loaded.
            Invalid: names each field that is unknown.
        """
        model = self._model(plugin)
        unknown = [
            FieldError(f"/{n}", "unknown", _unknown(model)) for n in names if n not in model.model_fields
        ]
        if unknown:
            raise Invalid(" ".join(f"{e.pointer[1:]}: {e.message}" for e in unknown), errors=unknown)
        await self._write(
            ctx, plugin, scope, lambda before: {n: v for n, v in before.items() if n not in names}
        )

    async def _write(
        self, ctx: "Context", plugin: str, scope: Scope, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        """Change the values of one scope in a transaction, with an audit entry that names what changed."""
        store_id = None if scope == "installation" else ctx.store.id
        locale = ctx.locale if scope == "language" else None
        keys = {"plugin": plugin, "store_id": store_id, "locale": locale}

        async def work(session: AsyncSession) -> None:
            await session.execute(_MAKE, keys | {"id": new_id()})
            row_id, before = (await session.execute(_LOCK, keys)).one()
            after = change(before)
            await session.execute(_WRITE, {"id": row_id, "values": dump(after)})
            named = before.keys() | after.keys()
            changed = sorted(name for name in named if before.get(name) != after.get(name))
            data = {"scope": scope, "changed": changed}
            await ctx.audit(session, "kernel.settings_saved", subject=("kernel.plugin", plugin), data=data)

        await ctx.run(work)
        await ctx.kernel.reload()

    def _check(
        self, model: type[PluginSettings], ctx: "Context", given: Mapping[str, Any], scope: Scope
    ) -> None:
        errors = [
            FieldError(f"/{name}", "wrong_scope", f"This is set for the whole {scope_of(info)}.")
            for name, info in model.model_fields.items()
            if name in given and _WIDTH[scope] > _WIDTH[scope_of(info)]
        ]
        try:
            model.model_validate(self._values(model, ctx.store.id, ctx.locale) | dict(given))
        except ValidationError as error:
            for problem in error.errors():
                pointer = "/" + "/".join(str(part) for part in problem["loc"])
                errors.append(FieldError(pointer, problem["type"], problem["msg"]))
        if errors:
            raise Invalid(" ".join(f"{e.pointer[1:]}: {e.message}" for e in errors), errors=errors)

    def _model(self, plugin: str) -> type[PluginSettings]:
        found = self._registry.plugins.get(plugin)
        if found is None:
            raise NotFound(f"There is no plugin {plugin!r}.", code="plugin_not_found")
        return found.manifest.settings

    def _values(self, model: type[PluginSettings], store_id: UUID, locale: str) -> dict[str, Any]:
        plugin = next((n for n, p in self._registry.plugins.items() if p.manifest.settings is model), "")
        merged: dict[str, Any] = {}
        for key in ((plugin, None, None), (plugin, store_id, None), (plugin, store_id, locale)):
            merged |= self._rows.get(key, {})
        for name in secret_names(model) & merged.keys():
            try:
                merged[name] = self._box.decrypt(merged[name])
            except SecretUnreadable:
                log.error("the secret %s of plugin %s cannot be read with the present keys", name, plugin)
                del merged[name]
        return merged

    def _stored(self, name: str, value: Any, secrets: frozenset[str]) -> Any:
        return self._box.encrypt(_secret_text(value)) if name in secrets else value


def _lenient(model: type[S], values: dict[str, Any]) -> S:
    while True:
        try:
            return model.model_validate(values)
        except ValidationError as error:
            wrong = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
            log.error("settings %s of %s are left out: %s", sorted(wrong), model.__name__, error)
            remaining = {name: value for name, value in values.items() if name not in wrong}
            if len(remaining) == len(values):
                return model()
            values = remaining


def _unknown(model: type[PluginSettings]) -> str:
    known = ", ".join(model.model_fields)
    return f"There is no such setting. There are: {known}." if known else "This plugin has no settings."


def _secret_text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")
