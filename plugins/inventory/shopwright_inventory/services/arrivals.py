# SPDX-License-Identifier: Apache-2.0
"""What becomes of a transfer that was sent: received, written off, or brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.services import lines, moves
from shopwright_inventory.services.moves import Reference
from shopwright_inventory.services.transfers import KIND, lines_of, locked, turn

_ARRIVED = text("""
UPDATE inventory_transfer_line l SET received = l.received + a.received,
    written_off = l.written_off + a.written_off, brought_back = l.brought_back + a.brought_back
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS a (id uuid, received integer, written_off integer, brought_back integer)
WHERE l.id = a.id AND l.received + l.written_off + l.brought_back
    + a.received + a.written_off + a.brought_back <= l.sent
""")
_WRITE_OFF = text("""
INSERT INTO inventory_write_off (store_id, id, line_id, quantity, reason, note, actor, at)
SELECT store_id, id, line_id, quantity, reason, note, actor, at
FROM jsonb_populate_recordset(NULL::inventory_write_off, CAST(:rows AS jsonb))
""")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a variant, and what of it never will: missing, or damaged on the way."""

    variant_id: UUID
    received: int = 0
    missing: int = 0
    damaged: int = 0

    @property
    def written_off(self) -> int:
        return self.missing + self.damaged


async def receive(
    ctx: Context, transfer_id: UUID, version: int | None, arrivals: Sequence[Arrival], *, note: str = ""
) -> None:
    """Take in what came and write off what never will; once nothing is on its way, the transfer is closed.

    Raises:
        Invalid, NotFound, Conflict: more came than was on its way, or somebody was faster.
    """

    async def work(session: AsyncSession) -> None:
        transfer = await locked(session, transfer_id, version, states=("sent",))
        on_way = {row.variant_id: row for row in await lines_of(session, transfer_id)}
        _check(arrivals, on_way, note)
        came = {each.variant_id: each.received for each in arrivals if each.received}
        await _put(ctx, session, transfer.to_id, came, transfer_id, note)
        changes = [_change(on_way[x.variant_id].id, x.received, x.written_off) for x in arrivals]
        await _save(session, changes)
        await _write_off(ctx, session, arrivals, on_way, note)
        left = sum(row.left for row in on_way.values()) - sum(x.received + x.written_off for x in arrivals)
        await turn(ctx, session, transfer, "sent" if left else "received")

    await ctx.run(work)


async def cancel(ctx: Context, transfer_id: UUID, version: int | None) -> None:
    """Give a transfer up, as long as nothing of it has come: what was sent is back where it was.

    Raises:
        NotFound, Conflict: it is closed, some of it has come, or somebody was faster.
    """

    async def work(session: AsyncSession) -> None:
        transfer = await locked(session, transfer_id, version, states=("draft", "sent"))
        rows = await lines_of(session, transfer_id)
        if any(row.received or row.written_off for row in rows):
            words = translatable("Some of it has come already. Receive the rest, or write it off.")
            raise Conflict(words, code="transfer_begun")
        back = {row.variant_id: row.left for row in rows if row.left}
        if back:
            await _put(ctx, session, transfer.from_id, back, transfer_id, "")
            await _save(session, [_change(row.id, 0, 0, row.left) for row in rows])
        await turn(ctx, session, transfer, "cancelled")

    await ctx.run(work)


async def _put(
    ctx: Context,
    session: AsyncSession,
    location_id: UUID,
    numbers: Mapping[UUID, int],
    transfer_id: UUID,
    note: str,
) -> None:
    if not numbers:
        return
    found = await moves.locked(ctx, session, location_id, list(numbers))
    await moves.move(
        ctx, session, location_id=location_id, quantities=dict(sorted(numbers.items())), found=found,
        reason="transfer_in", note=note, reference=Reference(KIND, transfer_id),
    )  # fmt: skip


def _change(line_id: UUID, received: int, written_off: int, brought_back: int = 0) -> dict[str, Any]:
    return {
        "id": line_id,
        "received": received,
        "written_off": written_off,
        "brought_back": brought_back,
    }


async def _save(session: AsyncSession, changes: Sequence[dict[str, Any]]) -> None:
    result = await session.execute(_ARRIVED, {"rows": dump(changes)})
    if getattr(result, "rowcount", -1) != len(changes):
        raise Conflict(translatable("More than was on its way cannot come."), code="too_many")


async def _write_off(
    ctx: Context, session: AsyncSession, arrivals: Sequence[Arrival], on_way: Mapping[UUID, Any], note: str
) -> None:
    common = {
        "store_id": ctx.store.id, "note": note.strip(), "actor": ctx.actor.label or ctx.actor.kind,
        "at": ctx.clock.now(),
    }  # fmt: skip
    rows = [
        {**common, "id": new_id(), "line_id": on_way[x.variant_id].id, "quantity": number, "reason": reason}
        for x in arrivals
        for reason, number in (("missing", x.missing), ("damaged", x.damaged))
        if number
    ]
    if rows:
        await session.execute(_WRITE_OFF, {"rows": dump(rows)})


def _check(arrivals: Sequence[Arrival], on_way: Mapping[UUID, Any], note: str) -> None:
    errors, seen = lines.text_errors(note=(note, lines.NOTE_MOST)), set[UUID]()
    for n, each in enumerate(arrivals):
        row = on_way.get(each.variant_id)
        if row is None or each.variant_id in seen:
            message = translatable("Name each item of the transfer once at most.")
            errors.append(FieldError(f"/lines/{n}/variant_id", "unknown", message))
        elif min(each.received, each.missing, each.damaged) < 0:
            message = translatable("Give a whole number of 0 or more.")
            errors.append(FieldError(f"/lines/{n}/received", "out_of_range", message))
        elif each.received + each.written_off > row.left:
            message = translatable("More than was on its way cannot come.")
            errors.append(FieldError(f"/lines/{n}/received", "too_many", message))
        seen.add(each.variant_id)
    if not any(each.received or each.written_off for each in arrivals):
        message = translatable("Say of at least one item how many came or never will.")
        errors.append(FieldError("/lines", "required", message))
    if errors:
        raise Invalid(errors=errors)
