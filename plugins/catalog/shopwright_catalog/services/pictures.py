# SPDX-License-Identifier: Apache-2.0
"""Pictures as readers see them: stored sources become addresses, alt texts the reader's language.

A picture that lies at an outside address is not shown: browsers would be sent to a stranger's server, and the pages'
Content-Security-Policy forbids it. A neutral drawing stands in its place until it is stored.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog.api import Picture

_OUTSIDE = re.compile(r"https?://[^/\s].*", re.IGNORECASE)
_STORED = re.compile(r"([A-Za-z0-9_-]+/)+[A-Za-z0-9_-][A-Za-z0-9_.-]*")
TO_COME = "/static/catalog/picture-to-come.svg"
_SIDE = 800
_MIDDLE = 50
MISSING = translatable("Give an https address, or a picture that was uploaded.")


def is_source(text: str) -> bool:
    """Tell whether a text can be where a picture is: an outside address, or a path in the media folder."""
    return is_outside(text) or is_stored(text)


def is_stored(source: str) -> bool:
    """Tell whether a source is a path in the media folder."""
    return bool(_STORED.fullmatch(source))


def is_outside(source: str) -> bool:
    return bool(_OUTSIDE.fullmatch(source))


def picture(
    ctx: Context, row: Mapping[str, Any] | None, texts: Mapping[str, str], fallback_alt: str
) -> Picture | None:
    """Make a picture of a row; None when there is none.

    Args:
        ctx: the reader's.
        row: ``source``, ``alt``, ``width``, ``height``, and perhaps ``widths`` of its copies and ``focus_x``, ``focus_y``.
        texts: translations of alt texts.
        fallback_alt: for a picture without an alt text.
    """
    if not row or not row["source"]:
        return None
    alt = texts.get(row["alt"], row["alt"]) or fallback_alt
    if is_outside(row["source"]):
        return Picture(TO_COME, alt, _SIDE, _SIDE)
    source, widths = row["source"], row.get("widths") or ()
    return Picture(
        src=address(ctx, source),
        alt=alt,
        width=row["width"],
        height=row["height"],
        srcset_avif=_srcset(ctx, source, widths, "avif"),
        srcset_webp=_srcset(ctx, source, widths, "webp"),
        small=address(ctx, rendition(source, widths[0], "webp")) if widths else "",
        focus_x=row.get("focus_x", _MIDDLE),
        focus_y=row.get("focus_y", _MIDDLE),
    )


def _srcset(ctx: Context, source: str, widths: Iterable[int], ending: str) -> str:
    return ", ".join(f"{address(ctx, rendition(source, width, ending))} {width}w" for width in widths)


def rendition(source: str, width: int, ending: str) -> str:
    """Give the path of a picture's copy."""
    return f"{source.rpartition('.')[0] or source}.{width}w.{ending}"


def address(ctx: Context, source: str) -> str:
    """Give the address at which a page shows a source."""
    if is_outside(source):
        return TO_COME
    return source if source.startswith("/") else f"{ctx.kernel.config.media_base}{source}"


def gallery(pictures: Iterable[Picture | None]) -> tuple[Picture, ...]:
    """Give the pictures of a product's page: those that are there, or one drawing when none is."""
    found = [picture for picture in pictures if picture]
    return tuple(p for p in found if p.src != TO_COME) or tuple(found[:1])
