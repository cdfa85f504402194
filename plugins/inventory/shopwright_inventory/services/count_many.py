# SPDX-License-Identifier: Apache-2.0
"""Counting many variants at the default location with a few statements, for imports."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.services.news import tell
from shopwright_inventory.services.stock import MAX_ON_HAND, location_id

# Rows are written in the order of their ids, so that two counts at once cannot wait for each other.
_ITEMS = text("""
INSERT INTO inventory_item (store_id, id, tracked)
SELECT store_id, id, tracked FROM jsonb_populate_recordset(NULL::inventory_item, CAST(:rows AS jsonb)) ORDER BY id
ON CONFLICT (store_id, id) DO UPDATE SET tracked = excluded.tracked
""")
_LEVELS = text("""
INSERT INTO inventory_level (store_id, id, variant_id, location_id)
SELECT store_id, id, variant_id, location_id
FROM jsonb_populate_recordset(NULL::inventory_level, CAST(:rows AS jsonb)) ORDER BY variant_id
ON CONFLICT (store_id, variant_id, location_id) DO NOTHING
""")
_LOCK = text("""
SELECT l.variant_id, l.on_hand, l.reserved + l.allocated AS held, (
    SELECT sum(x.on_hand - x.reserved - x.allocated) FROM inventory_level x
    WHERE x.store_id = l.store_id AND x.variant_id = l.variant_id) AS available
FROM inventory_level l WHERE l.variant_id = ANY(:ids) AND l.location_id = :location_id
ORDER BY l.variant_id FOR UPDATE OF l
""")
_MOVES = text("""
WITH moves AS (SELECT * FROM jsonb_populate_recordset(NULL::inventory_move, CAST(:rows AS jsonb))
), levels AS (
    UPDATE inventory_level l SET on_hand = l.on_hand + m.quantity, version = l.version + 1
    FROM moves m WHERE l.variant_id = m.variant_id AND l.location_id = m.location_id
)
INSERT INTO inventory_move (store_id, id, variant_id, location_id, quantity, reason, note, actor, at)
SELECT store_id, id, variant_id, location_id, quantity, reason, note, actor, at FROM moves
""")


async def count_many(
    ctx: Context, session: AsyncSession, *, on_hand: Mapping[UUID, int | None], reason: str
) -> None:
    """Do what ``api.count_many`` says."""
    if not on_hand:
        return
    _check(on_hand)
    store_id = ctx.store.id
    items = [{"store_id": store_id, "id": id_, "tracked": n is not None} for id_, n in on_hand.items()]
    await session.execute(_ITEMS, {"rows": dump(items)})
    wanted = {id_: number for id_, number in on_hand.items() if number is not None}
    if not wanted:
        return
    place = await location_id(ctx, session)
    keys = {"store_id": store_id, "location_id": place}
    await session.execute(
        _LEVELS, {"rows": dump([{**keys, "id": new_id(), "variant_id": v} for v in wanted])}
    )
    locked = (await session.execute(_LOCK, {"ids": list(wanted), "location_id": place})).all()
    common = {
        **keys, "reason": reason, "note": "", "actor": ctx.actor.label or ctx.actor.kind, "at": ctx.clock.now(),
    }  # fmt: skip
    moves = []
    changes: dict[UUID, tuple[int, int]] = {}
    for level in locked:
        number = wanted[level.variant_id]
        if number < level.held:
            words = f"{level.held} of these are reserved or sold already, so there must be at least as many."
            raise Conflict(words, code="stock_held", extra={"held": level.held})
        change = number - level.on_hand
        if change:
            moves.append({**common, "id": new_id(), "variant_id": level.variant_id, "quantity": change})
            changes[level.variant_id] = (int(level.available), int(level.available) + change)
    if moves:
        await session.execute(_MOVES, {"rows": dump(moves)})
        await tell(ctx, session, changes)


def _check(on_hand: Mapping[UUID, int | None]) -> None:
    if any(number is not None and not 0 <= number <= MAX_ON_HAND for number in on_hand.values()):
        words = "Give a whole number of 0 or more."
        raise Invalid(words, errors=[FieldError("/on_hand", "out_of_range", words)])
