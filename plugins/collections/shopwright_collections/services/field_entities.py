# SPDX-License-Identifier: Apache-2.0
"""Collections as things with custom fields, for the optional hook ``custom_field_entities``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright.i18n import translatable


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of thing: the SQL that finds ids (``$1`` names), names (``$1`` ids), and what is a person's."""

    code: str
    words: str
    view: str
    edit: str
    find_sql: str
    names_sql: str
    person_sql: str = ""

    def label(self, ctx: Context) -> str:
        return ctx.gettext(self.words)

    async def find(self, ctx: Context, names: Sequence[str]) -> Mapping[str, UUID]:
        return {row["name"]: row["id"] for row in await ctx.fetch_rows(self.find_sql, list(names))}

    async def names(self, ctx: Context, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        return {row["id"]: row["name"] for row in await ctx.fetch_rows(self.names_sql, list(ids))}

    async def of_person(self, ctx: Context, person: Any) -> Sequence[UUID]:
        if not self.person_sql:
            return ()
        return [row["id"] for row in await ctx.fetch_rows(self.person_sql, person.customer_id, person.email)]


ENTITIES = (
    Entity(
        "collections.collection",
        translatable("Collections"),
        "collections.collection.view",
        "collections.collection.edit",
        "SELECT c.id, c.handle AS name FROM collections_collection c WHERE c.handle = ANY($1::text[])",
        "SELECT c.id, c.handle AS name FROM collections_collection c WHERE c.id = ANY($1::uuid[])",
    ),
)
