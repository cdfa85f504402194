# SPDX-License-Identifier: Apache-2.0
"""References to products: found by handle or id when values are saved, and named when they are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ProductSummary
from shopwright_custom_fields.api import CustomField

if TYPE_CHECKING:
    from shopwright_custom_fields.services.save import Change


async def resolved(
    ctx: Context, fields: Mapping[str, CustomField], changes: "Sequence[Change]", places: Sequence[str]
) -> "tuple[list[Change], list[FieldError]]":
    """Put ids in place of the handles of products; gives an error for each that does not exist."""
    keys = [key for key, field in fields.items() if field.kind == "product"]
    wanted = {str(x.values[key]) for x in changes for key in keys if x.values.get(key)}
    if not wanted:
        return list(changes), []
    ids = await ids_of(ctx, sorted(wanted))
    found, errors = [], []
    for change, place in zip(changes, places, strict=True):
        values = dict(change.values)
        for key in keys:
            given = str(values.get(key) or "")
            if given and given not in ids:
                words = ctx.gettext(translatable("There is no such product; give its handle."))
                errors.append(FieldError(f"{place}/values/{key}", "product_unknown", words))
            elif given:
                values[key] = str(ids[given])
        found.append(replace(change, values=values))
    return found, errors


async def ids_of(ctx: Context, names: Sequence[str]) -> dict[str, UUID]:
    """Find products by handle or id."""
    by_id = {id_: name for name in names if (id_ := uuid_or_none(name)) is not None}
    known = {by_id[x.id]: x.id for x in await catalog.summaries(ctx, list(by_id))} if by_id else {}
    return known | await catalog.ids_of(ctx, [name for name in names if name not in known])


async def summaries(ctx: Context, values: Sequence[Any]) -> dict[str, ProductSummary]:
    """Give the products behind references, by id as text."""
    ids = [id_ for value in dict.fromkeys(values) if (id_ := uuid_or_none(value)) is not None]
    return {str(x.id): x for x in await catalog.summaries(ctx, ids)} if ids else {}


def uuid_or_none(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
