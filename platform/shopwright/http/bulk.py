# SPDX-License-Identifier: Apache-2.0
"""Many changes in one call: all of them or none, unless the caller wants those that can be made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shopwright.errors import FieldError, Invalid

MOST = 1000
"""Items of a call at most."""


class BulkBody(BaseModel):
    """Items to change. ``atomic``: nothing is done unless all can be done."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    atomic: bool = True


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What came of one item; ``errors`` name its fields."""

    index: int
    status: Literal["done", "refused"]
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What came of each item, in their order."""

    results: tuple[ItemResult, ...]


def insist(refused: Mapping[int, Sequence[FieldError]], *, atomic: bool) -> None:
    """Refuse the whole call when it is all or nothing and something is refused.

    Raises:
        Invalid: names each item and field, like ``/items/3/code``.
    """
    if atomic and refused:
        raise Invalid(errors=[
            replace(error, pointer=f"/items/{index}{error.pointer}") for index in sorted(refused) for error in refused[index]
        ])  # fmt: skip


def results(count: int, refused: Mapping[int, Sequence[FieldError]]) -> BulkResult:
    """Tell of each item what came of it."""
    return BulkResult(tuple(
        ItemResult(n, "refused" if n in refused else "done", tuple(refused.get(n, ()))) for n in range(count)
    ))  # fmt: skip
