# SPDX-License-Identifier: Apache-2.0
"""Files of stock that are taken in: small ones at once, large ones by a job that tells how far it is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_inventory.services import csv_apply, csv_stock
from shopwright_inventory.services.csv_stock import Refused
from shopwright_inventory.services.cursors import decoded

LARGEST = 10 * 1024 * 1024
AT_ONCE = 500
"""So many rows are taken in while the person waits; more are a job."""
MOST_TOLD = 100

_ADD = text("""
INSERT INTO inventory_file (store_id, id, name, state, content, total, done, changed, created_by, created_at, closed_at)
VALUES (:store_id, :id, :name, :state, :content, :total, :done, :changed, :actor, :now,
    CASE WHEN :state <> 'waiting' THEN CAST(:now AS timestamptz) END)
""")
_COLUMNS = "id, name, state, total, done, changed, problems, created_by, created_at, closed_at"
_PAGE = f"""
SELECT {_COLUMNS} FROM inventory_file WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2
"""
_ONE = f"SELECT {_COLUMNS} FROM inventory_file WHERE id = $1"


@dataclass(frozen=True, slots=True)
class StockFile:
    """A file that was taken in, waits, or was refused: rows in all and done, levels and rules that changed."""

    id: UUID
    name: str
    state: str
    total: int
    done: int
    changed: int
    problems: list[FieldError]
    """What was refused, by pointers like ``/12/on_hand``: line and column. Of a finished file: lines that were left out."""
    created_by: str
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StockFilePage:
    """Files, newest first; ``next_cursor`` is empty on the last page."""

    items: list[StockFile]
    next_cursor: str


class RefusedError(Exception):
    """Rows that are refused; whatever their transaction wrote is given up."""

    def __init__(self, refused: Sequence[Refused]) -> None:
        super().__init__("refused")
        self.refused = refused


async def accept(ctx: Context, name: str, content: bytes) -> UUID:
    """Take a file in, all of it or nothing, or have a job do it when it is large; gives its id.

    Raises:
        Invalid: names lines and columns, by pointers like ``/12/on_hand``.
    """
    rows, refused = await asyncio.to_thread(csv_stock.parsed, content)
    found, unnamed = await csv_apply.named(ctx, rows)
    refused += unnamed
    is_large = len(rows) > AT_ONCE
    if refused and is_large:
        raise _invalid(ctx, refused)
    file_id = new_id()
    values = {
        "store_id": ctx.store.id, "id": file_id, "name": name, "state": "waiting", "content": "",
        "total": len(rows), "done": 0, "changed": 0, "actor": ctx.actor.label or ctx.actor.kind,
        "now": ctx.clock.now(),
    }  # fmt: skip

    async def at_once(session: AsyncSession) -> None:
        changed, more = await csv_apply.take_in(ctx, session, found, name=name, file_id=file_id)
        if refused or more:
            raise RefusedError([*refused, *more])
        await session.execute(_ADD, values | {"state": "finished", "done": len(rows), "changed": changed})
        await audit(ctx, session, file_id, name)

    async def later(session: AsyncSession) -> None:
        from shopwright_inventory.jobs import TakeInFile, take_in_file

        await session.execute(_ADD, values | {"content": dump(found)})
        await ctx.enqueue(session, take_in_file, TakeInFile(file_id), dedupe_key=str(file_id))

    try:
        await ctx.run(later if is_large else at_once)
    except RefusedError as error:
        raise _invalid(ctx, error.refused) from None
    return file_id


async def page(ctx: Context, *, cursor: str = "", limit: int = 25) -> StockFilePage:
    """Give a page of the files that were sent.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    rows = await ctx.fetch_rows(_PAGE, decoded(cursor), limit + 1)
    found = [_file(ctx, row) for row in rows]
    return StockFilePage(found[:limit], str(found[limit - 1].id) if len(found) > limit else "")


async def by_id(ctx: Context, file_id: UUID) -> StockFile:
    """Give a file.

    Raises:
        NotFound: there is none of this id.
    """
    for row in await ctx.fetch_rows(_ONE, file_id):
        return _file(ctx, row)
    raise NotFound("There is no such file.", code="stock_file_not_found")


async def audit(ctx: Context, session: AsyncSession, file_id: UUID, name: str) -> None:
    subject = ("inventory.file", file_id)
    await ctx.audit(session, "inventory.file_taken_in", subject=subject, data={"file": name})


def _invalid(ctx: Context, refused: Sequence[Refused]) -> Invalid:
    return Invalid(errors=[_problem(ctx, x) for x in first(refused)])


def first(refused: Sequence[Refused]) -> list[Refused]:
    """Give the first hundred of what is refused, by line."""
    return sorted(refused, key=lambda x: x.line)[:MOST_TOLD]


def _problem(ctx: Context, refused: Refused) -> FieldError:
    return FieldError(f"/{refused.line}/{refused.column}", "refused", refused.text(ctx))


def _file(ctx: Context, row: Any) -> StockFile:
    found = row["problems"]
    problems = [Refused(**x) for x in (orjson.loads(found) if isinstance(found, str) else found)]
    return StockFile(**dict(row) | {"problems": [_problem(ctx, x) for x in problems]})
