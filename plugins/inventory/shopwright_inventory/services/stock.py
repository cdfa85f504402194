# SPDX-License-Identifier: Apache-2.0
"""Counting a variant at a location, and starting or ending its stock-keeping."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.ids import new_id
from shopwright_inventory.services import moves

DEFAULT = "main"
MAX_ON_HAND = 1_000_000_000

_LOCATION = text("""
WITH made AS (
    INSERT INTO inventory_location (store_id, id, code, name)
    SELECT :store_id, :id, :code, :name
    WHERE :code = 'main' AND NOT EXISTS (SELECT 1 FROM inventory_location WHERE code = 'main')
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT id FROM made UNION ALL SELECT id FROM inventory_location WHERE code = :code LIMIT 1
""")
_TRACK = text("""
INSERT INTO inventory_item (store_id, id, tracked) VALUES (:store_id, :variant_id, :tracked)
ON CONFLICT (store_id, id) DO UPDATE SET tracked = excluded.tracked
""")


async def location_id(ctx: Context, session: AsyncSession, code: str = "") -> UUID:
    """Give a location's id by code; the default one is made when a store counts its first item."""
    parameters = {"store_id": ctx.store.id, "id": new_id(), "code": code or DEFAULT, "name": "Main"}
    for _ in range(2):
        found = (await session.execute(_LOCATION, parameters)).scalar_one_or_none()
        if found is not None:
            return UUID(str(found))
    raise NotFound(f"There is no stock location {code!r}.", code="location_not_found")


async def count(
    ctx: Context,
    session: AsyncSession,
    *,
    variant_id: UUID,
    on_hand: int,
    reason: str,
    location: str = "",
    note: str = "",
    expected_version: int | None = None,
) -> None:
    """Do what ``api.count`` says; with ``expected_version`` refuse when somebody else changed the level.

    A level that does not exist yet has version 0.
    """
    if not 0 <= on_hand <= MAX_ON_HAND:
        message = "Give a whole number of 0 or more."
        raise Invalid(message, errors=[FieldError("/on_hand", "out_of_range", message)])
    place = await location_id(ctx, session, location)
    await _track(ctx, session, variant_id, tracked=True)
    found = await moves.locked(ctx, session, place, [variant_id])
    level = next(level for level in found[variant_id].levels if level.location_id == place)
    seen = 1 if expected_version == 0 else expected_version
    if seen is not None and level.version != seen:
        raise Conflict(
            "The stock level was changed by somebody else. Look at the new number and save again.",
            code="version_conflict",
            extra={"on_hand": level.on_hand, "version": level.version},
        )
    quantities = {variant_id: on_hand - level.on_hand}
    await moves.move(
        ctx, session, location_id=place, quantities=quantities, found=found, reason=reason, note=note
    )


async def untrack(ctx: Context, session: AsyncSession, *, variant_id: UUID) -> None:
    await _track(ctx, session, variant_id, tracked=False)


async def _track(ctx: Context, session: AsyncSession, variant_id: UUID, *, tracked: bool) -> None:
    values = {"store_id": ctx.store.id, "variant_id": variant_id, "tracked": tracked}
    await session.execute(_TRACK, values)
