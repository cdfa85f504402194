# SPDX-License-Identifier: Apache-2.0
"""Holding stock for orders. Levels are locked in sorted order, and each change carries its own condition."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.api import Demand, OutOfStock
from shopwright_inventory.services.news import tell

_LOCK = text("""
SELECT i.id AS variant_id, l.location_id, l.on_hand - l.reserved - l.allocated AS available
FROM inventory_item i LEFT JOIN inventory_level l ON l.store_id = i.store_id AND l.variant_id = i.id
LEFT JOIN inventory_location p ON p.store_id = l.store_id AND p.id = l.location_id
WHERE i.id = ANY(CAST(:ids AS uuid[])) AND i.tracked
ORDER BY i.id, p.priority, l.location_id
""")
_LOCK_LEVELS = text("""
SELECT 1 FROM inventory_level WHERE variant_id = ANY(CAST(:ids AS uuid[]))
ORDER BY variant_id, location_id FOR UPDATE
""")
_HOLD = text("""
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS x (id uuid, variant_id uuid, location_id uuid, quantity integer)
), held AS (
    UPDATE inventory_level l SET reserved = l.reserved + w.quantity, version = l.version + 1
    FROM wanted w WHERE l.variant_id = w.variant_id AND l.location_id = w.location_id
        AND l.on_hand - l.reserved - l.allocated >= w.quantity
    RETURNING w.id
)
INSERT INTO inventory_reservation (store_id, id, owner, variant_id, location_id, quantity, expires_at,
    created_at, updated_at)
SELECT :store_id, w.id, :owner, w.variant_id, w.location_id, w.quantity, :expires_at, :now, :now
FROM wanted w JOIN held USING (id)
""")
_LOCK_OWNER = text("""
SELECT 1 FROM inventory_level WHERE (variant_id, location_id) IN (
    SELECT variant_id, location_id FROM inventory_reservation WHERE owner = :owner AND state <> 'released')
ORDER BY variant_id, location_id FOR UPDATE
""")
_CLAIM = text("""
WITH claimed AS (
    UPDATE inventory_reservation SET state = 'claimed', updated_at = :now
    WHERE owner = :owner AND state = 'active' RETURNING variant_id, location_id, quantity
), level AS (
    UPDATE inventory_level l SET reserved = l.reserved - c.quantity, allocated = l.allocated + c.quantity,
        version = l.version + 1
    FROM claimed c WHERE l.variant_id = c.variant_id AND l.location_id = c.location_id
)
SELECT state, variant_id, quantity FROM inventory_reservation WHERE owner = :owner
""")
_FREE = """
WITH freed AS (
    UPDATE inventory_reservation r SET state = 'released', reason = :reason, updated_at = :now
    FROM (SELECT store_id, id, state FROM inventory_reservation WHERE {which} FOR UPDATE) AS old
    WHERE r.store_id = old.store_id AND r.id = old.id
    RETURNING r.variant_id, r.location_id, r.quantity, old.state
), sums AS (
    SELECT variant_id, location_id, coalesce(sum(quantity) FILTER (WHERE state = 'active'), 0) AS reserved,
        coalesce(sum(quantity) FILTER (WHERE state = 'claimed'), 0) AS allocated
    FROM freed GROUP BY variant_id, location_id
)
UPDATE inventory_level l SET version = l.version + 1, reserved = l.reserved - f.reserved,
    allocated = l.allocated - f.allocated
FROM sums f WHERE l.variant_id = f.variant_id AND l.location_id = f.location_id
RETURNING l.variant_id, f.reserved + f.allocated AS freed
"""
_RELEASE = text(_FREE.format(which="owner = :owner AND state <> 'released'"))
_LEFT = text("""
SELECT variant_id, sum(on_hand - reserved - allocated) AS available FROM inventory_level
WHERE variant_id = ANY(CAST(:ids AS uuid[])) GROUP BY variant_id
""")
_EXTEND = text("""
UPDATE inventory_reservation SET expires_at = greatest(expires_at, :expires_at), updated_at = :now
WHERE owner = :owner AND state = 'active'
""")
_DUE = """
SELECT id FROM inventory_reservation WHERE state = 'active' AND expires_at < $1 ORDER BY expires_at LIMIT 200
"""
_LOCK_DUE = text("""
SELECT 1 FROM inventory_level WHERE (variant_id, location_id) IN (
    SELECT variant_id, location_id FROM inventory_reservation WHERE id = ANY(CAST(:ids AS uuid[])))
