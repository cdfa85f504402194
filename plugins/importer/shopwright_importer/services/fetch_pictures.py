# SPDX-License-Identifier: Apache-2.0
"""Fetching the pictures that imports want: a few at a time, so that other jobs of the store find a place."""

import asyncio
import logging
import tempfile
from pathlib import Path

from yarl import URL

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog.api import ImageInput, PictureError, store_picture
from shopwright_importer.services import outside
from shopwright_importer.services.fetch import FetchError, fetch
from shopwright_importer.services.outside import Claimed

log = logging.getLogger(__name__)

AT_ONCE = 4
SECONDS = 60.0
"""After this long the job makes room for others; what is left is the next one's."""


async def fetch_due(ctx: Context) -> float | None:
    """Fetch what is due; give the seconds until more is, None when nothing waits."""
    await outside.give_up(ctx)
    until = asyncio.get_running_loop().time() + SECONDS
    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(_fetch_until(ctx, until))
    due = await outside.next_due(ctx)
    return None if due is None else max(0.0, (due - ctx.clock.now()).total_seconds())


async def _fetch_until(ctx: Context, until: float) -> None:
    while asyncio.get_running_loop().time() < until:
        picture = await outside.claim(ctx)
        if picture is None:
            return
        try:
            image = await _fetched(ctx, picture)
        except FetchError as error:
            await outside.failed(ctx, picture, error)
        else:
            await outside.stored(ctx, picture, image)


async def _fetched(ctx: Context, picture: Claimed) -> ImageInput:
    try:
        content = await fetch(picture.address, private_hosts=ctx.kernel.config.private_hosts)
        return await asyncio.to_thread(_store, ctx, content, picture.address)
    except PictureError as error:
        values = error.values | {"name": picture.address}
        raise FetchError("image_refused", error.words, values) from None
    except FetchError:
        raise
    except Exception:
        log.exception("Picture %s of store %s cannot be taken in", picture.id, ctx.store.code)
        words = translatable("%(address)s could not be taken in.")
        raise FetchError("picture_failed", words, again=True) from None


def _store(ctx: Context, content: bytes, address: str) -> ImageInput:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        return store_picture(ctx, path, name=URL(address).name)
