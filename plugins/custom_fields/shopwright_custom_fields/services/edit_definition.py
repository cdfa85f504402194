# SPDX-License-Identifier: Apache-2.0
"""Declaring, changing, archiving and deleting the fields of merchants."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.http.versions import must_be
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions
from shopwright_custom_fields.services.check_definition import check_definition
from shopwright_custom_fields.services.definitions import TAG, Definition

SUBJECT = "custom_fields.definition"
MOST = 100
"""How many fields of its own a merchant gives one entity."""

_LOCK = text("""
SELECT id, kind, settings, archived, version FROM custom_fields_definition
WHERE entity = :entity AND key = :key FOR UPDATE
""")
_COUNT = text("SELECT count(*) FROM custom_fields_definition WHERE entity = :entity")
_USED = text("""
SELECT count(*) FROM custom_fields_value WHERE entity = :entity AND jsonb_exists(document, :key)
""")
_SAVE = text("""
INSERT INTO custom_fields_definition AS d (store_id, id, entity, key, kind, position, settings)
VALUES (:store_id, :id, :entity, :key, :kind, :position, CAST(:settings AS jsonb))
ON CONFLICT (store_id, id) DO UPDATE SET kind = excluded.kind, position = excluded.position,
    settings = excluded.settings, version = d.version + 1
""")
_ARCHIVE = text("""
UPDATE custom_fields_definition SET archived = :archived, version = version + 1
WHERE entity = :entity AND key = :key AND (CAST(:version AS integer) IS NULL OR version = :version) RETURNING id
""")
_DELETE = text(
    "DELETE FROM custom_fields_definition WHERE entity = :entity AND key = :key AND archived RETURNING id, version"
)
_FORGET = text("""
UPDATE custom_fields_value SET document = document - CAST(:key AS text), version = version + 1,
    translations = (SELECT coalesce(jsonb_object_agg(t.key, t.value - CAST(:key AS text)), '{}')
        FROM jsonb_each(translations) t)
WHERE entity = :entity AND jsonb_exists(document, :key)
""")
_UNINDEX = text("DELETE FROM custom_fields_index WHERE entity = :entity AND key = :key")
_INDEX = text("""
INSERT INTO custom_fields_index (store_id, id, entity, entity_id, key, value, is_unique)
SELECT v.store_id, gen_random_uuid(), v.entity, v.entity_id, :key, x.value, :is_unique
FROM custom_fields_value v
CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(v.document -> :key) WHEN 'array'
    THEN v.document -> :key ELSE jsonb_build_array(v.document -> :key) END) AS x(value)
