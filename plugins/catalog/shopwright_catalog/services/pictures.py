# SPDX-License-Identifier: Apache-2.0
"""Pictures as readers see them: stored sources become addresses, alt texts the reader's language."""

from collections.abc import Mapping
from typing import Any

from shopwright_catalog.api import Picture


def picture(row: Mapping[str, Any] | None, texts: Mapping[str, str], fallback_alt: str) -> Picture | None:
    """Make a picture of ``source``, ``alt``, ``width`` and ``height``; None when there is none."""
    if not row or not row["source"]:
        return None
    source = row["source"]
    src = source if source.startswith(("https://", "http://", "/")) else f"/media/{source}"
    alt = texts.get(row["alt"], row["alt"]) or fallback_alt
    return Picture(src, alt, row["width"], row["height"])
