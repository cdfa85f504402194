# SPDX-License-Identifier: Apache-2.0
"""Handles: the part of an address that names a product or category."""

import re
import unicodedata

from shopwright.errors import FieldError
from shopwright.i18n import translatable

_HANDLE = re.compile(r"[\w][\w.'-]{0,254}", re.UNICODE)


def handle_of(title: str) -> str:
    """Make a handle of a title: plain small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]


def check_handle(handle: str) -> list[FieldError]:
    """Say what is wrong with a handle, if something is."""
    if _HANDLE.fullmatch(handle):
        return []
    message = translatable(
        "A handle has 1 to 255 letters, digits, hyphens, dots or underscores, like oak-desk-lamp."
    )
    return [FieldError("/handle", "bad_handle", message)]
