# SPDX-License-Identifier: Apache-2.0
"""Counting many variants at the default location with a few statements, for imports."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.jsontext import dump
from shopwright_inventory.services import moves
from shopwright_inventory.services.stock import MAX_ON_HAND, location_id

# Rows are written in the order of their ids, so that two counts at once cannot wait for each other.
_ITEMS = text("""
INSERT INTO inventory_item (store_id, id, tracked)
SELECT store_id, id, tracked FROM jsonb_populate_recordset(NULL::inventory_item, CAST(:rows AS jsonb)) ORDER BY id
ON CONFLICT (store_id, id) DO UPDATE SET tracked = excluded.tracked
""")


async def count_many(
    ctx: Context, session: AsyncSession, *, on_hand: Mapping[UUID, int | None], reason: str
) -> None:
    """Do what ``api.count_many`` says."""
    if not on_hand:
        return
    _check(on_hand)
    await track(ctx, session, {id_: number is not None for id_, number in on_hand.items()})
    wanted = {id_: number for id_, number in on_hand.items() if number is not None}
    if not wanted:
        return
    place = await location_id(ctx, session)
    found = await moves.locked(ctx, session, place, list(wanted))
    quantities = {
        variant_id: wanted[variant_id] - level.on_hand
        for variant_id, stocked in found.items()
        for level in stocked.levels
        if level.location_id == place
    }
    await moves.move(ctx, session, location_id=place, quantities=quantities, found=found, reason=reason)


async def track(ctx: Context, session: AsyncSession, tracked: Mapping[UUID, bool]) -> None:
    """Start or end stock-keeping of variants."""
    items = [{"store_id": ctx.store.id, "id": id_, "tracked": is_on} for id_, is_on in tracked.items()]
    await session.execute(_ITEMS, {"rows": dump(items)})


def _check(on_hand: Mapping[UUID, int | None]) -> None:
    if any(number is not None and not 0 <= number <= MAX_ON_HAND for number in on_hand.values()):
        words = "Give a whole number of 0 or more."
        raise Invalid(words, errors=[FieldError("/on_hand", "out_of_range", words)])
