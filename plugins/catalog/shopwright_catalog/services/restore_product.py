# SPDX-License-Identifier: Apache-2.0
"""Bringing an archived product back: as a draft, with the variants and categories that it had."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_catalog.hookspecs import ProductSaved, product_saved
from shopwright_catalog.services.read_categories import TAG as CATEGORIES

_EXISTS = text("SELECT 1 FROM catalog_product WHERE id = :id")
_RESTORE = text("""
WITH variants AS (
    UPDATE catalog_variant v SET archived = false, archived_with_product = false, version = v.version + 1
    FROM catalog_product p WHERE p.id = v.product_id AND p.id = ANY(:ids) AND p.archived
        AND v.archived_with_product
)
UPDATE catalog_product SET archived = false, fingerprint = '', version = version + 1, updated_at = :now
WHERE id = ANY(:ids) AND archived RETURNING id, handle
""")


async def restore(ctx: Context, product_id: UUID) -> None:
    """Bring one product back; one that is not archived stays as it is.

    Raises:
        NotFound: there is no such product.
    """

    async def work(session: AsyncSession) -> None:
        if (await session.execute(_EXISTS, {"id": product_id})).scalar() is None:
            raise NotFound("There is no such product.")
        await restore_in(ctx, session, [product_id])

    await ctx.run(work)


async def restore_in(ctx: Context, session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Bring products back in the caller's transaction."""
    rows = (await session.execute(_RESTORE, {"ids": sorted(ids), "now": ctx.clock.now()})).all()
    events = [(ProductSaved(row.id, row.handle, created=False), ("catalog.product", row.id)) for row in rows]
    await ctx.hooks.emit_many(session, product_saved, events)
    for row in rows:
        await ctx.audit(session, "catalog.product_restored", subject=("catalog.product", row.id))
    tags = [f"catalog.product:{row.id}" for row in rows]
    await ctx.kernel.events.invalidate(ctx, session, [*tags, "catalog.products", CATEGORIES])
