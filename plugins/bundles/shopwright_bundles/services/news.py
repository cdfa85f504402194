# SPDX-License-Identifier: Apache-2.0
"""What follows for bundles when a component changes: their pages are made anew."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_bundles.services import bundles, edit


async def component_changed(
    ctx: Context, *, variant_id: UUID | None = None, product_id: UUID | None = None
) -> None:
    """Drop the pages of the bundles that hold a variant, or any variant of a product."""
    if not await bundles.exist(ctx):
        return
    found = await bundles.products_with(ctx, variant_id=variant_id, product_id=product_id)
    if not found:
        return

    async def work(session: AsyncSession) -> None:
        await edit.forget(ctx, session, found)

    await ctx.run(work)
