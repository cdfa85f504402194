# SPDX-License-Identifier: Apache-2.0
"""Applying a stock-take: each difference becomes a move, once; what is reserved or sold stays.

A difference is what was counted less what was on hand when it was counted. What was sold or received since then
is not touched by it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright.i18n import translatable
from shopwright.jsontext import dump
from shopwright_inventory.services import count_many, moves, stock_takes
from shopwright_inventory.services.moves import Reference

KIND = "stock_take"
AT_ONCE = 500
"""So many lines are applied while the person waits; more are a job."""
TOGETHER = 1_000

DIFFERENCE = "s.difference"
"""What a line changes: never the count itself, or what was sold meanwhile would be back."""
_DUE = text(f"""
SELECT s.variant_id, {DIFFERENCE} AS difference FROM inventory_stock_take_line s
WHERE s.stock_take_id = :id AND s.counted IS NOT NULL AND s.applied_at IS NULL AND s.held IS NULL
ORDER BY s.variant_id LIMIT :most
""")
_COUNTS = text("""
SELECT count(*) FILTER (WHERE counted IS NOT NULL AND applied_at IS NULL) AS due,
    count(*) FILTER (WHERE applied_at IS NOT NULL) AS applied,
    count(*) FILTER (WHERE held IS NOT NULL) AS held
FROM inventory_stock_take_line WHERE stock_take_id = :id
""")
_FORGET = text(
    "UPDATE inventory_stock_take_line SET held = NULL WHERE stock_take_id = :id AND held IS NOT NULL"
)
_DONE = text("""
UPDATE inventory_stock_take_line s SET held = d.held,
    applied_at = CASE WHEN d.held IS NULL THEN CAST(:now AS timestamptz) END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS d (variant_id uuid, held integer)
WHERE s.stock_take_id = :id AND s.variant_id = d.variant_id
""")


async def apply(ctx: Context, take_id: UUID, version: int | None) -> None:
    """Apply what is counted, or have a job do it when it is much; what is not counted stays as it is.

    A line that would take away what is reserved or sold is left, and says so: it can be counted anew, or its
    count taken back. Until then the stock-take stays open.

    Raises:
        NotFound, Conflict: it is not being counted, was changed meanwhile, or nothing is counted yet.
    """

    async def work(session: AsyncSession) -> None:
        take = await stock_takes.locked(session, take_id, version)
        counts = (await session.execute(_COUNTS, {"id": take_id})).one()
        if not counts.due and not counts.applied:
            raise Conflict(translatable("Nothing is counted yet."), code="nothing_counted")
        await stock_takes.turn(ctx, session, take, "applying")
        await session.execute(_FORGET, {"id": take_id})
        if counts.due > AT_ONCE:
            from shopwright_inventory.jobs import ApplyStockTake, apply_stock_take

            key = f"{take_id}:{take.version}"
            await ctx.enqueue(session, apply_stock_take, ApplyStockTake(take_id), dedupe_key=key)
        else:
            await _step(ctx, session, take)
            await _close(ctx, session, take)

    await ctx.run(work)


async def go_on(ctx: Context, take_id: UUID) -> None:
    """Apply a stock-take to its end, a thousand lines in a transaction; tried again it goes on where it stopped."""

    async def work(session: AsyncSession) -> bool:
        try:
            take = await stock_takes.locked(session, take_id, state="applying")
        except Conflict:
            return False
        if await _step(ctx, session, take):
            return True
        await _close(ctx, session, take)
        return False

    while await ctx.run(work):
        pass


async def _step(ctx: Context, session: AsyncSession, take: Any) -> bool:
    """Apply the next lines of a locked stock-take; tells whether there were any."""
    result = await session.execute(_DUE, {"id": take.id, "most": TOGETHER})
    due = {UUID(str(row.variant_id)): int(row.difference) for row in result}
    if not due:
        return False
    await count_many.track(ctx, session, dict.fromkeys(due, True))
    found = await moves.locked(ctx, session, take.location_id, list(due))
    held = _held(due, found, take.location_id)
    await moves.move(
        ctx, session, location_id=take.location_id, found=found, reason=KIND, note=take.name,
        quantities={id_: number for id_, number in due.items() if id_ not in held},
        reference=Reference(KIND, take.id),
    )  # fmt: skip
    rows = [{"variant_id": id_, "held": held.get(id_)} for id_ in due]
    await session.execute(_DONE, {"id": take.id, "rows": dump(rows), "now": ctx.clock.now()})
    return True


def _held(due: Mapping[UUID, int], found: Mapping[UUID, Any], location_id: UUID) -> dict[UUID, int]:
    """Give the lines that cannot be applied, with how many of each must stay: they are reserved or sold."""
    held = {}
    for variant_id, difference in due.items():
        level = next(x for x in found[variant_id].levels if x.location_id == location_id)
        least = max(level.held - level.backorder, 0)
        if difference < 0 and level.on_hand + difference < least:
            held[variant_id] = least
    return held


async def _close(ctx: Context, session: AsyncSession, take: Any) -> None:
    """End the applying: open again when some lines could not be applied."""
    counts = (await session.execute(_COUNTS, {"id": take.id})).one()
    await stock_takes.turn(ctx, session, take, "counting" if counts.held else "applied")
