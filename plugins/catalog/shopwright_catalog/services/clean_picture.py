# SPDX-License-Identifier: Apache-2.0
"""Checking a picture by decoding it, and making of it what may be shown to everybody: upright, without metadata."""

import io
import warnings
from typing import Any

from PIL import Image, ImageOps

from shopwright.i18n import translatable
from shopwright_catalog.api import PictureError
from shopwright_catalog.services.picture_parts import without_metadata

KINDS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
MAX_PIXELS = 50_000_000
_ORIENTATION = 0x0112
_UPRIGHT = 1
# How pictures that must be painted anew are written: as near to the original as a second encoding can be.
_ENCODING: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": True},
    "JPEG": {"quality": 93, "optimize": True},
    "WEBP": {"quality": 92},
    "AVIF": {"quality": 85},
    "GIF": {},
}


def kind_of(data: bytes, name: str) -> str:
    """Tell the format of a picture by its content; only its head is read.

    Raises:
        PictureError: it is no picture of a format we take, or has too many pixels.
    """
    with _opened(data, name) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise _too_many(name)
        # A JPEG with further pictures behind it, as phones and 3D cameras write them, is known as MPO.
        return "JPEG" if image.format == "MPO" else str(image.format)


def clean(data: bytes, kind: str, name: str) -> bytes:
    """Give a picture of ``kind_of`` as it is to be stored. Pixels change only where it has to be turned.

    Raises:
        PictureError: it cannot be decoded.
    """
    try:
        with _opened(data, name) as image:
            result = _upright(image, kind)
        if result is None and kind != "AVIF":
            result = without_metadata(kind, data)
        result = data if result is None else result
        with _opened(result, name) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise error if isinstance(error, PictureError) else _not_taken(name) from None
    return result


def _opened(data: bytes, name: str) -> Image.Image:
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
    try:
        return Image.open(io.BytesIO(data), formats=KINDS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many(name) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise _not_taken(name) from None


def _upright(image: Image.Image, kind: str) -> bytes | None:
    """Paint a picture anew that lies on its side, or whose metadata cannot be cut out; None for the others."""
    is_animated = kind != "JPEG" and getattr(image, "is_animated", False)
    is_turned = _orientation(image) != _UPRIGHT and not is_animated
    holds_metadata = kind == "AVIF" and bool(image.info.get("exif") or image.info.get("xmp"))
    if not (is_turned or holds_metadata):
        return None
    profile = image.info.get("icc_profile")
    options = _ENCODING[kind] | ({"icc_profile": profile} if profile else {})
    if is_animated:
        options["save_all"] = True
    else:
        image = ImageOps.exif_transpose(image)
    for leftover in ("exif", "xmp", "comment"):
        image.info.pop(leftover, None)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue() if kind == "AVIF" else without_metadata(kind, out.getvalue())


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(_ORIENTATION, _UPRIGHT)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError):
        return _UPRIGHT
    return found if found in range(1, 9) else _UPRIGHT


def _not_taken(name: str) -> PictureError:
    return PictureError(
        translatable("%(name)s is not an image we take; use PNG, JPEG, WebP, AVIF or GIF."), name=name
    )


def _too_many(name: str) -> PictureError:
    words = translatable("%(name)s has more than %(most)s million pixels. Make it smaller.")
    return PictureError(words, name=name, most=MAX_PIXELS // 1_000_000)
