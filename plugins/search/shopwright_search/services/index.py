# SPDX-License-Identifier: Apache-2.0
"""Keeping search documents in step with the catalogue: one statement a product and language."""

import re
from dataclasses import replace
from html import unescape

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ProductInfo

PAGE = 96
_TAG = re.compile(r"<[^>]+>")

_PUT = text("""
INSERT INTO search_document (store_id, id, product_id, locale, title, words, updated_at)
VALUES (:store_id, :id, :product_id, :locale, :title,
    setweight(to_tsvector(search_config(:locale), :title), 'A') || setweight(to_tsvector('simple', :title), 'A')
    || setweight(to_tsvector('simple', :names), 'B') || setweight(to_tsvector(search_config(:locale), :names), 'B')
    || setweight(to_tsvector(search_config(:locale), :body), 'D'), :now)
ON CONFLICT (store_id, product_id, locale) DO UPDATE SET title = excluded.title, words = excluded.words,
    updated_at = excluded.updated_at
""")


async def index_product(ctx: Context, product_id: object, handle: str) -> None:
    """Write a product's documents in all languages of the store; an unpublished one loses them."""
    for locale in ctx.store.locales:
        local = replace(ctx, locale=locale)
        found = await catalog.product(local, handle)
        if found is None:
            await _remove(ctx, product_id)
            return
        await _put(local, found)


async def index_all(ctx: Context) -> None:
    """Write the documents of every published product, page by page."""
    cursor = ""
    while True:
        page = await catalog.cards(ctx, sort="newest", cursor=cursor, limit=PAGE)
        for card in page.cards:
            await index_product(ctx, card.id, card.handle)
        cursor = page.next_cursor
        if not cursor:
            return


async def _put(ctx: Context, product: ProductInfo) -> None:
    names = [product.vendor, product.product_type, *product.tags, *(v.sku for v in product.variants)]
    names += [value for option in product.options for value in option.values]
    parameters = {
        "store_id": ctx.store.id, "id": new_id(), "product_id": product.id, "locale": ctx.locale,
        "title": product.title, "names": " ".join(dict.fromkeys(n for n in names if n)),
        "body": unescape(_TAG.sub(" ", product.description_html))[:100_000], "now": ctx.clock.now(),
    }  # fmt: skip

    async def work(session: AsyncSession) -> None:
        await session.execute(_PUT, parameters)

    await ctx.run(work)


async def _remove(ctx: Context, product_id: object) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(
            text("DELETE FROM search_document WHERE product_id = :product_id"), {"product_id": product_id}
        )

    await ctx.run(work)
