# SPDX-License-Identifier: Apache-2.0
"""Images of an import: outside addresses are kept until they are fetched; local files go into the media folder."""

from collections.abc import Iterable
from pathlib import Path

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog.api import ImageInput, PictureError, store_picture


def is_outside(source: str) -> bool:
    """Tell whether an image lies on another server."""
    return source.startswith(("http://", "https://"))


def take(
    ctx: Context, sources: Iterable[str], folder: Path
) -> tuple[dict[str, ImageInput], dict[str, PictureError]]:
    """Give what the catalogue stores for each source, and why others were left out."""
    found: dict[str, ImageInput] = {}
    refused: dict[str, PictureError] = {}
    for source in dict.fromkeys(s for s in sources if s):
        if is_outside(source):
            found[source] = ImageInput(source)
            continue
        try:
            found[source] = store_picture(ctx, _inside(folder, source))
        except PictureError as error:
            refused[source] = error
    return found, refused


def _inside(folder: Path, source: str) -> Path:
    path = (folder / source).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        words = translatable(
            "There is no file %(name)s beside the CSV. Put it there, or give an https address."
        )
        raise PictureError(words, name=source)
    return path
