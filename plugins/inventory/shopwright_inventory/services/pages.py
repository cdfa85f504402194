# SPDX-License-Identifier: Apache-2.0
"""Dropping cached pages that show whether something can be bought."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_catalog import api as catalog


async def forget(ctx: Context, variant_id: UUID) -> None:
    """Drop the pages of a variant's product, in every process."""
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    if variant is None:
        return
    tag = f"catalog.product:{variant.product_id}"

    async def work(session: AsyncSession) -> None:
        await ctx.kernel.events.invalidate(ctx, session, [tag])

    await ctx.run(work)
