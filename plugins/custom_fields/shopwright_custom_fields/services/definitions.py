# SPDX-License-Identifier: Apache-2.0
"""The fields of a store: merchants' own and those of plugins that are on. Kept in memory between changes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.i18n import translatable
from shopwright_custom_fields.api import Choice, CustomField, FieldEntity, Visibility
from shopwright_custom_fields.hookspecs import custom_field_entities, register_custom_fields
from shopwright_custom_fields.services import kinds

TAG = "custom_fields.definitions"
SECONDS = 3600.0
PRIVATE = "custom_fields.definition.edit"
"""Who declares fields sees the private ones."""

_ALL = """
SELECT coalesce(jsonb_agg(jsonb_build_array(d.id, d.entity, d.key, d.kind, d.position, d.settings, d.archived,
    d.version) ORDER BY d.position, d.key), '[]')::text FROM custom_fields_definition d
"""


@dataclass(frozen=True, slots=True)
class Definition:
    """A field with where it is kept: without an id it is a plugin's."""

    field: CustomField
    id: UUID | None = None
    version: int = 0
    archived: bool = False


async def everything(ctx: Context) -> tuple[Definition, ...]:
    """Give all definitions of the store, archived ones too, in their order."""

    async def read() -> bytes:
        found: str = await ctx.fetch_value(_ALL)
        return found.encode()

    key, tags = f"{ctx.store.id}:custom_fields:definitions", [f"{ctx.store.id}:{TAG}"]
    own = _parsed(await ctx.kernel.backend.cache.get_or_set(key, SECONDS, read, tags))
    declared = [Definition(field) for field in ctx.hooks.registered(register_custom_fields).values()]
    if not declared:
        return own
    return tuple(sorted([*own, *declared], key=lambda x: (x.field.position, x.field.key)))


async def fields_of(
    ctx: Context, entity: str, visibility: Sequence[Visibility] | None = None
) -> dict[str, CustomField]:
    """Give the fields of an entity by key, archived ones left out; of some visibilities only."""
    return {
        x.field.key: x.field
        for x in await everything(ctx)
        if x.field.entity == entity
        and not x.archived
        and (visibility is None or x.field.visibility in visibility)
    }


def seen_by(ctx: Context) -> tuple[Visibility, ...]:
    """Give which visibilities the acting staff user may see."""
    return ("storefront", "staff", "private") if ctx.actor.can(PRIVATE) else ("storefront", "staff")


def entities(ctx: Context) -> Mapping[str, FieldEntity]:
    """Give what can have fields in this store, by code."""
    return ctx.hooks.registered(custom_field_entities)


def entity(ctx: Context, code: str) -> FieldEntity:
    """Give an entity.

    Raises:
        NotFound: there is none with this code, or its plugin is off.
    """
    found = entities(ctx).get(code)
    if found is None:
        raise NotFound(translatable("There is nothing of this kind that can have custom fields."))
    return found


def label(ctx: Context, field: CustomField) -> str:
    """Name a field in the context's language."""
    return _word(ctx, field, "label", field.label)


def help_text(ctx: Context, field: CustomField) -> str:
    return _word(ctx, field, "help", field.help)


def choice_label(ctx: Context, field: CustomField, code: str) -> str:
    words = next((choice.label for choice in field.choices if choice.code == code), code)
    return _word(ctx, field, f"choice.{code}", words)


def _word(ctx: Context, field: CustomField, name: str, words: str) -> str:
    told = field.translations.get(ctx.locale, {}).get(name, "")
    if told or field.key.startswith("custom."):
        return told or words
    return ctx.gettext(words) if words else ""


def stored(field: CustomField) -> dict[str, Any]:
    """Give the settings of a field as they are kept beside its columns."""
    values = asdict(field)
    for name in ("entity", "key", "kind", "position"):
        del values[name]
    for name in ("minimum", "maximum"):
        values[name] = None if values[name] is None else kinds.plain(values[name])
    return values


@lru_cache(maxsize=256)
def _parsed(text: bytes) -> tuple[Definition, ...]:
    return tuple(_definition(row) for row in orjson.loads(text))


def _definition(row: Any) -> Definition:
    id_, entity_code, key, kind, position, settings, archived, version = row
    for name in ("minimum", "maximum"):
        settings[name] = None if settings[name] is None else Decimal(settings[name])
    settings["choices"] = tuple(Choice(**choice) for choice in settings["choices"])
    field = CustomField(entity=entity_code, key=key, kind=kind, position=position, **settings)
    return Definition(field, UUID(id_), version, archived)
