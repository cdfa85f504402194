# SPDX-License-Identifier: Apache-2.0
"""Taking a picture into the media folder: only what is an image by its content, under a name made of that."""

import hashlib
import re
import shutil
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright_catalog.api import ImageInput, PictureError

KINDS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "AVIF": ".avif", "GIF": ".gif"}
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")


def store(ctx: Context, path: Path, name: str) -> ImageInput:
    """Do what ``api.store_picture`` says."""
    if path.stat().st_size > MAX_BYTES:
        raise PictureError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MB. Make it smaller.")
    kind, width, height = _look(path, name)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    stem = _PLAIN.sub("-", Path(name).stem).strip("-")[:80] or "picture"
    source = f"{ctx.store.code}/{stem}-{digest}{KINDS[kind]}"
    target = ctx.kernel.config.media_path / source
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{new_id().hex}.part")
        shutil.copyfile(path, part)
        part.replace(target)
    return ImageInput(source, "", 0, width, height)


def _look(path: Path, name: str) -> tuple[str, int, int]:
    kinds = "PNG, JPEG, WebP, AVIF or GIF"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=tuple(KINDS)) as image:
                kind, (width, height) = str(image.format), image.size
                if width * height <= MAX_PIXELS:
                    image.verify()
    except Image.DecompressionBombError:
        kind, width, height = "", MAX_PIXELS, 2
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise PictureError(f"{name} is not an image we take; use {kinds}.") from None
    if width * height > MAX_PIXELS:
        raise PictureError(f"{name} has more than {MAX_PIXELS:,} pixels. Make it smaller.")
    return kind, width, height
