# SPDX-License-Identifier: Apache-2.0
"""Finding things by the names people know, or by id."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright_custom_fields.api import FieldEntity
from shopwright_custom_fields.services.references import uuid_or_none


async def find_all(ctx: Context, entity: FieldEntity, names: Sequence[str]) -> dict[str, UUID]:
    """Give ids by what was given, a name or an id as text; unknown ones are left out."""
    found = dict(await entity.find(ctx, names))
    by_id = {id_: name for name in names if name not in found and (id_ := uuid_or_none(name)) is not None}
    if by_id:
        known = await entity.names(ctx, list(by_id))
        found |= {name: id_ for id_, name in by_id.items() if id_ in known}
    return found
