# SPDX-License-Identifier: Apache-2.0
"""Transfers: writing drafts and sending them. What is sent leaves its location by moves of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.services import lines, moves, selling
from shopwright_inventory.services.lines import LineInput
from shopwright_inventory.services.moves import Reference
from shopwright_inventory.services.selling import Stocked

KIND = "transfer"
_ADD = text("""
INSERT INTO inventory_transfer (store_id, id, reference, from_id, to_id, note, created_by, created_at)
VALUES (:store_id, :id, :reference, :from_location, :to_location, :note, :actor, :now)
""")
_LOCK = text("""
SELECT id, state, version, from_id, to_id, reference FROM inventory_transfer WHERE id = :id FOR UPDATE
""")
_SAVE = text("""
UPDATE inventory_transfer SET reference = :reference, from_id = :from_location, to_id = :to_location,
    note = :note, version = version + 1
WHERE id = :id AND state = 'draft'
""")
_CLEAR = text("DELETE FROM inventory_transfer_line WHERE transfer_id = :id")
_ADD_LINES = text("""
INSERT INTO inventory_transfer_line (store_id, id, transfer_id, variant_id, quantity)
SELECT store_id, id, transfer_id, variant_id, quantity
FROM jsonb_populate_recordset(NULL::inventory_transfer_line, CAST(:rows AS jsonb))
""")
_LINES = text("""
SELECT id, variant_id, quantity, sent, received, written_off, sent - received - written_off - brought_back AS left
FROM inventory_transfer_line WHERE transfer_id = :id ORDER BY id
""")
_SENT = text("UPDATE inventory_transfer_line SET sent = quantity WHERE transfer_id = :id")
_TURN = text("""
UPDATE inventory_transfer SET state = :state, version = version + 1,
    sent_at = CASE WHEN :state = 'sent' THEN coalesce(sent_at, :now) ELSE sent_at END,
    closed_at = CASE WHEN :state IN ('received', 'cancelled') THEN CAST(:now AS timestamptz) END