ORDER BY variant_id, location_id FOR UPDATE
""")
# What was extended, claimed or released since it was found due is left alone.
_EXPIRE = text(
    _FREE.format(which="id = ANY(CAST(:ids AS uuid[])) AND state = 'active' AND expires_at < :now")
)


async def reserve(
    ctx: Context, session: AsyncSession, *, owner: UUID, demand: Sequence[Demand], expires_at: datetime
) -> None:
    """Do what ``api.reserve`` says."""
    wanted: Counter[UUID] = Counter()
    for item in demand:
        wanted[item.variant_id] += item.quantity
    ids = sorted(wanted)
    await session.execute(_LOCK_LEVELS, {"ids": ids})
    rows = (await session.execute(_LOCK, {"ids": ids})).all()
    picks = _pick(wanted, rows)
    if not picks:
        return
    result = await session.execute(
        _HOLD,
        {
            "store_id": ctx.store.id, "owner": owner, "expires_at": expires_at, "now": ctx.clock.now(),
            "rows": dump(picks),
        },
    )  # fmt: skip
    if getattr(result, "rowcount", -1) != len(picks):
        raise _short({pick["variant_id"]: (pick["quantity"], 0) for pick in picks})
    left: Counter[UUID] = Counter()
    for row in rows:
        left[row.variant_id] += row.available or 0
    await tell(ctx, session, {id_: (n, 0) for id_, n in left.items() if n == wanted[id_]})


async def extend(ctx: Context, session: AsyncSession, *, owner: UUID, expires_at: datetime) -> None:
    parameters = {"owner": owner, "expires_at": expires_at, "now": ctx.clock.now()}
    await session.execute(_EXTEND, parameters)


async def claim(ctx: Context, session: AsyncSession, *, owner: UUID) -> bool:
    """Do what ``api.claim`` says."""
    parameters = {"owner": owner, "now": ctx.clock.now()}
    await session.execute(_LOCK_OWNER, {"owner": owner})
    rows = (await session.execute(_CLAIM, parameters)).all()
    # The final SELECT sees the rows as they were before the statement: active ones have just been claimed.
    if not rows or any(row.state != "released" for row in rows):
        return True
    demand = [Demand(row.variant_id, row.quantity) for row in rows]
    try:
        await reserve(ctx, session, owner=owner, demand=demand, expires_at=ctx.clock.now())
    except OutOfStock:
        return False
    await session.execute(_CLAIM, parameters)
    return True


async def release(ctx: Context, session: AsyncSession, *, owner: UUID, reason: str) -> None:
    await session.execute(_LOCK_OWNER, {"owner": owner})
    parameters = {"owner": owner, "reason": reason, "now": ctx.clock.now()}
    await _tell_freed(ctx, session, (await session.execute(_RELEASE, parameters)).all())


async def release_expired(ctx: Context) -> int:
    """Release reservations whose time is over, two hundred in a transaction; gives how many were due."""
    now, count = ctx.clock.now(), 0
    while due := [row["id"] for row in await ctx.fetch_rows(_DUE, now)]:
        await ctx.run(partial(_expire, ctx, ids=due, now=now))
        count += len(due)
    return count


async def _expire(ctx: Context, session: AsyncSession, ids: Sequence[UUID], now: datetime) -> None:
    await session.execute(_LOCK_DUE, {"ids": ids})
    freed = await session.execute(_EXPIRE, {"ids": ids, "now": now, "reason": "expired"})
    await _tell_freed(ctx, session, freed.all())


async def _tell_freed(ctx: Context, session: AsyncSession, rows: Sequence[Any]) -> None:
    """Tell of variants that were sold out until now."""
    freed: Counter[UUID] = Counter()
    for row in rows:
        freed[row.variant_id] += row.freed
    if not freed:
        return
    left = (await session.execute(_LEFT, {"ids": list(freed)})).all()
    back = {row.variant_id: (0, row.available) for row in left if row.available == freed[row.variant_id]}
    await tell(ctx, session, back)


def _pick(wanted: Counter[UUID], rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Choose locations: one that has everything if there is one, else as far as each reaches."""
    levels: dict[UUID, list[Any]] = {}
    for row in rows:
        levels.setdefault(row.variant_id, [])
        if row.location_id is not None:
            levels[row.variant_id].append(row)
    picks: list[dict[str, Any]] = []
    short: dict[UUID, tuple[int, int]] = {}
    for variant_id, found in levels.items():
        need = wanted[variant_id]
        left = sum(max(row.available, 0) for row in found)
        if left < need:
            short[variant_id] = (need, left)
            continue
        whole = [row for row in found if row.available >= need]
        for row in whole[:1] or found:
            take = min(need, max(row.available, 0))
            if take:
                need -= take
                picks.append(
                    {
                        "id": new_id(),
                        "variant_id": variant_id,
                        "location_id": row.location_id,
                        "quantity": take,
                    }
                )
    if short:
        raise _short(short)
    return picks


def _short(lines: dict[UUID, tuple[int, int]]) -> OutOfStock:
    return OutOfStock(
        "There is not enough in stock.",
        extra={
            "lines": [{"variant_id": str(k), "requested": n, "left": left} for k, (n, left) in lines.items()]
        },
    )
