# SPDX-License-Identifier: Apache-2.0
"""Saving values of many things at once: checked by their fields, unless somebody was faster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions, references
from shopwright_custom_fields.services.checking import Checked, check_change
from shopwright_custom_fields.services.read import Stored

MOST = 500
"""How many things are saved at once."""
_LOCK = text("""
SELECT entity_id, document::text AS document, translations::text AS translations, version
FROM custom_fields_value WHERE entity = :entity AND entity_id = ANY(CAST(:ids AS uuid[]))
ORDER BY entity_id FOR UPDATE
""")
_SAVE = text("""
INSERT INTO custom_fields_value AS v
    (store_id, id, entity, entity_id, document, translations, version, updated_at)
SELECT :store_id, x.id, :entity, x.entity_id, x.document, x.translations, x.version, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS x(id uuid, entity_id uuid, document jsonb, translations jsonb, version integer)
ORDER BY x.entity_id
ON CONFLICT (store_id, entity_id, entity) DO UPDATE SET document = excluded.document,
    translations = excluded.translations, version = excluded.version, updated_at = excluded.updated_at
    WHERE v.version = excluded.version - 1
RETURNING entity_id
""")
_UNINDEX = text("""
DELETE FROM custom_fields_index WHERE entity = :entity AND entity_id = ANY(CAST(:ids AS uuid[]))
""")
_INDEX = text("""
INSERT INTO custom_fields_index (store_id, id, entity, entity_id, key, value, is_unique)
SELECT :store_id, x.id, :entity, x.entity_id, x.key, x.value, x.is_unique
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, entity_id uuid, key text, value text, is_unique boolean)
""")
_TAKEN = text("""
SELECT i.key, i.value FROM custom_fields_index i
JOIN jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(key text, value text) ON x.key = i.key AND x.value = i.value
WHERE i.entity = :entity AND i.is_unique AND i.entity_id <> ALL(CAST(:ids AS uuid[]))
""")
_ALREADY = translatable("Something else has this value already; it must be unique.")


class _Raced(Exception):
    """Somebody saved the first values of a thing at the same moment, when there was nothing yet to lock."""


@dataclass(frozen=True, slots=True)
class Change:
    """New values of one thing: what is not named stays, None takes a value away."""

    id: UUID
    values: Mapping[str, Any]
    version: int | None = None
    """The one that was read, 0: none were saved yet; None: whatever is there."""
    translations: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)


async def save(
    ctx: Context, entity: str, changes: Sequence[Change], *, prefixes: Sequence[str] | None = None
) -> list[int]:
    """Save all changes or none; gives the new versions.

    Args:
        ctx: of the store.
        entity: what is changed, by code.
        changes: of different things.
        prefixes: for each change, what stands before its fields in pointers of errors.

    Raises:
        Invalid: names the fields and what they accept.
        Conflict: values were changed since they were read; says which version there is.
    """
    fields = await definitions.fields_of(ctx, entity)
    places = list(prefixes or [""] * len(changes))
    changes, errors = await references.resolved(ctx, fields, changes, places)
    if errors:
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> list[int]:
        return await _save(ctx, session, entity, fields, changes, places)

    try:
        try:
            return await ctx.run(work)
        except _Raced:
            return await ctx.run(work)
    except IntegrityError:
        raise Invalid(_ALREADY, errors=[FieldError("/values", "taken", _ALREADY)]) from None


async def _save(
    ctx: Context,
    session: AsyncSession,
    entity: str,
    fields: Mapping[str, CustomField],
    changes: Sequence[Change],
    places: Sequence[str],
) -> list[int]:
    there = await _locked(session, entity, [change.id for change in changes])
    checked, errors = [], []
    for change, place in zip(changes, places, strict=True):
        known = there.get(change.id, Stored(change.id))
        if change.version is not None and change.version != known.version:
            words = translatable("Somebody else changed these fields meanwhile; nothing was saved.")
            raise Conflict(words, code="version_conflict", extra={"version": known.version})
        found = check_change(ctx, fields, known, change.values, change.translations)
        checked.append(found)
        errors += [replace(error, pointer=f"{place}{error.pointer}") for error in found.errors]
    errors += await _taken(ctx, session, entity, fields, checked, changes, places)
    if errors:
        raise Invalid(errors=errors)
    versions = [there[x.id].version + 1 if x.id in there else 1 for x in changes]
    await _write(ctx, session, entity, fields, checked, versions)
    keys = {k for x in changes for k in (*x.values, *(k for texts in x.translations.values() for k in texts))}
    told: dict[str, Any] = {"keys": sorted(keys)}
    if len(changes) > 1:
        told["ids"] = [str(change.id) for change in changes]
    subject = (entity, changes[0].id if len(changes) == 1 else "")
    await ctx.audit(session, "custom_fields.values_saved", subject=subject, data=told)
    await ctx.kernel.events.invalidate(ctx, session, _tags(entity, changes))
    return versions


def _tags(entity: str, changes: Sequence[Change]) -> list[str]:
    # A variant is shown on the page of its product, and nothing here says which that is.
    if entity == "catalog.variant":
        return [definitions.TAG]
    return [f"{entity}:{change.id}" for change in changes] + [f"custom_fields.{entity}"]


async def _locked(session: AsyncSession, entity: str, ids: Sequence[UUID]) -> dict[UUID, Stored]:
    rows = await session.execute(_LOCK, {"entity": entity, "ids": list(ids)})
    return {
        row.entity_id: Stored(
            row.entity_id, row.version, orjson.loads(row.document), orjson.loads(row.translations)
        )
        for row in rows
    }


async def _taken(
    ctx: Context,
    session: AsyncSession,
    entity: str,
    fields: Mapping[str, CustomField],
    checked: Sequence[Checked],
    changes: Sequence[Change],
    places: Sequence[str],
) -> list[FieldError]:
    """Find values that must be unique and are not, here and among all others; who has one already keeps it."""
    wanted: dict[tuple[str, str], list[int]] = {}
    for place, found in enumerate(checked):
        for key, value in index_rows(fields, found.values):
            if fields[key].unique:
                wanted.setdefault((key, value), []).append(place)
    if not wanted:
        return []
    rows = await session.execute(
        _TAKEN,
        {
            "entity": entity,
            "ids": [found.id for found in checked],
            "rows": dump([{"key": key, "value": value} for key, value in wanted]),
        },
    )
    taken = {(row.key, row.value) for row in rows}
    return [
        FieldError(f"{places[place]}/values/{key}", "taken", ctx.gettext(_ALREADY))
        for (key, value), used in wanted.items()
        for place in (
            used
            if (key, value) in taken
            else sorted(used, key=lambda place: key in changes[place].values)[1:]
        )
    ]


async def _write(
    ctx: Context,
    session: AsyncSession,
    entity: str,
    fields: Mapping[str, CustomField],
    checked: Sequence[Checked],
    versions: Sequence[int],
) -> None:
    own = {"store_id": ctx.store.id, "entity": entity}
    rows = [
        {
            "id": new_id(),
            "entity_id": x.id,
            "document": x.values,
            "translations": x.translations,
            "version": n,
        }
        for x, n in zip(checked, versions, strict=True)
    ]
    saved = await session.execute(_SAVE, own | {"rows": dump(rows), "now": ctx.clock.now()})
    if len(saved.all()) < len(checked):
        raise _Raced
    await session.execute(_UNINDEX, {"entity": entity, "ids": [x.id for x in checked]})
    indexed = [
        {"id": new_id(), "entity_id": x.id, "key": key, "value": value, "is_unique": fields[key].unique}
        for x in checked
        for key, value in index_rows(fields, x.values)
    ]
    if indexed:
        await session.execute(_INDEX, own | {"rows": dump(indexed)})


def index_rows(fields: Mapping[str, CustomField], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what is found by: keys and values of fields that are unique or filtered by."""
    found = []
    for key, value in values.items():
        own = fields.get(key)
        if own is not None and (own.unique or own.filterable):
            parts = value if isinstance(value, list) else [value]
            found += [(key, index_text(part)) for part in parts]
    return found


def index_text(value: Any) -> str:
    """Write a value as it stands in the index."""
    return str(value).lower() if isinstance(value, bool) else str(value)
