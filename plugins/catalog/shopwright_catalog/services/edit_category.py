# SPDX-License-Identifier: Apache-2.0
"""Categories as staff see and change them: hidden ones too, in the store's own language."""

from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.http.versions import must_be
from shopwright_catalog.api import CategoryInput
from shopwright_catalog.api.handles import check_locales, taken_handles
from shopwright_catalog.hookspecs import HandleChanged, handle_changed
from shopwright_catalog.services import category_tree, handles, save_category
from shopwright_catalog.services.read_cards import COUNTED
from shopwright_catalog.services.read_categories import TAG

_ALL = f"""
SELECT c.id, c.parent_id, (SELECT x.handle FROM catalog_category x
        WHERE x.store_id = c.store_id AND x.id = c.parent_id) AS parent, c.handle, c.title, c.description, c.image_source, c.image_alt, c.position, c.visible, c.version,
    c.translations::text AS translations, least({COUNTED} + 1,
        (SELECT count(*) FROM (SELECT 1 FROM catalog_category_product cp
            WHERE cp.store_id = c.store_id AND cp.category_id = c.id AND cp.listed LIMIT {COUNTED} + 1) AS x)
        + (SELECT count(*) FROM (SELECT 1 FROM catalog_category_product cp
            JOIN catalog_product p ON p.store_id = cp.store_id AND p.id = cp.product_id AND NOT p.archived
            WHERE cp.store_id = c.store_id AND cp.category_id = c.id AND NOT cp.listed LIMIT {COUNTED} + 1) AS x)
    ) AS product_count
FROM catalog_category c WHERE $1::text IS NULL OR c.handle = $1 ORDER BY c.position, c.id
"""
_LOCK = text("SELECT id, handle, version FROM catalog_category WHERE handle = ANY(:handles) FOR UPDATE")
_RENAME = text("UPDATE catalog_category SET handle = :handle WHERE id = :id")
_DELETE = text("DELETE FROM catalog_category WHERE id = :id")


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A category in the editor, with the version the editor began with (0: a new one)."""

    id: UUID | None
    version: int
    category: CategoryInput
    product_count: int = 0
    """Counted up to one more than ``COUNTED``."""
    depth: int = 0
    """How many levels are above it, in a listing of all."""


async def listing(ctx: Context) -> list[CategoryDraft]:
    rows = await ctx.fetch_rows(_ALL, None)
    found = category_tree.in_order(rows, itemgetter("id"), itemgetter("parent_id"))
    return [replace(_draft(row), depth=depth) for row, depth in found]


async def draft(ctx: Context, handle: str) -> CategoryDraft:
    """Give a category by handle.

    Raises:
        NotFound: there is no such category.
    """
    rows = await ctx.fetch_rows(_ALL, handle)
    if not rows:
        raise NotFound("There is no such category.")
    return _draft(rows[0])


async def save(ctx: Context, before: str, category: CategoryInput, version: int | None) -> bool:
    """Save a category, perhaps under another handle than ``before``; tell whether it is new.

    Args:
        ctx: of the store.
        before: its handle until now; that of the category when it is new.
        category: what it is to be.
        version: the one that was read, 0 for a new category, None to save over whatever is there.

    Raises:
        Conflict: it was changed meanwhile, or is there already.
        Invalid: see ``save_category``; the handle belongs to another category.
    """
    handles.refuse(check_locales(ctx, category.translations))

    async def work(session: AsyncSession) -> bool:
        rows = (await session.execute(_LOCK, {"handles": [before, category.handle]})).all()
        known = {row.handle: row for row in rows}
        found = known.get(before)
        if version is not None and version != (found.version if found else 0):
            words = "Somebody else changed this category. Load it again to see it; nothing was saved."
            raise Conflict(words, code="version_conflict", extra={"version": found.version if found else 0})
        if found and category.handle != before:
            named = await save_category.named(session, [category.handle])
            owners = {name: (row.id, row.title) for name, row in named.items()}
            handles.refuse(taken_handles(ctx, category.handle, {}, owners, found.id))
            await session.execute(_RENAME, {"id": found.id, "handle": category.handle})
            event = HandleChanged("category", found.id, before, category.handle)
            await ctx.hooks.emit(session, handle_changed, event, aggregate=("catalog.address", found.id))
        id_ = await save_category.save(ctx, session, category)
        await ctx.audit(session, "catalog.category_saved", subject=("catalog.category", id_))
        return found is None

    return await handles.run(ctx, work)


async def delete(ctx: Context, handle: str, version: int | None = None) -> None:
    """Delete a category; its products stay, and what is below it moves up.

    Raises:
        NotFound: there is no such category.
        Conflict: it has another version than the given one.
    """

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_LOCK, {"handles": [handle]})).one_or_none()
        if row is None:
            raise NotFound("There is no such category.")
        must_be(version, row.version)
        product_ids = await category_tree.remove(ctx, session, row.id)
        await session.execute(_DELETE, {"id": row.id})
        await category_tree.fill(ctx, session, product_ids)
        await ctx.kernel.events.invalidate(ctx, session, [TAG, "catalog.products"])
        await ctx.audit(session, "catalog.category_deleted", subject=("catalog.category", row.id))

    await ctx.run(work)


def _draft(row: Any) -> CategoryDraft:
    names = ("handle", "title", "description", "image_source", "image_alt", "position", "visible")
    values = {name: row[name] for name in names}
    translations = orjson.loads(row["translations"])
    category = CategoryInput(**values, translations=translations, parent=row["parent"] or "")
    return CategoryDraft(row["id"], row["version"], category, row["product_count"])
