# SPDX-License-Identifier: Apache-2.0
"""The ledger of a variant: what came and went, why, when and by whom."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shopwright.context import Context
from shopwright_inventory.services.cursors import decoded

# Ids follow the order in which moves were made.
_MOVES = """
SELECT m.id, m.at, o.code, o.name, m.quantity, m.reason, m.note, m.actor,
    m.reference_kind, m.reference_id FROM inventory_move m
JOIN inventory_location o ON o.store_id = m.store_id AND o.id = m.location_id
WHERE m.variant_id = $1 AND ($2::uuid IS NULL OR m.id < $2) ORDER BY m.id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Move:
    """One entry of the ledger; what made it is named by its kind and id, like a transfer."""

    id: UUID
    at: datetime
    location: str
    location_name: str
    quantity: int
    reason: str
    note: str
    actor: str
    reference_kind: str | None
    reference_id: UUID | None


@dataclass(frozen=True, slots=True)
class MovePage:
    """Moves of a variant, newest first; ``next_cursor`` is empty on the last page."""

    items: list[Move]
    next_cursor: str


async def page(ctx: Context, variant_id: UUID, *, cursor: str = "", limit: int = 50) -> MovePage:
    """Give a page of the moves of a variant.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    rows = await ctx.fetch_rows(_MOVES, variant_id, decoded(cursor), limit + 1)
    found = [Move(*row) for row in rows]
    return MovePage(found[:limit], str(found[limit - 1].id) if len(found) > limit else "")
