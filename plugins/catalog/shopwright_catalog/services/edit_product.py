# SPDX-License-Identifier: Apache-2.0
"""Saving a product that somebody edited: unless it was changed meanwhile, and perhaps under another handle."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_catalog.api import ProductInput, SavedProduct
from shopwright_catalog.api.handles import check_locales
from shopwright_catalog.hookspecs import HandleChanged, handle_changed
from shopwright_catalog.services import handles, save_product
from shopwright_catalog.services.staff_view import Draft

_LOCK = text("""
SELECT id, handle, version, archived FROM catalog_product WHERE id = :id OR handle = ANY(:handles) FOR UPDATE
""")
_RENAME = text("UPDATE catalog_product SET handle = :handle WHERE id = :id")
_CATEGORIES = text("SELECT handle FROM catalog_category WHERE handle = ANY(:handles)")


async def save(ctx: Context, edited: Draft) -> SavedProduct:
    """Save what was edited in the editor: a new product, or a known one by id.

    Raises:
        Conflict: somebody else changed the product; says which version it has now.
        Invalid, Rejected: see ``save_product``; the handle belongs to another product.
    """

    async def work(session: AsyncSession) -> SavedProduct:
        product = edited.product
        known = await _locked(session, edited.id, product.handle)
        found = known.get(edited.id) if edited.id else None
        if edited.id:
            _check_version(found.version if found else 0, edited.version)
        other = next(
            (row for row in known.values() if row.handle == product.handle and row.id != edited.id), None
        )
        is_renamed = found is not None and found.handle != product.handle
        if is_renamed or (other is not None and not other.archived):
            await handles.check_free(ctx, session, product.handle, {}, edited.id)
        if found is not None and is_renamed:
            await session.execute(_RENAME, {"id": found.id, "handle": product.handle})
            event = HandleChanged("product", found.id, found.handle, product.handle)
            await ctx.hooks.emit(session, handle_changed, event, aggregate=("catalog.address", found.id))
        return await _save(ctx, session, product)

    return await handles.run(ctx, work)


async def put(ctx: Context, product: ProductInput, version: int | None) -> SavedProduct:
    """Save a product by handle; with ``version`` (0: a new one) only when that is what is there.

    Raises:
        Conflict: somebody else changed the product; says which version it has now.
        Invalid, Rejected: see ``save_product``.
    """

    async def work(session: AsyncSession) -> SavedProduct:
        if version is not None:
            known = await _locked(session, None, product.handle)
            _check_version(next((row.version for row in known.values()), 0), version)
        return await _save(ctx, session, product)

    return await handles.run(ctx, work)


async def _locked(session: AsyncSession, product_id: UUID | None, handle: str) -> dict[UUID, Any]:
    rows = await session.execute(_LOCK, {"id": product_id, "handles": [handle]})
    return {row.id: row for row in rows}


def _check_version(there: int, seen: int) -> None:
    if there != seen:
        words = "Somebody else changed this product meanwhile. Nothing was saved; load it again to see it."
        raise Conflict(words, code="version_conflict", extra={"version": there})


async def _save(ctx: Context, session: AsyncSession, product: ProductInput) -> SavedProduct:
    await _check_categories(session, product)
    handles.refuse(check_locales(ctx, product.translations))
    saved = await save_product.save(ctx, session, product)
    if saved.outcome != "unchanged":
        await ctx.audit(session, "catalog.product_saved", subject=("catalog.product", saved.id))
    return saved


async def _check_categories(session: AsyncSession, product: ProductInput) -> None:
    wanted = product.category_handles
    if not wanted:
        return
    known = set((await session.execute(_CATEGORIES, {"handles": list(wanted)})).scalars())
    words = translatable("There is no such category.")
    errors = [
        FieldError(f"/category_handles/{i}", "unknown", words) for i, h in enumerate(wanted) if h not in known
    ]
    if errors:
        raise Invalid(words, errors=errors)
