# SPDX-License-Identifier: Apache-2.0
"""Images of an import: outside addresses are kept; local files are checked and copied to the media folder."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from shopwright_catalog.api import ImageInput

KINDS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "AVIF": ".avif", "GIF": ".gif"}
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000


class PictureError(ValueError):
    """A file is not an image we take."""


def take(
    sources: Iterable[str], folder: Path, media: Path, prefix: str
) -> tuple[dict[str, ImageInput], dict[str, str]]:
    """Give what the catalogue stores for each source, and why others were left out."""
    found: dict[str, ImageInput] = {}
    refused: dict[str, str] = {}
    for source in dict.fromkeys(s for s in sources if s):
        if source.startswith(("http://", "https://")):
            found[source] = ImageInput(source)
            continue
        try:
            found[source] = _store(folder, source, media, prefix)
        except PictureError as error:
            refused[source] = str(error)
    return found, refused


def _store(folder: Path, source: str, media: Path, prefix: str) -> ImageInput:
    path = (folder / source).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise PictureError(f"There is no file {source} beside the CSV.")
    if path.stat().st_size > MAX_BYTES:
        raise PictureError(f"{source} is larger than {MAX_BYTES // 1024 // 1024} MB.")
    try:
        with Image.open(path) as image:
            kind, (width, height) = image.format, image.size
            if width * height > MAX_PIXELS:
                raise PictureError(f"{source} has more than {MAX_PIXELS:,} pixels.")
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise PictureError(f"{source} is not an image.") from None
    if kind not in KINDS:
        raise PictureError(f"{source} is {kind}; use PNG, JPEG, WebP, AVIF or GIF.")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    name = f"{prefix}/{path.stem}-{digest}{KINDS[kind]}"
    target = media / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return ImageInput(name, "", 0, width, height)
