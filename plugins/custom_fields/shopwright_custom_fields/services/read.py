# SPDX-License-Identifier: Apache-2.0
"""Reading values: of many things in one statement, and none at all where there are no fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright_custom_fields.api import CustomField, Visibility
from shopwright_custom_fields.services import definitions

_VALUES = """
SELECT v.entity_id, v.document::text AS document, (v.translations -> $3)::text AS translation
FROM custom_fields_value v WHERE v.entity_id = ANY($1::uuid[]) AND v.entity = ANY($2::text[])
"""
_STORED = """
SELECT v.entity_id, v.document::text AS document, v.translations::text AS translations, v.version
FROM custom_fields_value v WHERE v.entity = $1 AND v.entity_id = ANY($2::uuid[])
"""
_PAGE = """
SELECT v.entity_id, v.document::text AS document, v.translations::text AS translations, v.version
FROM custom_fields_value v WHERE v.entity = $1 AND v.entity_id > $2 ORDER BY v.entity_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """The values of one thing as they are kept; version 0: none were ever saved."""

    id: UUID
    version: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


async def plain(
    ctx: Context, entity: str, ids: Sequence[UUID], visibility: Sequence[Visibility]
) -> dict[UUID, dict[str, Any]]:
    fields = await definitions.fields_of(ctx, entity, visibility)
    if not fields or not ids:
        return {id_: {} for id_ in ids}
    found = await documents(ctx, [entity], ids)
    return {id_: _filled(fields, found.get(id_, {})) for id_ in ids}


async def stored(ctx: Context, entity: str, ids: Sequence[UUID]) -> dict[UUID, Stored]:
    """Give values as they are kept, by id; also of things that have none."""
    found = {row["entity_id"]: _stored(row) for row in await ctx.fetch_rows(_STORED, entity, list(ids))}
    return {id_: found.get(id_, Stored(id_)) for id_ in ids}


async def page(ctx: Context, entity: str, after: UUID | None, limit: int) -> list[Stored]:
    """Walk through things that have values, by id."""
    return [_stored(row) for row in await ctx.fetch_rows(_PAGE, entity, after or UUID(int=0), limit)]


def _filled(fields: Mapping[str, CustomField], document: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: document.get(key, own.default) for key, own in fields.items()}
    return {key: value for key, value in values.items() if value is not None}


async def documents(ctx: Context, entities: Sequence[str], ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Give what is kept of things of several entities, in the context's language; defaults are not in it."""
    rows = await ctx.fetch_rows(_VALUES, list(ids), list(entities), ctx.locale)
    found = {}
    for row in rows:
        document = orjson.loads(row["document"])
        if row["translation"]:
            document |= orjson.loads(row["translation"])
        found[row["entity_id"]] = document
    return found


def _stored(row: Any) -> Stored:
    return Stored(
        row["entity_id"], row["version"], orjson.loads(row["document"]), orjson.loads(row["translations"])
    )
