# SPDX-License-Identifier: Apache-2.0
"""The catalogue of a demo store goes in through the same importer as anybody's."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.hookspecs import DemoSource
from shopwright_catalog import api as catalog
from shopwright_importer.api import ImportOptions, import_products
from shopwright_importer.services import pictures


async def load(ctx: Context, source: DemoSource) -> Sequence[str]:
    """Make the categories of a store and import its products."""
    wanted: list[dict[str, Any]] = list(source.values.get("categories", ()))
    images, _ = await asyncio.to_thread(pictures.take, ctx, [v["picture"] for v in wanted], source.pictures)

    async def work(session: AsyncSession) -> None:
        for position, values in enumerate(wanted):
            category = _category(ctx, values, position, images.get(values["picture"]))
            await catalog.save_category(ctx, session, category)

    await ctx.run(work)
    categories_of: dict[str, list[str]] = {}
    for values in wanted:
        for product_type in values["types"]:
            categories_of.setdefault(product_type, []).append(values["handle"])
    options = ImportOptions(pictures=source.pictures, categories_of=categories_of, restart=True)
    report = await import_products(ctx, source.folder / source.values["store"]["catalogue"], options=options)
    lines = [
        f"{len(wanted)} categories, {report.products} products, {report.variants} variants, {report.images} images"
    ]
    return [*lines, *(f"line {r.line}: {r.message}" for r in report.refusals)]


def _category(
    ctx: Context, values: dict[str, Any], position: int, image: catalog.ImageInput | None
) -> catalog.CategoryInput:
    default = ctx.store.default_locale
    others = [locale for locale in ctx.store.locales if locale != default]
    return catalog.CategoryInput(
        handle=values["handle"],
        title=values["title"][default],
        description=values["description"][default],
        image_source=image.source if image else "",
        image_alt=values["alt"][default],
        position=position,
        translations={
            locale: {
                "title": values["title"][locale],
                "description": values["description"][locale],
                "image_alt": values["alt"][locale],
            }
            for locale in others
        },
    )