WHERE v.entity = :entity AND jsonb_exists(v.document, :key)
""")


@dataclass(frozen=True, slots=True)
class Saved:
    """A field that was saved, and whether it is new."""

    id: UUID
    created: bool


async def get(ctx: Context, entity: str, key: str) -> Definition:
    """Give a field, a plugin's or a merchant's.

    Raises:
        NotFound: there is none.
    """
    for found in await definitions.everything(ctx):
        if found.field.entity == entity and found.field.key == key:
            return found
    raise NotFound(translatable("There is no such field."))


async def save(ctx: Context, field: CustomField, version: int | None) -> Saved:
    """Save a field of the merchant's under its entity and key.

    Args:
        ctx: of the store.
        field: what it is to be.
        version: the one that was read, 0 for a new field, None to save over whatever is there.

    Raises:
        Conflict: it was changed meanwhile, or is there already.
        Invalid: names what is wrong, and says what is accepted.
    """
    definitions.entity(ctx, field.entity)
    errors = check_definition(ctx, field)
    if errors:
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> Saved:
        return await _save(ctx, session, field, version)

    try:
        return await ctx.run(work)
    except IntegrityError:
        words = translatable("Some things have the same value already; make them different first.")
        raise Invalid(words, errors=[FieldError("/unique", "taken", words)]) from None


async def _save(ctx: Context, session: AsyncSession, field: CustomField, version: int | None) -> Saved:
    named = {"entity": field.entity, "key": field.key}
    known = (await session.execute(_LOCK, named)).one_or_none()
    there = known.version if known else 0
    if version is not None and version != there:
        words = translatable("Somebody else changed this field meanwhile; nothing was saved.")
        raise Conflict(words, code="version_conflict", extra={"version": there})
    if known is None and (await session.scalar(_COUNT, {"entity": field.entity}) or 0) >= MOST:
        words = translatable("There are 100 fields already; delete archived ones first.")
        raise Invalid(words, errors=[FieldError("/key", "too_many", words)])
    if known is not None and known.kind != field.kind:
        await _refuse_used(ctx, session, named)
    id_: UUID = known.id if known else new_id()
    values: dict[str, Any] = named | {"store_id": ctx.store.id, "id": id_, "kind": field.kind}
    values |= {"position": field.position, "settings": dump(definitions.stored(field))}
    await session.execute(_SAVE, values)
    if known is not None and _found_by(known.settings) != (field.unique, field.filterable):
        await reindex(session, [field])
    await _changed(ctx, session, "custom_fields.definition_saved", id_, named)
    return Saved(id_, known is None)


async def archive(ctx: Context, entity: str, key: str, *, archived: bool, version: int | None = None) -> None:
    """Take a field out of use, or back into it; its values stay.

    Raises:
        NotFound: there is no such field of the merchant's.
        Conflict: it was changed meanwhile.
    """
    found = await get(ctx, entity, key)
    named = {"entity": entity, "key": key}

    async def work(session: AsyncSession) -> None:
        values = named | {"archived": archived, "version": version}
        id_ = (await session.execute(_ARCHIVE, values)).scalar_one_or_none()
        if id_ is None:
            raise _not_changed(found)
        action = "custom_fields.definition_archived" if archived else "custom_fields.definition_restored"
        await _changed(ctx, session, action, id_, named)

    await ctx.run(work)


async def delete(ctx: Context, entity: str, key: str, version: int | None = None) -> None:
    """Delete an archived field with all its values.

    Raises:
        NotFound: there is no such field.
        Conflict: it is in use, archive it first; or it has another version than the given one.
    """
    found = await get(ctx, entity, key)
    named = {"entity": entity, "key": key}

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_DELETE, named)).one_or_none()
        if row is None:
            raise _not_changed(found)
        must_be(version, row.version)
        await session.execute(_FORGET, named)
        await session.execute(_UNINDEX, named)
        await _changed(ctx, session, "custom_fields.definition_deleted", row.id, named)

    await ctx.run(work)


async def used(ctx: Context, entity: str, key: str) -> int:
    """Count the things that have a value of a field."""
    async with ctx.transaction(readonly=True) as session:
        return int(await session.scalar(_USED, {"entity": entity, "key": key}) or 0)


async def reindex(session: AsyncSession, fields: Sequence[CustomField]) -> None:
    """Write anew what is found by."""
    for field in fields:
        named = {"entity": field.entity, "key": field.key}
        await session.execute(_UNINDEX, named)
        if field.unique or field.filterable:
            await session.execute(_INDEX, named | {"is_unique": field.unique})


def _found_by(settings: Any) -> tuple[bool, bool]:
    return settings["unique"], settings["filterable"]


async def _refuse_used(ctx: Context, session: AsyncSession, named: dict[str, str]) -> None:
    number = await session.scalar(_USED, named) or 0
    if number:
        words = ctx.gettext(
            "The kind cannot change: %(number)s values are kept. Archive this field and declare another one, "
            "or export the values, delete the field with them, and import them into the new one.",
            number=number,
        )
        raise Invalid(words, errors=[FieldError("/kind", "in_use", words)])


def _not_changed(found: Definition) -> Conflict:
    if found.id is None:
        return Conflict(translatable("A plugin declares this field; switch the plugin off to take it away."))
    if not found.archived:
        words = translatable("Archive this field first, or load it again: somebody else changed it.")
        return Conflict(words, code="not_archived")
    words = translatable("Somebody else changed this field meanwhile; nothing was saved.")
    return Conflict(words, code="version_conflict", extra={"version": found.version})


async def _changed(
    ctx: Context, session: AsyncSession, action: str, id_: UUID, named: dict[str, str]
) -> None:
    await ctx.audit(session, action, subject=(SUBJECT, id_), data=dict(named))
    await ctx.kernel.events.invalidate(ctx, session, [TAG])
