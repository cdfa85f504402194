# SPDX-License-Identifier: Apache-2.0
"""Counting in a stock-take. Each count remembers what was on hand at that moment: sales may go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.jsontext import dump
from shopwright_catalog import api as catalog
from shopwright_inventory.services import stock_takes
from shopwright_inventory.services.stock import MAX_ON_HAND

_KNOWN = text("""
SELECT variant_id, applied_at IS NOT NULL AS applied FROM inventory_stock_take_line
WHERE stock_take_id = :id AND variant_id = ANY(CAST(:ids AS uuid[]))
""")
_COUNTED = text("""
UPDATE inventory_stock_take SET version = version + 1, total = total + :added WHERE id = :id RETURNING version
""")
# ``old`` is the line as it was: what has moved since the first part of an item was counted is told.
_COUNT = text("""
UPDATE inventory_stock_take_line s SET held = NULL,
    counted = CASE WHEN g.adds THEN coalesce(old.counted, 0) ELSE 0 END + g.number,
    on_hand = CASE WHEN g.number IS NOT NULL THEN coalesce(l.on_hand, 0) END,
    counted_by = CASE WHEN g.number IS NOT NULL THEN :actor END,
    counted_at = CASE WHEN g.number IS NOT NULL THEN CAST(:now AS timestamptz) END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (variant_id uuid, number integer, adds boolean)
JOIN inventory_stock_take_line old ON old.stock_take_id = :id AND old.variant_id = g.variant_id
LEFT JOIN inventory_level l ON l.store_id = old.store_id AND l.variant_id = old.variant_id
    AND l.location_id = :location_id
WHERE s.store_id = old.store_id AND s.id = old.id AND s.applied_at IS NULL AND (g.number IS NULL OR
    CASE WHEN g.adds THEN coalesce(old.counted, 0)::bigint ELSE 0 END + g.number BETWEEN 0 AND :most)
RETURNING s.variant_id, s.counted, CASE WHEN g.adds THEN coalesce(s.on_hand - old.on_hand, 0) ELSE 0 END AS moved
""")
_APPLIED = translatable("This line is applied already.")
_RANGE = translatable("Give a whole number of 0 or more.")
_NOT_STOCKED = translatable("This never lies in stock, so it cannot be counted.")
_UNKNOWN = translatable("There is no such variant.")


@dataclass(frozen=True, slots=True)
class Count:
    """A number that somebody counted: the whole, or (``adds``) some more; None takes the count back."""

    variant_id: UUID
    number: int | None
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A line after it was counted. ``moved`` came or went while it was counted in parts: count it anew."""

    variant_id: UUID
    counted: int | None
    moved: int = 0


async def count(
    ctx: Context,
    take_id: UUID,
    counts: Sequence[Count],
    *,
    version: int | None = None,
    field: str = "counts",
    key: str = "counted",
) -> tuple[int, list[Counted]]:
    """Write down what was counted, all or nothing; gives the new version of the stock-take, and the lines.

    What the stock-take did not expect is added to it. ``field`` and ``key`` name the input in errors.

    Raises:
        NotFound, Conflict, Invalid: it is not being counted, or one of the counts is wrong.
    """
    wanted = _summed(counts)

    async def work(session: AsyncSession) -> tuple[int, list[Counted]]:
        take = await stock_takes.locked(session, take_id, version)
        ids = [x.variant_id for x in wanted]
        known = {
            UUID(str(row.variant_id)): row.applied
            for row in await session.execute(_KNOWN, {"id": take_id, "ids": ids})
        }
        fresh = [id_ for id_ in ids if id_ not in known]
        wrong = await _refused(ctx, fresh) | {id_: _APPLIED for id_, applied in known.items() if applied}
        if not wrong:
            await stock_takes.add_lines(ctx, session, take_id, fresh, after=take.total)
            values = {
                "id": take_id, "location_id": take.location_id, "most": MAX_ON_HAND, "rows": dump(wanted),
                "actor": ctx.actor.label or ctx.actor.kind, "now": ctx.clock.now(),
            }  # fmt: skip
            rows = (await session.execute(_COUNT, values)).all()
            done = {x.variant_id: x for row in rows for x in [Counted(UUID(str(row[0])), row[1], row[2])]}
            wrong = dict.fromkeys((id_ for id_ in ids if id_ not in done), _RANGE)
        if wrong:
            raise Invalid(errors=list(_errors(counts, wrong, field, key)))
        new = await session.execute(_COUNTED, {"id": take_id, "added": len(fresh)})
        return new.scalar_one(), [done[id_] for id_ in ids]

    return await ctx.run(work)


def _summed(counts: Iterable[Count]) -> list[Count]:
    """Put several counts of one variant together, in their order."""
    found: dict[UUID, Count] = {}
    for each in counts:
        before = found.get(each.variant_id)
        if before is None or not each.adds:
            found[each.variant_id] = each
        else:
            number = (before.number or 0) + (each.number or 0)
            found[each.variant_id] = replace(before, number=number)
    return [found[id_] for id_ in sorted(found)]


async def _refused(ctx: Context, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Say what speaks against new lines of variants."""
    infos = await catalog.variants(ctx, ids)
    return {id_: _UNKNOWN for id_ in ids if id_ not in infos} | {
        id_: _NOT_STOCKED for id_, info in infos.items() if not info.stocked
    }


def _errors(counts: Sequence[Count], wrong: dict[UUID, str], field: str, key: str) -> Iterable[FieldError]:
    for n, each in enumerate(counts):
        words = wrong.get(each.variant_id)
        if words is not None:
            code = {_APPLIED: "applied", _RANGE: "out_of_range", _UNKNOWN: "unknown"}.get(
                words, "not_stocked"
            )
            name = key if words is _RANGE else "variant_id"
            yield FieldError(f"/{field}/{n}/{name}", code, words)
