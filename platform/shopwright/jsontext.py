# SPDX-License-Identifier: Apache-2.0
"""Writing JSON for the database and for answers."""

from typing import Any
from uuid import UUID

import orjson


def dump(value: Any) -> str:
    """Write a value as JSON: data classes, times and ids included.

    Raises:
        TypeError: something in it has no JSON form.
    """
    return orjson.dumps(value, default=_default).decode()


def _default(value: Any) -> Any:
    """Take what orjson does not know: the driver's own kind of UUID, and pydantic models."""
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")
