# SPDX-License-Identifier: Apache-2.0
"""Pictures that staff upload with a form."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_catalog.admin.product_form import Posted
from shopwright_catalog.api import ImageInput, PictureError, store_picture
from shopwright_catalog.services.storage import StorageError

log = logging.getLogger(__name__)

LARGEST_FORM = 64 * 1024 * 1024


async def pictures(ctx: Context, posted: Posted, name: str, *, alt: str = "") -> list[ImageInput]:
    """Store the pictures of a file field.

    Raises:
        Invalid: one of them is not an image we take; says which and why. None is attached.
    """
    files = [f for f in posted.getall(name, []) if isinstance(f, web.FileField) and f.filename]
    stored = await asyncio.to_thread(_store, ctx, files, name)
    return [replace(image, alt=alt) for image in stored]


def _store(ctx: Context, files: Sequence[web.FileField], name: str) -> list[ImageInput]:
    found, errors = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, file in enumerate(files):
            path = Path(folder) / str(number)
            with path.open("wb") as target:
                shutil.copyfileobj(file.file, target)
            try:
                found.append(
                    store_picture(ctx, path, name=file.filename.replace("\\", "/").rpartition("/")[2])
                )
            except PictureError as error:
                words = ctx.gettext(error.words, **error.values)
                errors.append(FieldError(f"/{name}", "picture_refused", words))
            except StorageError as error:
                log.error("Store %s cannot keep a picture: %s", ctx.store.code, error)
                words = ctx.gettext("Pictures cannot be kept at the moment. Try again in a minute.")
                errors.append(FieldError(f"/{name}", "storage_failed", words))
                break
    if errors:
        raise Invalid(errors=errors)
    return found
