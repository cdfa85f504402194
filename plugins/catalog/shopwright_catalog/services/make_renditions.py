# SPDX-License-Identifier: Apache-2.0
"""Making the copies of pictures that wait for theirs: one picture after another, beside all other work."""

import asyncio
import functools
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from shopwright.context import Context
from shopwright_catalog.services import renditions
from shopwright_catalog.services.pictures import rendition
from shopwright_catalog.services.render_picture import RenditionError, render
from shopwright_catalog.services.storage import Storage, storage_of

log = logging.getLogger(__name__)

SECONDS = 60.0
"""After this long the job makes room for others; what is left is the next one's."""
_FORGET_AFTER = 10.0


async def make_due(ctx: Context) -> float | None:
    """Make the copies of pictures that are due; give the seconds until more are, None when nothing waits."""
    loop = asyncio.get_running_loop()
    until, fresh, forget_at = loop.time() + SECONDS, list[str](), loop.time() + _FORGET_AFTER
    while loop.time() < until and (picture := await renditions.claim(ctx)):
        if await _make(ctx, picture):
            fresh.append(picture.source)
        if loop.time() > forget_at:
            await renditions.forget_pages(ctx, fresh)
            fresh, forget_at = [], loop.time() + _FORGET_AFTER
    if fresh:
        await renditions.forget_pages(ctx, fresh)
    return await renditions.seconds_to_next(ctx)


async def _make(ctx: Context, picture: renditions.Claimed) -> bool:
    """Make the copies of one picture, and tell whether there are any."""
    try:
        loop = asyncio.get_running_loop()
        widths = await loop.run_in_executor(_painter(), _paint, storage_of(ctx), picture.source)
    except RenditionError as error:
        log.warning("Picture %s of store %s is shown as it is: %s", picture.source, ctx.store.code, error)
        await renditions.refused(ctx, picture, str(error))
    except Exception as error:
        log.exception("No copies could be made of picture %s of store %s", picture.source, ctx.store.code)
        await renditions.failed(ctx, picture, f"{type(error).__name__}: {error}"[:200])
    else:
        await renditions.made(ctx, picture, widths)
        return bool(widths)
    return False


def _paint(storage: Storage, source: str) -> list[int]:
    try:
        data = storage.read(source)
    except FileNotFoundError:
        raise RenditionError("there is no such file") from None
    widths = []
    for copy in render(data):
        storage.write(rendition(source, copy.width, copy.format), copy.data)
        widths.append(copy.width)
    return sorted(set(widths))


@functools.cache
def _painter() -> ThreadPoolExecutor:
    """Give the one thread of this process that holds an unpacked picture, for all stores: that bounds memory."""
    return ThreadPoolExecutor(1, thread_name_prefix="pictures", initializer=_be_nice)


def _be_nice() -> None:
    """Let threads that answer customers go first. Only Linux knows the niceness of a single thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
