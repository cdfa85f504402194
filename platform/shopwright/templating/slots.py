# SPDX-License-Identifier: Apache-2.0
"""Slots: named places of a page where plugins add to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one plugin adds to a slot: a template of its own and the values it needs.

    Fragments of one slot are shown by ``priority`` (lower first), then in plugin order.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 100
