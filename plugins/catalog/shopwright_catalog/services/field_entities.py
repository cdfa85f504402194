# SPDX-License-Identifier: Apache-2.0
"""Products, variants and categories as things with custom fields, for the optional hook ``custom_field_entities``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.i18n import translatable


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of thing: the SQL that finds ids (``$1`` names) and names (``$1`` ids)."""

    code: str
    words: str
    view: str
    edit: str
    find_sql: str
    names_sql: str

    def label(self, ctx: Context) -> str:
        return ctx.gettext(self.words)

    async def find(self, ctx: Context, names: Sequence[str]) -> Mapping[str, UUID]:
        return {row["name"]: row["id"] for row in await ctx.fetch_rows(self.find_sql, list(names))}

    async def names(self, ctx: Context, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        return {row["id"]: row["name"] for row in await ctx.fetch_rows(self.names_sql, list(ids))}

    async def of_person(self, ctx: Context, person: object) -> Sequence[UUID]:
        del ctx, person
        return ()


def _entity(name: str, words: str, permission: str, table: str, column: str, condition: str = "") -> Entity:
    return Entity(
        f"catalog.{name}",
        words,
        f"catalog.{permission}.view",
        f"catalog.{permission}.edit",
        # A SKU that several variants have is nobody's name.
        f"SELECT (array_agg(x.id))[1] AS id, x.{column} AS name FROM {table} x "
        f"WHERE x.{column} = ANY($1::text[]){condition} GROUP BY x.{column} HAVING count(*) = 1",
        f"SELECT x.id, x.{column} AS name FROM {table} x WHERE x.id = ANY($1::uuid[])",
    )


ENTITIES = (
    _entity("product", translatable("Products"), "product", "catalog_product", "handle"),
    _entity(
        "variant",
        translatable("Variants"),
        "product",
        "catalog_variant",
        "sku",
        " AND x.sku <> '' AND NOT x.archived",
    ),
    _entity("category", translatable("Categories"), "category", "catalog_category", "handle"),
)
