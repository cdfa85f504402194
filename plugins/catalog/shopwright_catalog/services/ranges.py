# SPDX-License-Identifier: Apache-2.0
"""Ranges of filters: reading both ends, and saying what is wrong with them."""

from collections.abc import Callable
from typing import TypeVar

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_catalog.api.facets import ends_of

T = TypeVar("T", int, float)


def read(
    ctx: Context, key: str, value: str, end: Callable[[str], T], example: str
) -> tuple[T | None, T | None]:
    """Read ``from..to`` of a filter; an open end is None. A single value is both ends.

    Raises:
        Invalid: an end cannot be read, or the range ends before it begins.
    """
    try:
        least, most = ends_of(value) if ".." in value else (value.strip(), value.strip())
        if not (least or most):
            raise ValueError(value)
        found = (end(least) if least else None, end(most) if most else None)
    except (ValueError, ArithmeticError):
        words = ctx.gettext(
            "The filter %(key)s takes a range like %(example)s, and either end may be left out: “%(value)s” is none.",
            key=key, example=f"{key}:{example}", value=value[:80],
        )  # fmt: skip
        raise wrong("range_wrong", words) from None
    if found[0] is not None and found[1] is not None and found[0] > found[1]:
        words = ctx.gettext(
            "The range of the filter %(key)s ends before it begins: put the smaller value first.", key=key
        )
        raise wrong("range_reversed", words)
    return found


def wrong(code: str, words: str) -> Invalid:
    """Make the error of a filter."""
    return Invalid(words, errors=[FieldError("/filter", code, words)])
