# SPDX-License-Identifier: Apache-2.0
"""Copying a product to begin another one: a draft under a free handle, with SKUs of its own."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_catalog.api import ProductInput, SavedProduct
from shopwright_catalog.services import save_product
from shopwright_catalog.services.staff_view import draft

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('catalog.duplicate:' || CAST(:store_id AS text)))")
_TAKEN = text("SELECT handle FROM catalog_product WHERE starts_with(handle, :base)")


async def duplicate(ctx: Context, product_id: UUID | None, *, handle: str = "") -> SavedProduct:
    """Copy a product, by id or by handle: with its variants, pictures, categories and translations.

    Raises:
        NotFound: there is no such product.
        Invalid, Rejected: see ``save_product``.
    """
    found = await draft(ctx, product_id, handle=handle)

    async def work(session: AsyncSession) -> SavedProduct:
        # Two clicks at once make two copies, not one with the variants of both.
        await session.execute(_LOCK, {"store_id": str(ctx.store.id)})
        base = found.product.handle[:230]
        taken = set((await session.execute(_TAKEN, {"base": f"{base}-copy"})).scalars())
        suffix, number = "-copy", 1
        while f"{base}{suffix}" in taken:
            number += 1
            suffix = f"-copy-{number}"
        saved = await save_product.save(ctx, session, _copy(ctx, found.product, f"{base}{suffix}", suffix))
        subject = ("catalog.product", saved.id)
        await ctx.audit(session, "catalog.product_duplicated", subject=subject, data={"of": str(found.id)})
        return saved

    return await ctx.run(work)


def _copy(ctx: Context, product: ProductInput, handle: str, suffix: str) -> ProductInput:
    # A barcode belongs to one article, so the copy has none.
    variants = (
        replace(variant, id=None, barcode="", sku=f"{variant.sku}{suffix.upper()}" if variant.sku else "")
        for variant in product.variants
    )
    return replace(
        product,
        handle=handle,
        title=ctx.gettext("%(title)s (copy)", title=product.title[:450]),
        published=False,
        publish_at=None,
        unpublish_at=None,
        variants=tuple(variants),
    )
