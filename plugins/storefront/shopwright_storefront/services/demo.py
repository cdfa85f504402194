# SPDX-License-Identifier: Apache-2.0
"""The first page of a demo store: headline, picture, featured products."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from shopwright.context import Context
from shopwright.hookspecs import DemoSource


async def load(ctx: Context, source: DemoSource) -> Sequence[str]:
    """Copy the pictures of a store into its media folder and write the storefront's settings."""
    store = source.values["store"]
    target = ctx.kernel.config.media_path / ctx.store.code
    pictures = {source.pictures / store["hero"]: target / "hero.webp"}
    pictures |= {source.folder / store[name]: target / f"{name}.svg" for name in ("logo", "favicon")}
    await asyncio.to_thread(_copy, pictures)
    hero = f"{ctx.store.code}/hero.webp"
    common = {"hero_image": hero, "featured": store["featured"]}
    await ctx.kernel.settings.save(ctx, "storefront", common, "store")
    for locale in ctx.store.locales:
        texts = {"hero_title": store["tagline"][locale], "hero_image_alt": store["hero_alt"][locale]}
        await ctx.kernel.settings.save(replace(ctx, locale=locale), "storefront", texts, "language")
    return ["first page"]


def _copy(files: dict[Path, Path]) -> None:
    for origin, copy in files.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, copy)
