# SPDX-License-Identifier: Apache-2.0
"""Writing all products of a store into a file, a page at a time."""

import asyncio
import csv
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import TextIO
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ProductInput
from shopwright_importer.services.exports import WRITERS
from shopwright_importer.services.exports.item import Item, Writer
from shopwright_importer.services.pictures import is_outside
from shopwright_inventory import api as inventory

PAGE = 200
Told = Callable[[int], None]


def writer_of(code: str) -> Writer:
    """Give what writes a format.

    Raises:
        NotFound: there is no such format; names those there are.
    """
    if code not in WRITERS:
        raise NotFound(f"There is no format {code}. There are: {', '.join(WRITERS)}.", code="format_unknown")
    return WRITERS[code]


async def write(ctx: Context, code: str, path: Path, told: Told | None = None) -> int:
    """Write the file anew and put it into its place when it is whole; give the number of products."""
    writer = writer_of(code)
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with part.open("w", encoding="utf-8", newline="") as file:
        await asyncio.to_thread(_put, file, [dict(zip(writer.columns, writer.columns, strict=True))], writer)
        async for items in _items(ctx):
            rows = [row for item in items for row in writer.rows(item)]
            await asyncio.to_thread(_put, file, rows, writer)
            count += len(items)
            if told is not None:
                told(count)
    part.replace(path)
    return count


def _put(file: TextIO, rows: list[dict[str, str]], writer: Writer) -> None:
    csv.writer(file).writerows([row.get(column, "").strip() for column in writer.columns] for row in rows)


async def _items(ctx: Context) -> AsyncIterator[list[Item]]:
    titles = await catalog.category_titles(ctx)
    after: UUID | None = None
    number, taken = 0, set[str]()
    while page := await catalog.export_page(ctx, after=after, limit=PAGE):
        ids = [id_ for exported in page for id_ in exported.variant_ids]
        stock = await inventory.availability(ctx, ids)
        items = []
        for exported in page:
            number += 1
            left = [stock[id_].left for id_ in exported.variant_ids]
            on_hand = tuple(None if x is None else max(x, 0) for x in left)
            items.append(
                Item(
                    number,
                    _in_order(exported.product),
                    on_hand,
                    titles,
                    ctx.store.currency,
                    taken,
                    _addresses(ctx),
                )
            )
        yield items
        after = page[-1].id


def _in_order(product: ProductInput) -> ProductInput:
    """Sort the categories by handle: their own order is that of each store, and files are to be the same."""
    return replace(product, category_handles=tuple(sorted(product.category_handles)))


def _addresses(ctx: Context) -> Callable[[str], str]:
    """Give what makes an address of a source that others can fetch."""
    base = ctx.kernel.config.media_base
    host = ctx.store.hosts[0] if ctx.store.hosts else "localhost"

    def address(source: str) -> str:
        if is_outside(source):
            return source
        path = source if source.startswith("/") else f"{base}{source}"
        return path if is_outside(path) else ctx.kernel.config.url_of(host, path)

    return address
