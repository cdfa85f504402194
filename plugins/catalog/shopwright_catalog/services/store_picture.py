# SPDX-License-Identifier: Apache-2.0
"""Taking a picture into the media folder: only what is an image by its content, under a name made of that."""

import hashlib
import io
import re
from pathlib import Path

from PIL import Image

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog.api import ImageInput, PictureError
from shopwright_catalog.services import clean_picture
from shopwright_catalog.services.storage import storage_of

ENDINGS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "AVIF": ".avif", "GIF": ".gif"}
MAX_BYTES = 20 * 1024 * 1024
_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")
# Part of every name: a picture that was stored by another recipe gets a file of its own.
_RECIPE = b"clean-1"


def store(ctx: Context, path: Path, name: str) -> ImageInput:
    """Do what ``api.store_picture`` says."""
    if path.stat().st_size > MAX_BYTES:
        words = translatable("%(name)s is larger than %(most)s MB. Make it smaller.")
        raise PictureError(words, name=name, most=MAX_BYTES // 1024 // 1024)
    data = path.read_bytes()
    kind = clean_picture.kind_of(data, name)
    digest = hashlib.sha256(_RECIPE + data).hexdigest()[:12]
    stem = _PLAIN.sub("-", Path(name).stem).strip("-")[:80] or "picture"
    source = f"{ctx.store.code}/{stem}-{digest}{ENDINGS[kind]}"
    storage = storage_of(ctx)
    try:
        cleaned = storage.read(source)
    except FileNotFoundError:
        cleaned = clean_picture.clean(data, kind, name)
        storage.write(source, cleaned)
    with Image.open(io.BytesIO(cleaned), formats=(kind,)) as image:
        width, height = image.size
    return ImageInput(source, "", 0, width, height)
