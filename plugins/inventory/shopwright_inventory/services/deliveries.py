# SPDX-License-Identifier: Apache-2.0
"""Deliveries of suppliers: expected, and received by moves of the ledger, in parts and also more than expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.services import count_many, lines, moves, selling
from shopwright_inventory.services.lines import LineInput
from shopwright_inventory.services.moves import Reference
from shopwright_inventory.services.news import Change, tell

KIND = "delivery"
_COLUMNS = ("reference", "supplier", "location_id", "expected_on", "note")
_ADD = text(f"""
INSERT INTO inventory_delivery (store_id, id, {", ".join(_COLUMNS)}, created_by, created_at)
VALUES (:store_id, :id, {", ".join(f":{name}" for name in _COLUMNS)}, :actor, :now)
""")
_LOCK = text("""
SELECT id, state, version, location_id, reference FROM inventory_delivery WHERE id = :id FOR UPDATE
""")
_SAVE = text(f"""
UPDATE inventory_delivery SET {", ".join(f"{name} = :{name}" for name in _COLUMNS)}, version = version + 1
WHERE id = :id AND state = 'expected'
""")
_LINES = text("""
SELECT id, variant_id, expected, received FROM inventory_delivery_line WHERE delivery_id = :id ORDER BY id
""")
_REMOVE_LINES = text("""
DELETE FROM inventory_delivery_line
WHERE delivery_id = :id AND received = 0 AND NOT variant_id = ANY(CAST(:kept AS uuid[]))
""")
_PUT_LINES = text("""
INSERT INTO inventory_delivery_line (store_id, id, delivery_id, variant_id, expected)
SELECT store_id, id, delivery_id, variant_id, expected
FROM jsonb_populate_recordset(NULL::inventory_delivery_line, CAST(:rows AS jsonb))
ON CONFLICT (store_id, delivery_id, variant_id) DO UPDATE SET expected = excluded.expected
""")
_CAME = text("""
UPDATE inventory_delivery_line l SET received = l.received + c.quantity
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS c (variant_id uuid, quantity integer)
WHERE l.delivery_id = :id AND l.variant_id = c.variant_id
""")
_TURN = text("""
UPDATE inventory_delivery SET state = :state, version = version + 1,
    closed_at = CASE WHEN :state = 'expected' THEN NULL ELSE CAST(:now AS timestamptz) END
WHERE id = :id AND version = :version AND state = 'expected'
""")


@dataclass(frozen=True, slots=True)
class DeliveryInput:
    """A delivery as staff write it; the location by code. A line of 0 came without being announced."""

    reference: str
    location: str
    lines: Sequence[LineInput]
    supplier: str = ""
    expected_on: date | None = None
    note: str = ""


async def create(ctx: Context, new: DeliveryInput) -> UUID:
    """Write down what a supplier is to bring.

    Raises:
        Invalid: a field is wrong.
    """
    await _check(ctx, new)

    async def work(session: AsyncSession) -> UUID:
        delivery_id = new_id()
        await session.execute(_ADD, await _values(ctx, session, delivery_id, new))
        await _put_lines(ctx, session, delivery_id, new)
        await _tell(ctx, session, [line.variant_id for line in new.lines])
        await _audit(ctx, session, delivery_id, "added")
        return delivery_id

    return await ctx.run(work)


async def update(ctx: Context, delivery_id: UUID, version: int | None, changed: DeliveryInput) -> None:
    """Replace what is expected, at the version somebody saw if that is told; what came already stays.

    Raises:
        Invalid, NotFound, Conflict: also when it was closed or changed meanwhile.
    """
    await _check(ctx, changed)

    async def work(session: AsyncSession) -> None:
        delivery = await _locked(session, delivery_id, version)
        values = await _values(ctx, session, delivery_id, changed)
        kept = [line.variant_id for line in changed.lines]
        rows = (await session.execute(_LINES, {"id": delivery_id})).all()
        came = [row for row in rows if row.received]
        _check_came(came, set(kept), is_moved=values["location_id"] != delivery.location_id)
        await session.execute(_SAVE, values)
        await session.execute(_REMOVE_LINES, {"id": delivery_id, "kept": kept})
        await _put_lines(ctx, session, delivery_id, changed)
        await _tell(ctx, session, [*kept, *(row.variant_id for row in rows)])
        await _audit(ctx, session, delivery_id, "changed")

    await ctx.run(work)


async def receive(
    ctx: Context,
    delivery_id: UUID,
    version: int | None,
    came: Sequence[LineInput],
    *,
    note: str = "",
    finish: bool = False,
) -> None:
    """Take in what came, which starts stock-keeping; closed once all has come or nothing more will (``finish``).

    Raises:
        Invalid, NotFound, Conflict: a line is wrong, it is closed, or somebody was faster.
    """

    async def work(session: AsyncSession) -> None:
        delivery = await _locked(session, delivery_id, version)
        rows = (await session.execute(_LINES, {"id": delivery_id})).all()
        before = {row.variant_id: row.received for row in rows}
        _check_arrival(came, before, note, is_end=finish and any(before.values()))
        numbers = {line.variant_id: line.quantity for line in came if line.quantity}
        if numbers:
            await _put(ctx, session, delivery, numbers, note)
        is_all = all(row.received + numbers.get(row.variant_id, 0) >= row.expected for row in rows)
        await _turn(ctx, session, delivery, "received" if finish or is_all else "expected")
        await _tell(ctx, session, [row.variant_id for row in rows])

    await ctx.run(work)


async def cancel(ctx: Context, delivery_id: UUID, version: int | None) -> None:
    """Expect it no more, as long as nothing of it has come.

    Raises:
        NotFound, Conflict: some of it has come, it is closed, or somebody was faster.
    """

    async def work(session: AsyncSession) -> None:
        delivery = await _locked(session, delivery_id, version)
        rows = (await session.execute(_LINES, {"id": delivery_id})).all()
        if any(row.received for row in rows):
            words = translatable("Some of it has come already. Close it instead: nothing more will come.")
            raise Conflict(words, code="delivery_begun")
        await _turn(ctx, session, delivery, "cancelled")
        await _tell(ctx, session, [row.variant_id for row in rows])

    await ctx.run(work)


async def _locked(session: AsyncSession, delivery_id: UUID, version: int | None) -> Any:
    row = (await session.execute(_LOCK, {"id": delivery_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such delivery.", code="delivery_not_found")
    lines.check_version(row, version)
    if row.state != "expected":
        words = translatable("This delivery is closed.")
        raise Conflict(words, code="delivery_state", extra={"state": row.state})
    return row


async def _put(
    ctx: Context, session: AsyncSession, delivery: Any, numbers: dict[UUID, int], note: str
) -> None:
    ordered = dict(sorted(numbers.items()))
    await count_many.track(ctx, session, dict.fromkeys(ordered, True))
    found = await moves.locked(ctx, session, delivery.location_id, list(ordered))
    await moves.move(
        ctx, session, location_id=delivery.location_id, quantities=ordered, found=found, reason="received",
        note=note.strip() or delivery.reference, reference=Reference(KIND, delivery.id),
    )  # fmt: skip
    rows = [{"variant_id": variant_id, "quantity": number} for variant_id, number in ordered.items()]
    await session.execute(_CAME, {"id": delivery.id, "rows": dump(rows)})


async def _turn(ctx: Context, session: AsyncSession, delivery: Any, state: str) -> None:
    keys = {"id": delivery.id, "version": delivery.version}
    await session.execute(_TURN, keys | {"state": state, "now": ctx.clock.now()})
    await _audit(ctx, session, delivery.id, "received" if state == "expected" else state)


async def _tell(ctx: Context, session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Tell of items whose customers may be told another day now: those on back-order without a day of their own."""
    found = await selling.read(session, list(set(ids)))
    changes = [
        Change(x.variant_id, x.rules, x.in_stock, x.in_stock)
        for x in found.values()
        if x.tracked and x.rules.policy == "backorder" and x.rules.available_on is None
    ]
    await tell(ctx, session, changes, reason=KIND)


