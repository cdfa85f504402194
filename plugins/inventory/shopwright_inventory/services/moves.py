# SPDX-License-Identifier: Apache-2.0
"""Changing what is on hand: always by a move, so that the ledger stays the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.services import selling
from shopwright_inventory.services.news import Change, tell
from shopwright_inventory.services.selling import LevelRow, Stocked

# Rows are written in the order of their ids, so that two writers at once cannot wait for each other.
_LEVELS = text("""
INSERT INTO inventory_level (store_id, id, variant_id, location_id)
SELECT store_id, id, variant_id, location_id
FROM jsonb_populate_recordset(NULL::inventory_level, CAST(:rows AS jsonb)) ORDER BY variant_id
ON CONFLICT (store_id, variant_id, location_id) DO NOTHING
""")
GUARD = """AND (m.quantity > 0 OR l.on_hand + m.quantity
        >= l.reserved + l.allocated - CASE WHEN :may_owe THEN l.backorder ELSE 0 END)"""
"""What is held stays: the move's own condition, besides the lock and the table's CHECK."""
_MOVES = text(f"""
WITH moves AS (SELECT * FROM jsonb_populate_recordset(NULL::inventory_move, CAST(:rows AS jsonb))
), levels AS (
    UPDATE inventory_level l SET on_hand = l.on_hand + m.quantity, version = l.version + 1
    FROM moves m WHERE l.variant_id = m.variant_id AND l.location_id = m.location_id
        {GUARD}
    RETURNING m.id
)
INSERT INTO inventory_move (store_id, id, variant_id, location_id, quantity, reason, note, actor, at,
    reference_kind, reference_id)
SELECT store_id, id, variant_id, location_id, quantity, reason, note, actor, at, reference_kind, reference_id
FROM moves JOIN levels USING (id)
""")


@dataclass(frozen=True, slots=True)
class Reference:
    """What made a move, like a transfer: its kind and its id."""

    kind: str
    id: UUID


async def locked(
    ctx: Context, session: AsyncSession, location_id: UUID, variant_ids: list[UUID]
) -> dict[UUID, Stocked]:
    """Lock the levels of counted variants, with one at this location: it is made where there is none."""
    rows = [
        {"store_id": ctx.store.id, "id": new_id(), "variant_id": variant_id, "location_id": location_id}
        for variant_id in variant_ids
    ]
    await session.execute(_LEVELS, {"rows": dump(rows)})
    await selling.lock(session, variant_ids)
    return await selling.read(session, variant_ids)


async def move(
    ctx: Context,
    session: AsyncSession,
    *,
    location_id: UUID,
    quantities: Mapping[UUID, int],
    found: Mapping[UUID, Stocked],
    reason: str,
    note: str = "",
    reference: Reference | None = None,
    may_owe: bool = True,
) -> None:
    """Add to (or take from) what is on hand of ``locked`` variants at a location, and tell what it changed.

    What arrives serves those who wait; what a level may hold beyond what it has is said anew. Where it may not
    owe, whatever is reserved or sold must stay, back-orders or not.

    Raises:
        Conflict: fewer would be left than are reserved or sold; ``extra["held"]`` says how many there must be.
    """
    common = {
        "store_id": ctx.store.id, "location_id": location_id, "reason": reason, "note": note,
        "actor": ctx.actor.label or ctx.actor.kind, "at": ctx.clock.now(),
        "reference_kind": reference.kind if reference else None, "reference_id": reference.id if reference else None,
    }  # fmt: skip
    rows, changes = [], []
    for variant_id, quantity in quantities.items():
        change = _changed(found[variant_id], location_id, quantity, may_owe=may_owe)
        if quantity:
            rows.append({**common, "id": new_id(), "variant_id": variant_id, "quantity": quantity})
            changes.append(change)
    if rows:
        result = await session.execute(_MOVES, {"rows": dump(rows), "may_owe": may_owe})
        if getattr(result, "rowcount", -1) != len(rows):
            raise Conflict(
                "Some of these are reserved or sold already.", code="stock_held", extra={"held": 0}
            )
    if waiting := [variant_id for variant_id in quantities if not found[variant_id].is_simple]:
        await selling.spread(session, waiting)
    if changes:
        await tell(ctx, session, changes, reason=reason)


def _changed(stocked: Stocked, location_id: UUID, quantity: int, *, may_owe: bool) -> Change:
    """Refuse what must not be taken, and give what the rest means for the variant."""
    level = next(level for level in stocked.levels if level.location_id == location_id)
    _check_held(level, quantity, may_owe=may_owe)
    on_hand = sum(x.on_hand for x in stocked.active)
    held = sum(x.held for x in stocked.active)
    after = stocked.rules.in_stock(on_hand + (quantity if level.active else 0), held)
    return Change(stocked.variant_id, stocked.rules, stocked.in_stock, after, level.location.code)


def _check_held(level: LevelRow, quantity: int, *, may_owe: bool) -> None:
    least = max(level.held - (level.backorder if may_owe else 0), 0)
    if quantity < 0 and level.on_hand + quantity < least:
        raise _held(least)


def _held(number: int) -> Conflict:
    words = f"{number} of these are reserved or sold already, so there must be at least as many."
    return Conflict(words, code="stock_held", extra={"held": number})
