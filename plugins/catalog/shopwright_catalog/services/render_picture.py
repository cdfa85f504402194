# SPDX-License-Identifier: Apache-2.0
"""Painting a picture anew in the widths and formats that browsers choose from; pixels and memory are bounded."""

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms

from shopwright_catalog.services.clean_picture import KINDS, MAX_PIXELS

WIDTHS = (320, 640, 960, 1280, 1920)
# Tried on the demo's pictures, where both look like the original. AVIF's speed 7 takes two thirds of the time of its
# default 6 and makes files 5 % larger; those of speed 8 are larger than WebP's. One thread: the server has other work.
FORMATS: dict[str, dict[str, Any]] = {
    "avif": {"quality": 60, "speed": 7, "max_threads": 1},
    "webp": {"quality": 80, "method": 4},
}
# WebP can be no higher than this, and a picture of more pixels than this is a poster nobody sees at once.
_HIGHEST = 16_383
_MOST_PIXELS = 16_000_000
_MOST_BYTES = 64 * 1024 * 1024
# Pixels of a strip; and how much wider than its largest copy a picture is left for the last, exact step.
_STRIP = 4_000_000
_SPARE = 1.5
# Unpacking these takes 16 and 8 bytes a pixel instead of 3 or 4.
_MOST_PIXELS_OF = {"WEBP": 25_000_000, "AVIF": 40_000_000}
_SRGB = ImageCms.createProfile("sRGB")


class RenditionError(ValueError):
    """A picture cannot be painted anew; customers go on getting the original."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """A copy of a picture in one width and format."""

    width: int
    format: str
    data: bytes


def render(data: bytes) -> Iterator[Rendition]:
    """Give the copies of a picture, one after another; none of one that moves.

    Raises:
        RenditionError: it is broken, too large, or of no format we take.
    """
    try:
        with closing(_opened(data)) as image:
            if getattr(image, "is_animated", False) and image.format not in {"MPO", "JPEG"}:
                return
            sizes = [(width, _height(*image.size, width)) for width in widths_of(*image.size)]
            if not sizes:
                raise RenditionError("too tall to be shown smaller")
            largest = _shrunk(image, sizes[-1])
        # Now that the original is out of memory.
        largest = _plain(_resized(largest, sizes[-1]))
        for size in sizes:
            yield from _encoded(_resized(largest, size))
    except RenditionError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise RenditionError(f"{type(error).__name__}: {error}"[:200]) from error


def widths_of(width: int, height: int) -> list[int]:
    """Give the widths to paint a picture in: never larger than it is, and its own when that is none of them."""
    wanted = [w for w in WIDTHS if w < width] + [min(width, WIDTHS[-1])]
    heights = {w: _height(width, height, w) for w in wanted}
    return [w for w in dict.fromkeys(wanted) if heights[w] <= _HIGHEST and w * heights[w] <= _MOST_PIXELS]


def _opened(data: bytes) -> Image.Image:
    if len(data) > _MOST_BYTES:
        raise RenditionError("the file is too large")
    try:
        image = Image.open(io.BytesIO(data), formats=KINDS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RenditionError("too many pixels") from None
    if image.width * image.height > min(MAX_PIXELS, _MOST_PIXELS_OF.get(str(image.format), MAX_PIXELS)):
        raise RenditionError("too many pixels")
    return image


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Give a picture a little wider than its largest copy, in colours that can be resized.

    A JPEG is not even unpacked larger than needed; what is made of the others is made of one strip after another.
    """
    has_transparency = image.has_transparency_data
    if image.format in {"JPEG", "MPO"}:
        image.draft(None, (size[0] * 2, size[1] * 2))
    mode = "L" if image.mode.startswith("I") else "RGBA" if has_transparency else image.mode
    mode = mode if mode in {"RGBA", "RGB", "L", "CMYK"} else "RGB"
    factor = max(1, int(image.width / (size[0] * _SPARE)))
    shrunk = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    rows = factor * max(1, _STRIP // (image.width * factor))
    for top in range(0, image.height, rows):
        strip = _converted(image.crop((0, top, image.width, min(top + rows, image.height))), mode)
        shrunk.paste(strip.reduce(factor), (0, top // factor))
    if profile := image.info.get("icc_profile"):
        shrunk.info["icc_profile"] = profile
    return shrunk


def _converted(strip: Image.Image, mode: str) -> Image.Image:
    if strip.mode.startswith("I"):
        # Grey of 16 bits; converting it as it is would cut off what is lighter than 255.
        strip = strip.convert("I").point(lambda value: value * (1 / 257))
    return strip if strip.mode == mode else strip.convert(mode)


def _plain(image: Image.Image) -> Image.Image:
    """Give a picture in the colours every browser assumes, so that no copy carries a profile."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError):
            # A broken profile, or one of another kind than the picture: browsers leave it out, too.
            pass
    plain = image.convert(mode)
    plain.info = {}
    return plain


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if size == image.size:
        return image
    resized = image.resize(size, Image.Resampling.LANCZOS)
    resized.info = dict(image.info)
    return resized


def _height(width: int, height: int, wanted: int) -> int:
    return max(1, round(height * wanted / width))


def _encoded(image: Image.Image) -> Iterator[Rendition]:
    for name, options in FORMATS.items():
        out = io.BytesIO()
        image.save(out, name.upper(), **options)
        yield Rendition(image.width, name, out.getvalue())
