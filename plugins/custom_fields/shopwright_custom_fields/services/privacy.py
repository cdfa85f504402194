# SPDX-License-Identifier: Apache-2.0
"""What fields say of a person: for the copy they may ask for, and what goes when they are forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_custom_fields.api import Person
from shopwright_custom_fields.services import definitions, read

_FORGET = text("""
DELETE FROM custom_fields_value WHERE entity = :entity AND entity_id = ANY(CAST(:ids AS uuid[]))
RETURNING entity_id
""")
_UNINDEX = text("""
DELETE FROM custom_fields_index WHERE entity = :entity AND entity_id = ANY(CAST(:ids AS uuid[]))
""")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a copy, as the plugin ``customers`` takes it."""

    code: str
    title: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a kind of data, as the plugin ``customers`` takes it."""

    code: str
    title: str
    action: Literal["erased", "kept"]
    number: int
    reason: str = ""


async def sections(ctx: Context, person: Person) -> list[Section]:
    """Give all values of what belongs to a person: of private, archived and gone fields too."""
    found = []
    for code, ids in (await _own(ctx, person)).items():
        stored = await read.stored(ctx, code, ids)
        rows = [
            {"id": x.id, "values": x.values, "translations": x.translations}
            for x in stored.values()
            if x.version
        ]
        if rows:
            title = ctx.gettext("Custom fields: %(entity)s", entity=definitions.entity(ctx, code).label(ctx))
            found.append(Section(f"custom_fields.{code}", title, rows))
    return found


async def forget(ctx: Context, session: AsyncSession, person: Person) -> list[Outcome]:
    """Erase all values of what belongs to a person; no law has a store keep them."""
    found = []
    for code, ids in (await _own(ctx, person)).items():
        named = {"entity": code, "ids": list(ids)}
        gone = (await session.execute(_FORGET, named)).all()
        await session.execute(_UNINDEX, named)
        title = ctx.gettext("Custom fields: %(entity)s", entity=definitions.entity(ctx, code).label(ctx))
        found.append(Outcome(f"custom_fields.{code}", title, "erased", len(gone)))
    return found


async def _own(ctx: Context, person: Person) -> dict[str, Sequence[UUID]]:
    """Give the ids of what belongs to a person, by entity. Read beside the transaction that forgets them."""
    found = {code: await own.of_person(ctx, person) for code, own in definitions.entities(ctx).items()}
    return {code: ids for code, ids in found.items() if ids}
