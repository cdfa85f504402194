# SPDX-License-Identifier: Apache-2.0
"""Stock-takes: opening one with its lines, and giving it up. Counting and applying have files of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.services import lines, stock, stock_take_scope

Scope = Literal["location", "catalogue", "category", "collection", "skus"]
MOST = 50_000
NAME_MOST = 80
_TOGETHER = 5_000

_ADD = text("""
INSERT INTO inventory_stock_take (store_id, id, name, location_id, scope, handle, blind, total, created_by, created_at)
VALUES (:store_id, :id, :name, :location_id, :scope, :handle, :blind, :total, :actor, :now)
""")
_ADD_LINES = text("""
INSERT INTO inventory_stock_take_line (store_id, id, stock_take_id, variant_id, position)
SELECT :store_id, x.id, :stock_take_id, x.variant_id, x.position
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (id uuid, variant_id uuid, position integer)
""")
_LOCK = text("""
SELECT id, name, location_id, state, total, version FROM inventory_stock_take WHERE id = :id FOR UPDATE
""")
_TURN = text("""
UPDATE inventory_stock_take SET state = :state, version = version + 1,
    closed_at = CASE WHEN :state IN ('applied', 'cancelled') THEN CAST(:now AS timestamptz) END
WHERE id = :id
""")
_IS_APPLIED = text("""
SELECT EXISTS (SELECT 1 FROM inventory_stock_take_line WHERE stock_take_id = :id AND applied_at IS NOT NULL)
""")


@dataclass(frozen=True, slots=True)
class StockTakeInput:
    """A stock-take as staff open it: ``handle`` is of a category or collection, ``skus`` name chosen items.

    The scope ``location`` is what should lie there, ``catalogue`` everything that can be kept in stock.
    """

    name: str
    location: str = stock.DEFAULT
    scope: Scope = "location"
    handle: str = ""
    skus: Sequence[str] = ()
    blind: bool = False
    """Whether who counts is not told what is expected."""


async def create(ctx: Context, new: StockTakeInput) -> UUID:
    """Open a stock-take of a location; gives its id.

    Raises:
        Invalid: a field is wrong, or there is nothing to count.
    """
    if not new.name.strip() or len(new.name) > NAME_MOST:
        message = translatable("Give it a name of up to 80 letters.")
        raise Invalid(errors=[FieldError("/name", "required", message)])

    async def work(session: AsyncSession) -> UUID:
        place = await _place(ctx, session, new.location)
        found = await stock_take_scope.variants_of(ctx, session, new, place, MOST)
        take_id = new_id()
        values = {
            "store_id": ctx.store.id, "id": take_id, "name": new.name.strip(), "location_id": place,
            "scope": new.scope, "handle": new.handle.strip(), "blind": new.blind, "total": len(found),
            "actor": ctx.actor.label or ctx.actor.kind, "now": ctx.clock.now(),
        }  # fmt: skip
        await session.execute(_ADD, values)
        await add_lines(ctx, session, take_id, found, after=0)
        await audit(ctx, session, take_id, "opened")
        return take_id

    return await ctx.run(work)


async def cancel(ctx: Context, take_id: UUID, version: int | None) -> None:
    """Give a stock-take up: nothing is moved.

    Raises:
        NotFound, Conflict: it is closed, or some of it is applied already.
    """

    async def work(session: AsyncSession) -> None:
        take = await locked(session, take_id, version)
        if (await session.execute(_IS_APPLIED, {"id": take_id})).scalar_one():
            words = translatable(
                "Some of it is applied already. Take back the counts that cannot be applied, and apply it again."
            )
            raise Conflict(words, code="stock_take_applied_in_part")
        await turn(ctx, session, take, "cancelled")

    await ctx.run(work)


async def locked(
    session: AsyncSession, take_id: UUID, version: int | None = None, state: str = "counting"
) -> Any:
    """Lock a stock-take that is in this state, and at this version if one is told.

    Raises:
        NotFound, Conflict: it is not.
    """
    row = (await session.execute(_LOCK, {"id": take_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such stock-take.", code="stock_take_not_found")
    if row.state != state:
        words = {
            "counting": translatable("This stock-take is still being counted."),
            "applying": translatable("This stock-take is being applied."),
            "applied": translatable("This stock-take is applied already."),
            "cancelled": translatable("This stock-take was cancelled."),
        }
        raise Conflict(words[row.state], code="stock_take_state", extra={"state": row.state})
    lines.check_version(row, version)
    return row


async def turn(ctx: Context, session: AsyncSession, take: Any, state: str) -> None:
    """Bring a locked stock-take into a state, as a new version."""
    await session.execute(_TURN, {"id": take.id, "state": state, "now": ctx.clock.now()})
    await audit(ctx, session, take.id, state)


async def add_lines(
    ctx: Context, session: AsyncSession, take_id: UUID, variant_ids: Sequence[UUID], *, after: int
) -> None:
    """Write lines of variants behind a position."""
    keys = {"store_id": ctx.store.id, "stock_take_id": take_id}
    rows = [
        {"id": new_id(), "variant_id": variant_id, "position": position}
        for position, variant_id in enumerate(variant_ids, after + 1)
    ]
    for start in range(0, len(rows), _TOGETHER):
        await session.execute(_ADD_LINES, keys | {"rows": dump(rows[start : start + _TOGETHER])})


async def audit(ctx: Context, session: AsyncSession, take_id: UUID, what: str) -> None:
    await ctx.audit(session, f"inventory.stock_take_{what}", subject=("inventory.stock_take", take_id))


async def _place(ctx: Context, session: AsyncSession, code: str) -> UUID:
    try:
        return await stock.location_id(ctx, session, code)
    except NotFound:
        message = translatable("There is no such location.")
        raise Invalid(errors=[FieldError("/location", "unknown", message)]) from None
