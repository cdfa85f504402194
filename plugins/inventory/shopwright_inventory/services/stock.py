# SPDX-License-Identifier: Apache-2.0
"""Changing what is on hand: always by a move, so that the ledger stays the truth."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.ids import new_id
from shopwright_inventory.services.news import tell

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
WITH item AS (
    INSERT INTO inventory_item (store_id, id, tracked) VALUES (:store_id, :variant_id, true)
    ON CONFLICT (store_id, id) DO UPDATE SET tracked = true
)
INSERT INTO inventory_level (store_id, id, variant_id, location_id)
VALUES (:store_id, :id, :variant_id, :location_id) ON CONFLICT (store_id, variant_id, location_id) DO NOTHING
""")
_LOCK = text("""
SELECT on_hand, reserved, allocated, version FROM inventory_level
WHERE variant_id = :variant_id AND location_id = :location_id FOR UPDATE
""")
_LEFT = text("SELECT sum(on_hand - reserved - allocated) FROM inventory_level WHERE variant_id = :variant_id")
_MOVE = text("""
WITH level AS (
    UPDATE inventory_level SET on_hand = on_hand + :quantity, version = version + 1
    WHERE variant_id = :variant_id AND location_id = :location_id
)
INSERT INTO inventory_move (store_id, id, variant_id, location_id, quantity, reason, note, actor, at)
VALUES (:store_id, :id, :variant_id, :location_id, :quantity, :reason, :note, :actor, :now)
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
    keys = {"variant_id": variant_id, "location_id": place}
    await session.execute(_TRACK, keys | {"store_id": ctx.store.id, "id": new_id()})
    level = (await session.execute(_LOCK, keys)).one()
    seen = 1 if expected_version == 0 else expected_version
    if seen is not None and level.version != seen:
        raise Conflict(
            "The stock level was changed by somebody else. Look at the new number and save again.",
            code="version_conflict",
            extra={"on_hand": level.on_hand, "version": level.version},
        )
    held = level.reserved + level.allocated
    if on_hand < held:
        message = f"{held} of these are reserved or sold already, so there must be at least as many."
        raise Conflict(message, code="stock_held", extra={"held": held})
    if on_hand == level.on_hand:
        return
    await session.execute(
        _MOVE,
        keys
        | {
            "store_id": ctx.store.id, "id": new_id(), "quantity": on_hand - level.on_hand, "reason": reason,
            "note": note, "actor": ctx.actor.label or ctx.actor.kind, "now": ctx.clock.now(),
        },
    )  # fmt: skip
    left = int((await session.execute(_LEFT, {"variant_id": variant_id})).scalar_one())
    await tell(ctx, session, {variant_id: (left - on_hand + level.on_hand, left)})


async def untrack(ctx: Context, session: AsyncSession, *, variant_id: UUID) -> None:
    await session.execute(
        text("""
        INSERT INTO inventory_item (store_id, id, tracked) VALUES (:store_id, :variant_id, false)
        ON CONFLICT (store_id, id) DO UPDATE SET tracked = false
        """),
        {"store_id": ctx.store.id, "variant_id": variant_id},
    )
