# SPDX-License-Identifier: Apache-2.0
"""Holding stock for orders. Levels are locked in sorted order, and each change carries its own condition."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog.api import Availability
from shopwright_inventory.api import Allocation, Demand, Destination, OutOfStock
from shopwright_inventory.hookspecs import stock_demand
from shopwright_inventory.services import routes, selling
from shopwright_inventory.services.combining import combined
from shopwright_inventory.services.news import Change, tell
from shopwright_inventory.services.selling import Stocked

GUARD = """AND l.reserved + l.allocated + w.quantity
        <= l.on_hand - w.kept + CASE WHEN w.may_wait THEN l.backorder ELSE 0 END"""
"""Enough of a level is left: its own condition, besides the lock and the table's CHECK."""
_HOLD = text(f"""
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS x (id uuid, variant_id uuid, location_id uuid, quantity integer, kept integer, may_wait boolean)
), held AS (
    UPDATE inventory_level l SET reserved = l.reserved + w.quantity, version = l.version + 1
    FROM wanted w WHERE l.variant_id = w.variant_id AND l.location_id = w.location_id
        {GUARD}
    RETURNING w.id
)
INSERT INTO inventory_reservation (store_id, id, owner, variant_id, location_id, quantity, expires_at,
    created_at, updated_at)
SELECT :store_id, w.id, :owner, w.variant_id, w.location_id, w.quantity, :expires_at, :now, :now
FROM wanted w JOIN held USING (id)
""")
_LOCK_OWNER = text("""
SELECT 1 FROM inventory_level WHERE variant_id IN (
    SELECT variant_id FROM inventory_reservation WHERE owner = :owner AND state <> 'released')
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
RETURNING l.variant_id, l.location_id, f.reserved + f.allocated AS freed
"""
_RELEASE = text(_FREE.format(which="owner = :owner AND state <> 'released'"))
_EXTEND = text("""
UPDATE inventory_reservation SET expires_at = greatest(expires_at, :expires_at), updated_at = :now
WHERE owner = :owner AND state = 'active'
""")
_DUE = """
SELECT id FROM inventory_reservation WHERE state = 'active' AND expires_at < $1 ORDER BY expires_at LIMIT 200
"""
_LOCK_DUE = text("""
SELECT 1 FROM inventory_level WHERE variant_id IN (
    SELECT variant_id FROM inventory_reservation WHERE id = ANY(CAST(:ids AS uuid[])))
ORDER BY variant_id, location_id FOR UPDATE
""")
# What was extended, claimed or released since it was found due is left alone.
_EXPIRE = text(
    _FREE.format(which="id = ANY(CAST(:ids AS uuid[])) AND state = 'active' AND expires_at < :now")
)


async def reserve(
    ctx: Context,
    session: AsyncSession,
    *,
    owner: UUID,
    demand: Sequence[Demand],
    expires_at: datetime,
    destination: Destination | None = None,
) -> dict[UUID, Availability]:
    """Do what ``api.reserve`` says."""
    parts = await ctx.hooks.filter(stock_demand, tuple(demand), session=session)
    if any(part.quantity < 1 for part in parts):
        raise ValueError("stock_demand: give a demand of 1 or more of each variant")
    wanted = _summed(parts)
    found = await _locked(session, wanted)
    today = selling.today_of(ctx)
    stock = {variant_id: stocked.availability(today) for variant_id, stocked in found.items()}
    _check(demand, parts, wanted, stock)
    await _hold(ctx, session, owner, wanted, found, expires_at, destination)
    return _told(demand, parts, stock)


async def _hold(
    ctx: Context,
    session: AsyncSession,
    owner: UUID,
    wanted: Mapping[UUID, int],
    found: Mapping[UUID, Stocked],
    expires_at: datetime,
    destination: Destination | None,
) -> None:
    """Write the reservations of locked variants that have enough, and tell what is sold out now."""
    if not found:
        return
    today = selling.today_of(ctx)
    asked = [Demand(variant_id, wanted[variant_id]) for variant_id in found]
    places = [place for stocked in found.values() for place in stocked.places(today)]
    picks = [
        _pick(found[part.variant_id], part, today)
        for part in await routes.choose(ctx, asked, places, destination)
    ]
    values = {"store_id": ctx.store.id, "owner": owner, "expires_at": expires_at, "now": ctx.clock.now()}
    result = await session.execute(_HOLD, values | {"rows": dump(picks)})
    if getattr(result, "rowcount", -1) != len(picks):
        raise _short({want.variant_id: (want.quantity, 0) for want in asked})
    changes = [
        Change(x.variant_id, x.rules, x.in_stock, x.in_stock - wanted[x.variant_id]) for x in found.values()
    ]
    await tell(ctx, session, changes, reason="reserved", only_turns=True)


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
    # Released long ago: taken again as it was, part by part.
    wanted = _summed([Demand(row.variant_id, row.quantity) for row in rows])
    found = await _locked(session, wanted)
    today = selling.today_of(ctx)
    lefts = {variant_id: stocked.availability(today).left for variant_id, stocked in found.items()}
    if any(left is not None and left < wanted[variant_id] for variant_id, left in lefts.items()):
        return False
    await _hold(ctx, session, owner, wanted, found, ctx.clock.now(), None)
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
    """Say anew what levels may hold beyond what they have, and tell of variants that were sold out until now."""
    if not rows:
        return
    found = await selling.read(session, list({row.variant_id for row in rows}))
    in_use = {(x.variant_id, level.location_id) for x in found.values() for level in x.active}
    freed: Counter[UUID] = Counter()
    for row in rows:
        if (row.variant_id, row.location_id) in in_use:
            freed[row.variant_id] += row.freed
    if waiting := [variant_id for variant_id, stocked in found.items() if not stocked.is_simple]:
        await selling.spread(session, waiting)
    changes = [
        Change(x.variant_id, x.rules, x.in_stock - freed[x.variant_id], x.in_stock) for x in found.values()
    ]
    await tell(ctx, session, changes, reason="released", only_turns=True)


async def _locked(session: AsyncSession, wanted: Mapping[UUID, int]) -> dict[UUID, Stocked]:
    """Lock what is wanted, and read those of it that are counted."""
    await selling.lock(session, list(wanted))
    found = await selling.read(session, list(wanted))
    return {variant_id: stocked for variant_id, stocked in found.items() if stocked.tracked}


def _summed(parts: Sequence[Demand]) -> Counter[UUID]:
    wanted: Counter[UUID] = Counter()
    for part in parts:
        wanted[part.variant_id] += part.quantity
    return wanted


def _pick(stocked: Stocked, part: Allocation, today: date) -> dict[str, Any]:
    level = next(level for level in stocked.levels if level.location.code == part.location)
    return {
        "id": new_id(),
        "variant_id": part.variant_id,
        "location_id": level.location_id,
        "quantity": part.quantity,
        "kept": stocked.kept()[level.location_id],
        "may_wait": stocked.rules.beyond(today) > 0,
    }


def _check(
    demand: Sequence[Demand],
    parts: Sequence[Demand],
    wanted: Mapping[UUID, int],
    stock: Mapping[UUID, Availability],
) -> None:
    """Refuse what there is not enough of, by the names under which it was asked for."""
    asked, short = _summed(demand), dict[UUID, tuple[int, int]]()
    for part in parts:
        left = stock[part.variant_id].left if part.variant_id in stock else None
        if left is None or left >= wanted[part.variant_id]:
            continue
        name = part.part_of or part.variant_id
        number = asked[name] or wanted[part.variant_id]
        enough_for = left * number // wanted[part.variant_id]
        short[name] = (number, min(enough_for, short.get(name, (0, enough_for))[1]))
    if short:
        raise _short(short)


def _told(
    demand: Sequence[Demand], parts: Sequence[Demand], stock: Mapping[UUID, Availability]
) -> dict[UUID, Availability]:
    """Give the availability of what was asked for, put together from its parts."""
    asked, made_of = _summed(demand), dict[UUID, list[tuple[Availability, int]]]()
    for part in parts:
        if part.variant_id in stock:
            name = part.part_of or part.variant_id
            each = max(part.quantity // (asked[name] or part.quantity), 1) if part.part_of else 1
            made_of.setdefault(name, []).append((stock[part.variant_id], each))
    return {name: combined(found) for name, found in made_of.items()}


def _short(lines: Mapping[UUID, tuple[int, int]]) -> OutOfStock:
    return OutOfStock(
        "There is not enough in stock.",
        extra={
            "lines": [{"variant_id": str(k), "requested": n, "left": left} for k, (n, left) in lines.items()]
        },
    )