WHERE id = :id AND version = :version
""")


@dataclass(frozen=True, slots=True)
class TransferInput:
    """A transfer as staff write it; locations by code."""

    from_location: str
    to_location: str
    lines: Sequence[LineInput]
    reference: str = ""
    note: str = ""


async def create(ctx: Context, new: TransferInput) -> UUID:
    """Write down a draft; nothing moves yet.

    Raises:
        Invalid: a field is wrong.
    """
    await _check(ctx, new)

    async def work(session: AsyncSession) -> UUID:
        transfer_id = new_id()
        values = await _values(ctx, session, transfer_id, new)
        await session.execute(_ADD, values)
        await _write_lines(ctx, session, transfer_id, new)
        await audit(ctx, session, transfer_id, "added")
        return transfer_id

    return await ctx.run(work)


async def update(ctx: Context, transfer_id: UUID, version: int | None, changed: TransferInput) -> None:
    """Replace a draft, at the version somebody saw if that is told.

    Raises:
        Invalid, NotFound, Conflict: also when it was sent or changed meanwhile.
    """
    await _check(ctx, changed)

    async def work(session: AsyncSession) -> None:
        await locked(session, transfer_id, version, states=("draft",))
        await session.execute(_SAVE, await _values(ctx, session, transfer_id, changed))
        await session.execute(_CLEAR, {"id": transfer_id})
        await _write_lines(ctx, session, transfer_id, changed)
        await audit(ctx, session, transfer_id, "changed")

    await ctx.run(work)


async def send(ctx: Context, transfer_id: UUID, version: int | None) -> None:
    """Take everything from where it lies: all or nothing, and never what is reserved or sold.

    Raises:
        NotFound, Conflict: code ``not_enough`` with ``extra["lines"]``, what is wanted and free of each.
    """

    async def work(session: AsyncSession) -> None:
        transfer = await locked(session, transfer_id, version, states=("draft",))
        rows = await lines_of(session, transfer_id)
        wanted = {row.variant_id: row.quantity for row in rows}
        await selling.lock(session, list(wanted))
        found = await selling.read(session, list(wanted))
        _check_free(wanted, found, transfer.from_id)
        await moves.move(
            ctx, session, location_id=transfer.from_id, found=found, reason="transfer_out",
            quantities={variant_id: -number for variant_id, number in sorted(wanted.items())},
            note=transfer.reference, reference=Reference(KIND, transfer_id), may_owe=False,
        )  # fmt: skip
        await session.execute(_SENT, {"id": transfer_id})
        await turn(ctx, session, transfer, "sent")

    await ctx.run(work)


async def locked(
    session: AsyncSession, transfer_id: UUID, version: int | None, *, states: Sequence[str]
) -> Any:
    """Lock a transfer that is in one of these states, and at this version if one is told.

    Raises:
        NotFound, Conflict: it is not.
    """
    row = (await session.execute(_LOCK, {"id": transfer_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such transfer.", code="transfer_not_found")
    lines.check_version(row, version)
    if row.state not in states:
        words = {
            "draft": translatable("This transfer was not sent yet."),
            "sent": translatable("This transfer was sent already."),
            "received": translatable("This transfer is closed: everything was received or written off."),
            "cancelled": translatable("This transfer was cancelled."),
        }
        raise Conflict(words[row.state], code="transfer_state", extra={"state": row.state})
    return row


async def lines_of(session: AsyncSession, transfer_id: UUID) -> Sequence[Any]:
    """Read the lines of a locked transfer; ``left`` of each is on its way."""
    return (await session.execute(_LINES, {"id": transfer_id})).all()


async def turn(ctx: Context, session: AsyncSession, transfer: Any, state: str) -> None:
    """Bring a locked transfer into a state (or let it stay there) as a new version."""
    keys = {"id": transfer.id, "version": transfer.version}
    await session.execute(_TURN, keys | {"state": state, "now": ctx.clock.now()})
    await audit(ctx, session, transfer.id, state)


async def audit(ctx: Context, session: AsyncSession, transfer_id: UUID, what: str) -> None:
    await ctx.audit(session, f"inventory.transfer_{what}", subject=("inventory.transfer", transfer_id))


def _check_free(wanted: Mapping[UUID, int], found: Mapping[UUID, Stocked], location_id: UUID) -> None:
    """Refuse to send more than lies at the location and is not held: back-orders are no reason to take it."""
    free = dict.fromkeys(wanted, 0)
    for variant_id, stocked in found.items():
        for level in stocked.levels:
            if level.location_id == location_id:
                free[variant_id] = max(level.on_hand - level.held, 0)
    short = [(n, id_) for n, id_ in enumerate(wanted) if wanted[id_] > free[id_]]
    if not short:
        return
    raise Conflict(
        translatable("Some items are not there in this number, or reserved or sold."),
        code="not_enough",
        errors=[
            FieldError(f"/lines/{n}/quantity", "not_enough", f"{free[id_]} can be sent.") for n, id_ in short
        ],
        extra={
            "lines": [{"variant_id": str(id_), "wanted": wanted[id_], "free": free[id_]} for _, id_ in short]
        },
    )


async def _check(ctx: Context, new: TransferInput) -> None:
    errors = lines.text_errors(
        reference=(new.reference, lines.REFERENCE_MOST), note=(new.note, lines.NOTE_MOST)
    )
    if new.from_location == new.to_location:
        message = translatable("Choose another location than the one it comes from.")
        errors.append(FieldError("/to_location", "same", message))
    errors += await lines.errors_of(ctx, new.lines)
    if errors:
        raise Invalid(errors=errors)


async def _values(
    ctx: Context, session: AsyncSession, transfer_id: UUID, new: TransferInput
) -> dict[str, Any]:
    codes = {"from_location": new.from_location, "to_location": new.to_location}
    return {
        **await lines.places(session, codes), "store_id": ctx.store.id, "id": transfer_id,
        "reference": new.reference.strip(), "note": new.note.strip(),
        "actor": ctx.actor.label or ctx.actor.kind, "now": ctx.clock.now(),
    }  # fmt: skip


async def _write_lines(ctx: Context, session: AsyncSession, transfer_id: UUID, new: TransferInput) -> None:
    keys = {"store_id": ctx.store.id, "transfer_id": transfer_id}
    rows = [
        {**keys, "id": new_id(), "variant_id": line.variant_id, "quantity": line.quantity}
        for line in new.lines
    ]
    await session.execute(_ADD_LINES, {"rows": dump(rows)})
