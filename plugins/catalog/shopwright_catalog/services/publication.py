# SPDX-License-Identifier: Apache-2.0
"""When products are in the store: ``published`` says so now, and a job turns it at the moments that were planned."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright.i18n import translatable
from shopwright_catalog.api import ProductInput
from shopwright_catalog.hookspecs import ProductSaved, product_saved
from shopwright_catalog.services.read_categories import TAG as CATEGORIES

BATCH = 200
_TURN = text("""
WITH due AS (
    SELECT id FROM catalog_product
    WHERE least(publish_at, unpublish_at) <= :now AND coalesce(publish_at, unpublish_at) IS NOT NULL
    ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED
)
UPDATE catalog_product p SET published = p.unpublish_at IS NULL OR p.unpublish_at > :now,
    publish_at = CASE WHEN p.publish_at > :now THEN p.publish_at END,
    unpublish_at = CASE WHEN p.unpublish_at > :now THEN p.unpublish_at END,
    fingerprint = '', version = p.version + 1, updated_at = :now
FROM due WHERE p.id = due.id RETURNING p.id, p.handle, p.published
""")


def state(product: ProductInput, now: datetime) -> dict[str, bool | datetime | None]:
    """Give the columns of a product that is saved now: what has passed already is done at once."""
    starts, ends = product.publish_at, product.unpublish_at
    published = product.published if starts is None else starts <= now
    if ends is not None and ends <= now:
        return {"published": False, "publish_at": None, "unpublish_at": None}
    return {
        "published": published,
        "publish_at": starts if starts is not None and starts > now else None,
        "unpublish_at": ends,
    }


def check(product: ProductInput) -> list[FieldError]:
    """Say what is wrong with the times of a product, if something is."""
    starts, ends = product.publish_at, product.unpublish_at
    if any(time is not None and time.tzinfo is None for time in (starts, ends)):
        words = translatable("Give times with their time zone, like 2026-11-27T08:00:00+01:00.")
        return [FieldError("/publish_at", "no_time_zone", words)]
    if starts is not None and ends is not None and ends <= starts:
        words = translatable("It has to end after it begins.")
        return [FieldError("/unpublish_at", "too_early", words)]
    return []


async def turn(ctx: Context) -> None:
    """Publish and unpublish what is due, some products in each transaction."""
    while await ctx.run(lambda session: _turn(ctx, session)) == BATCH:
        pass


async def _turn(ctx: Context, session: AsyncSession) -> int:
    rows = (await session.execute(_TURN, {"now": ctx.clock.now(), "batch": BATCH})).all()
    if not rows:
        return 0
    events = [(ProductSaved(row.id, row.handle, created=False), ("catalog.product", row.id)) for row in rows]
    await ctx.hooks.emit_many(session, product_saved, events)
    tags = [f"catalog.product:{row.id}" for row in rows]
    await ctx.kernel.events.invalidate(ctx, session, [*tags, "catalog.products", CATEGORIES])
    for row in rows:
        action = "catalog.product_published" if row.published else "catalog.product_unpublished"
        await ctx.audit(session, action, subject=("catalog.product", row.id))
    return len(rows)
