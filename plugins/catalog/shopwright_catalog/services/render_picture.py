# SPDX-License-Identifier: Apache-2.0
"""Painting a picture anew in the widths and formats that browsers choose from; pixels and memory are bounded."""

import io
from collections.abc import Iterator
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
        with _opened(data) as image:
            if getattr(image, "is_animated", False) and image.format not in {"MPO", "JPEG"}:
                return
            widths = widths_of(*image.size)
            if not widths:
                raise RenditionError("too tall to be shown smaller")
            largest = _plain(_reduced(image, widths[-1]))
        for width in widths:
            yield from _encoded(_resized(largest, width))
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
    if image.width * image.height > MAX_PIXELS:
        raise RenditionError("too many pixels")
    return image


def _reduced(image: Image.Image, width: int) -> Image.Image:
    """Make a picture as wide as the largest copy. A JPEG is not even unpacked larger than twice that."""
    size = (width, _height(*image.size, width))
    transparency = image.has_transparency_data
    if image.format in {"JPEG", "MPO"}:
        image.draft(None, (size[0] * 2, size[1] * 2))
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        # Grey of 16 bits; converting it would cut off what is lighter than 255.
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    elif transparency:
        image = image.convert("RGBA")
    elif image.mode not in {"RGB", "L", "CMYK"}:
        image = image.convert("RGB")
    reduced = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    reduced.info = {"icc_profile": profile} if profile else {}
    return reduced


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


def _resized(image: Image.Image, width: int) -> Image.Image:
    if width == image.width:
        return image
    return image.resize((width, _height(*image.size, width)), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _height(width: int, height: int, wanted: int) -> int:
    return max(1, round(height * wanted / width))


def _encoded(image: Image.Image) -> Iterator[Rendition]:
    for name, options in FORMATS.items():
        out = io.BytesIO()
        image.save(out, name.upper(), **options)
        yield Rendition(image.width, name, out.getvalue())
