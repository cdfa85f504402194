# SPDX-License-Identifier: Apache-2.0
"""Saving a category by handle."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog.api import CategoryInput
from shopwright_catalog.api.handles import check_handle, own_handles, taken_handles
from shopwright_catalog.jobs import RefillCategory, refill_category, want_renditions
from shopwright_catalog.services import category_tree, handles
from shopwright_catalog.services.pictures import MISSING, is_source
from shopwright_catalog.services.read_categories import TAG

_KNOWN = text("""
SELECT h.handle, c.id, c.title, c.handle AS main, (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
    FROM jsonb_each(c.translations) t WHERE t.value ->> 'handle' <> '') AS own
FROM catalog_category_handle h JOIN catalog_category c ON c.store_id = h.store_id AND c.id = h.thing_id
WHERE h.handle = ANY(:names)
""")
_SAVE = text("""
INSERT INTO catalog_category AS c (store_id, id, handle, title, description, image_source, image_alt, position,
    translations, visible)
VALUES (:store_id, :id, :handle, :title, :description, :image_source, :image_alt, :position,
    CAST(:translations AS jsonb), :visible)
ON CONFLICT (store_id, handle) DO UPDATE SET title = excluded.title, description = excluded.description,
    image_source = excluded.image_source, image_alt = excluded.image_alt, position = excluded.position,
    translations = excluded.translations, visible = excluded.visible, version = c.version + 1
RETURNING id
""")


async def named(session: AsyncSession, names: Sequence[str]) -> dict[str, Any]:
    """Give the categories that have handles, in whatever language, by handle."""
    return {row.handle: row for row in await session.execute(_KNOWN, {"names": list(names)})}


async def save(ctx: Context, session: AsyncSession, category: CategoryInput) -> UUID:
    errors = check_handle(category.handle, category.translations)
    own = own_handles(category.translations)
    rows = await named(session, [category.handle, *own.values()])
    known = next((row for row in rows.values() if row.main == category.handle), None)
    owners = {name: (row.id, row.title) for name, row in rows.items()}
    errors += taken_handles(ctx, category.handle, own, owners, known.id if known else None)
    if not category.title.strip():
        errors.append(FieldError("/title", "required", translatable("Give the category a title.")))
    if category.image_source and not is_source(category.image_source):
        errors.append(FieldError("/image_source", "bad_source", MISSING))
    if errors:
        raise Invalid(errors=errors)
    row = await session.execute(
        _SAVE,
        {
            "store_id": ctx.store.id, "id": new_id(), "handle": category.handle, "title": category.title.strip(),
            "description": category.description, "image_source": category.image_source,
            "image_alt": category.image_alt, "position": category.position,
            "translations": dump(dict(category.translations or {})), "visible": category.visible,
        },
    )  # fmt: skip
    id_ = UUID(str(row.scalar_one()))
    if category.parent is not None and await category_tree.move(ctx, session, id_, category.parent):
        rest = await category_tree.refill(ctx, session, id_)
        if rest is not None:
            await ctx.enqueue(session, refill_category, RefillCategory(id_, rest))
    if known and known.own:
        moves = handles.moves("category", id_, known.own, category.handle, own)
        await handles.tell_moves(ctx, session, moves)
    await want_renditions(ctx, session, [category.image_source])
    await ctx.kernel.events.invalidate(ctx, session, [TAG, "catalog.products"])
    return id_
