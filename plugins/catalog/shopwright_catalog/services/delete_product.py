# SPDX-License-Identifier: Apache-2.0
"""Taking a product away: it is unpublished and its variants archived, so that orders and stock keep their meaning."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_catalog.hookspecs import ProductDeleted, product_deleted
from shopwright_catalog.services.read_categories import TAG as CATEGORIES

_ARCHIVE = text("""
WITH variants AS (
    UPDATE catalog_variant SET archived = true, archived_with_product = true, version = version + 1
    WHERE product_id = :id AND NOT archived
)
UPDATE catalog_product SET published = false, archived = true, publish_at = NULL, unpublish_at = NULL,
    fingerprint = '', version = version + 1, updated_at = :now
WHERE id = :id RETURNING handle
""")


async def delete(ctx: Context, product_id: UUID) -> None:
    """Archive a product; saving it again by its handle brings it back.

    Raises:
        NotFound: there is no such product.
    """

    async def work(session: AsyncSession) -> None:
        row = await session.execute(_ARCHIVE, {"id": product_id, "now": ctx.clock.now()})
        handle = row.scalar_one_or_none()
        if handle is None:
            raise NotFound("There is no such product.")
        event = ProductDeleted(product_id, handle)
        await ctx.hooks.emit(session, product_deleted, event, aggregate=("catalog.product", product_id))
        tags = [f"catalog.product:{product_id}", "catalog.products", CATEGORIES]
        await ctx.kernel.events.invalidate(ctx, session, tags)
        await ctx.audit(session, "catalog.product_deleted", subject=("catalog.product", product_id))

    await ctx.run(work)
