# SPDX-License-Identifier: Apache-2.0
"""The availability of what is made of parts."""

from collections.abc import Sequence

from shopwright_catalog.api import Availability


def combined(parts: Sequence[tuple[Availability, int]]) -> Availability:
    """Do what ``api.combined`` says."""
    left = min((part.left // number for part, number in parts if part.left is not None), default=None)
    ready = min((part.ready // number for part, number in parts if part.ready is not None), default=None)
    late = [part for part, number in parts if part.waiting(number) > 0]
    days = [part.expected_on for part in late if part.expected_on is not None]
    sellable = all(part.sellable for part, _ in parts) and (left is None or left > 0)
    return Availability(
        sellable=sellable,
        left=left if sellable or left is None else 0,
        ready=ready,
        backorder=sellable and ready == 0,
        preorder=any(part.preorder for part, _ in parts),
        expected_on=max(days) if days and len(days) == len(late) else None,
    )
