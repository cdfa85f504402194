# SPDX-License-Identifier: Apache-2.0
"""Pictures as readers see them: stored sources become addresses, alt texts the reader's language."""

import re
from collections.abc import Mapping
from typing import Any

from shopwright.i18n import translatable
from shopwright_catalog.api import Picture

_OUTSIDE = re.compile(r"https?://[^/\s].*", re.IGNORECASE)
_STORED = re.compile(r"([A-Za-z0-9_-]+/)+[A-Za-z0-9_-][A-Za-z0-9_.-]*")
MISSING = translatable("Give an https address, or a picture that was uploaded.")


def is_source(text: str) -> bool:
    """Tell whether a text can be where a picture is: an outside address, or a path in the media folder."""
    return bool(_OUTSIDE.fullmatch(text) or _STORED.fullmatch(text))


def picture(row: Mapping[str, Any] | None, texts: Mapping[str, str], fallback_alt: str) -> Picture | None:
    """Make a picture of ``source``, ``alt``, ``width`` and ``height``; None when there is none."""
    if not row or not row["source"]:
        return None
    source = row["source"]
    src = source if source.startswith(("https://", "http://", "/")) else f"/media/{source}"
    alt = texts.get(row["alt"], row["alt"]) or fallback_alt
    return Picture(src, alt, row["width"], row["height"])