async def _audit(ctx: Context, session: AsyncSession, delivery_id: UUID, what: str) -> None:
    await ctx.audit(session, f"inventory.delivery_{what}", subject=("inventory.delivery", delivery_id))


async def _check(ctx: Context, new: DeliveryInput) -> None:
    errors = lines.text_errors(
        reference=(new.reference, lines.REFERENCE_MOST),
        supplier=(new.supplier, lines.REFERENCE_MOST),
        note=(new.note, lines.NOTE_MOST),
    )
    if not new.reference.strip():
        message = translatable("Give the number of the order or of the delivery note.")
        errors.append(FieldError("/reference", "required", message))
    errors += await lines.errors_of(ctx, new.lines, least=0)
    if errors:
        raise Invalid(errors=errors)


def _check_came(came: Sequence[Any], kept: set[UUID], *, is_moved: bool) -> None:
    errors = []
    if came and is_moved:
        message = translatable("Some of it has come to the other location already.")
        errors.append(FieldError("/location", "begun", message))
    if any(row.variant_id not in kept for row in came):
        message = translatable("An item of which some have come already must stay.")
        errors.append(FieldError("/lines", "begun", message))
    if errors:
        raise Invalid(errors=errors)


def _check_arrival(came: Sequence[LineInput], known: dict[UUID, int], note: str, *, is_end: bool) -> None:
    errors, seen = lines.text_errors(note=(note, lines.NOTE_MOST)), set[UUID]()
    for n, line in enumerate(came):
        if line.variant_id not in known or line.variant_id in seen:
            message = translatable("Name each item of the delivery once at most; add what was not announced.")
            errors.append(FieldError(f"/lines/{n}/variant_id", "unknown", message))
        elif not 0 <= line.quantity <= lines.MOST:
            message = translatable("Give a whole number up to 1,000,000.")
            errors.append(FieldError(f"/lines/{n}/quantity", "out_of_range", message))
        seen.add(line.variant_id)
    if not is_end and not any(line.quantity for line in came):
        message = translatable("Say of at least one item how many came.")
        errors.append(FieldError("/lines", "required", message))
    if errors:
        raise Invalid(errors=errors)


async def _values(
    ctx: Context, session: AsyncSession, delivery_id: UUID, new: DeliveryInput
) -> dict[str, Any]:
    found = await lines.places(session, {"location": new.location})
    return {
        "store_id": ctx.store.id, "id": delivery_id, "reference": new.reference.strip(),
        "supplier": new.supplier.strip(), "location_id": found["location"], "expected_on": new.expected_on,
        "note": new.note.strip(), "actor": ctx.actor.label or ctx.actor.kind, "now": ctx.clock.now(),
    }  # fmt: skip


async def _put_lines(ctx: Context, session: AsyncSession, delivery_id: UUID, new: DeliveryInput) -> None:
    keys = {"store_id": ctx.store.id, "delivery_id": delivery_id}
    rows = [
        {**keys, "id": new_id(), "variant_id": line.variant_id, "expected": line.quantity}
        for line in new.lines
    ]
    await session.execute(_PUT_LINES, {"rows": dump(rows)})
