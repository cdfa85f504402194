# SPDX-License-Identifier: Apache-2.0
"""Images of an import: outside addresses are kept; local files go through the catalogue's checks into the media folder."""

from collections.abc import Iterable
from pathlib import Path

from shopwright.context import Context
from shopwright_catalog.api import ImageInput, PictureError, store_picture


def take(ctx: Context, sources: Iterable[str], folder: Path) -> tuple[dict[str, ImageInput], dict[str, str]]:
    """Give what the catalogue stores for each source, and why others were left out."""
    found: dict[str, ImageInput] = {}
    refused: dict[str, str] = {}
    for source in dict.fromkeys(s for s in sources if s):
        if source.startswith(("http://", "https://")):
            found[source] = ImageInput(source)
            continue
        try:
            found[source] = store_picture(ctx, _inside(folder, source))
        except PictureError as error:
            refused[source] = str(error)
    return found, refused


def _inside(folder: Path, source: str) -> Path:
    path = (folder / source).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise PictureError(
            f"There is no file {source} beside the CSV. Put it there, or give an https address."
        )
    return path
