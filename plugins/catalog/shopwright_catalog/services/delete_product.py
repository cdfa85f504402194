# SPDX-License-Identifier: Apache-2.0
"""Taking a product away: it is unpublished and its variants archived, so that orders and stock keep their meaning."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.versions import must_be
from shopwright_catalog.hookspecs import ProductDeleted, product_deleted
from shopwright_catalog.services.read_categories import TAG as CATEGORIES

_VERSION = text("SELECT version FROM catalog_product WHERE id = :id FOR UPDATE")
_ARCHIVE = text("""
WITH variants AS (
    UPDATE catalog_variant SET archived = true, archived_with_product = true, version = version + 1
    WHERE product_id = ANY(:ids) AND NOT archived
)
UPDATE catalog_product SET published = false, archived = true, publish_at = NULL, unpublish_at = NULL,
    fingerprint = '', version = version + 1, updated_at = :now
WHERE id = ANY(:ids) RETURNING id, handle
""")


async def delete(ctx: Context, product_id: UUID, version: int | None = None) -> None:
    """Archive a product; saving it again by its handle brings it back.

    Raises:
        NotFound: there is no such product.
        Conflict: it has another version than the given one.
    """

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_VERSION, {"id": product_id})).one_or_none()
        if row is None or not await archive_in(ctx, session, [product_id]):
            raise NotFound("There is no such product.")
        must_be(version, row.version)

    await ctx.run(work)


async def archive_in(ctx: Context, session: AsyncSession, ids: Sequence[UUID]) -> int:
    """Archive products in the caller's transaction; give how many there were."""
    rows = (await session.execute(_ARCHIVE, {"ids": sorted(ids), "now": ctx.clock.now()})).all()
    events = [(ProductDeleted(row.id, row.handle), ("catalog.product", row.id)) for row in rows]
    await ctx.hooks.emit_many(session, product_deleted, events)
    for row in rows:
        await ctx.audit(session, "catalog.product_deleted", subject=("catalog.product", row.id))
    tags = [f"catalog.product:{row.id}" for row in rows]
    await ctx.kernel.events.invalidate(ctx, session, [*tags, "catalog.products", CATEGORIES])
    return len(rows)
