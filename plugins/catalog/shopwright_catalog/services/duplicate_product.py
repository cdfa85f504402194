# SPDX-License-Identifier: Apache-2.0
"""Copying a product to begin another one: a draft under a free handle, with SKUs of its own."""

from dataclasses import replace
from itertools import count
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_catalog.api import ProductInput, SavedProduct
from shopwright_catalog.api.handles import own_handles
from shopwright_catalog.services import save_product
from shopwright_catalog.services.staff_view import draft

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('catalog.duplicate:' || CAST(:store_id AS text)))")
_TAKEN = text("SELECT handle FROM catalog_product_handle WHERE handle = ANY(:names)")
_TRIED = 50
"""Numbers of copies that are looked for at once."""


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
        suffix = await _free_suffix(session, found.product)
        saved = await save_product.save(ctx, session, _copy(ctx, found.product, suffix))
        subject = ("catalog.product", saved.id)
        await ctx.audit(session, "catalog.product_duplicated", subject=subject, data={"of": str(found.id)})
        return saved

    return await ctx.run(work)


async def _free_suffix(session: AsyncSession, product: ProductInput) -> str:
    """Give what makes free handles of those of a product, in every language."""
    own = {product.handle, *own_handles(product.translations).values()}
    for first in count(1, _TRIED):
        suffixes = ["-copy" if n == 1 else f"-copy-{n}" for n in range(first, first + _TRIED)]
        names = [_named(handle, suffix) for suffix in suffixes for handle in own]
        taken = set((await session.execute(_TAKEN, {"names": names})).scalars())
        for suffix in suffixes:
            if taken.isdisjoint(_named(handle, suffix) for handle in own):
                return suffix
    raise AssertionError


def _named(handle: str, suffix: str) -> str:
    return f"{handle[:230]}{suffix}"


def _copy(ctx: Context, product: ProductInput, suffix: str) -> ProductInput:
    # A barcode belongs to one article, so the copy has none.
    variants = (
        replace(variant, id=None, barcode="", sku=f"{variant.sku}{suffix.upper()}" if variant.sku else "")
        for variant in product.variants
    )
    own = own_handles(product.translations)
    return replace(
        product,
        handle=_named(product.handle, suffix),
        translations={
            locale: {**texts, "handle": _named(own[locale], suffix)} if locale in own else texts
            for locale, texts in (product.translations or {}).items()
        },
        title=ctx.gettext("%(title)s (copy)", title=product.title[:450]),
        published=False,
        publish_at=None,
        unpublish_at=None,
        variants=tuple(variants),
    )
