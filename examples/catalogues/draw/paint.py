# SPDX-License-Identifier: Apache-2.0
"""SVG layers to one WebP file; also the program of each painting process (so it imports no sibling)."""

import io
import json
import sys
from pathlib import Path

import resvg_py
from PIL import Image

SMOOTH = 8  # ground and light are rendered this many times smaller
QUALITY = 82

Layers = tuple[str, str, str]


def _raster(svg: str, width: int, height: int) -> Image.Image:
    png = resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def compose(width: int, height: int, layers: Layers) -> Image.Image:
    """The three layers of a picture, one over the other."""
    ground, shapes, glow = layers
    size, small = (width, height), (width // SMOOTH, height // SMOOTH)
    image = _raster(ground, *small).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    crisp = _raster(shapes, width, height)
    image.paste(crisp, (0, 0), crisp)
    if glow:
        # premultiplied while scaling, or the colour of fully transparent pixels would leak into the edges
        light = _raster(glow, *small).convert("RGBa")
        over = light.resize(size, Image.Resampling.BICUBIC).convert("RGBA")
        image.paste(over, (0, 0), over)
    return image


def paint(path: Path, width: int, height: int, layers: Layers) -> None:
    """Write one picture; the file appears whole or not at all."""
    partial = path.with_suffix(".part")
    compose(width, height, layers).save(partial, "WEBP", quality=QUALITY, method=1)
    partial.replace(path)


def main() -> None:
    """Paint the pictures read as JSON from standard input and print the name of each as it is done."""
    for path, width, height, layers in json.load(sys.stdin):
        paint(Path(path), width, height, tuple(layers))
        sys.stdout.write(Path(path).name + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
