# SPDX-License-Identifier: Apache-2.0
"""Draws every picture of the demo catalogues: shapes in plain functions, SVG in between, WebP in the end."""

from collections.abc import Callable
from pathlib import Path

from . import harbor, lumen
from .render import Progress, render
from .svg import Picture

CATALOGUES: dict[str, Callable[[], list[Picture]]] = {"lumen": lumen.pictures, "harbor": harbor.pictures}


def picture_names(catalogue: str) -> list[str]:
    """The paths of all pictures of a catalogue, as the CSV and TOML files beside this package write them."""
    return [f"images/{catalogue}/{picture.name}.webp" for picture in CATALOGUES[catalogue]()]


def render_images(catalogue: str, out: Path, progress: Progress | None = None) -> list[Path]:
    """Draw the pictures of ``lumen`` or ``harbor`` into ``out/images/<catalogue>/``; current files are kept.

    ``progress(done, total, name)`` is called after each picture drawn. Returns the path of every picture.
    """
    if catalogue not in CATALOGUES:
        raise ValueError(f"No catalogue {catalogue!r}: choose one of {', '.join(CATALOGUES)}.")
    return render(CATALOGUES[catalogue](), out / "images" / catalogue, progress)
