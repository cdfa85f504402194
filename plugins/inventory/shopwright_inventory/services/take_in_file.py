# SPDX-License-Identifier: Apache-2.0
"""Taking in a large stock file: all rows are tried first, then written a part at a time, so that orders never wait long."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.jsontext import dump
from shopwright_inventory.services import csv_apply, stock_files
from shopwright_inventory.services.csv_apply import Named
from shopwright_inventory.services.csv_stock import Refused, Row
from shopwright_inventory.services.stock_files import RefusedError

_READ = "SELECT name, state, content, done FROM inventory_file WHERE id = $1"
_LOCK = text("SELECT done FROM inventory_file WHERE id = :id AND state = 'waiting' FOR UPDATE")
_STEP = text("""
UPDATE inventory_file SET done = done + :done, changed = changed + :changed,
    problems = problems || CAST(:problems AS jsonb)
WHERE id = :id
""")
_CLOSE = text("""
UPDATE inventory_file SET state = :state, content = '', closed_at = :now,
    problems = problems || CAST(:problems AS jsonb)
WHERE id = :id AND state = 'waiting'
""")


async def take_in(ctx: Context, file_id: UUID) -> None:
    """Take in a file that waits; tried again it goes on behind the last part that was written.

    When a row is refused, nothing is written. What orders reserved between the trial and the writing stays
    theirs: such a line is left out, and told.
    """
    found = await ctx.fetch_rows(_READ, file_id)
    if not found or found[0]["state"] != "waiting":
        return
    name, done = found[0]["name"], found[0]["done"]
    rows = list(_loaded(found[0]["content"]))
    refused: list[Refused] = []
    if done == 0:
        for part in csv_apply.rounds(rows):
            refused += await _tried(ctx, part, name, file_id)
    if not refused:
        for part in csv_apply.rounds(rows[done:]):
            await _written(ctx, part, name, file_id, done)
            done += len(part)

    async def close(session: AsyncSession) -> None:
        values = {"id": file_id, "state": "refused" if refused else "finished", "now": ctx.clock.now()}
        await session.execute(_CLOSE, values | {"problems": _problems(refused)})
        if not refused:
            await stock_files.audit(ctx, session, file_id, name)

    await ctx.run(close)


async def _tried(ctx: Context, part: Sequence[Named], name: str, file_id: UUID) -> Sequence[Refused]:
    """Write a part and give it up again: what is refused."""

    async def work(session: AsyncSession) -> None:
        _, refused = await csv_apply.take_in(ctx, session, part, name=name, file_id=file_id)
        raise RefusedError(refused)

    try:
        await ctx.run(work)
    except RefusedError as error:
        return error.refused
    return ()


async def _written(ctx: Context, part: Sequence[Named], name: str, file_id: UUID, start: int) -> None:
    """Write a part but for the lines that are refused by now; one that is written already is left."""
    left_out: list[Refused] = []

    async def work(session: AsyncSession, rows: Sequence[Named]) -> None:
        if (await session.execute(_LOCK, {"id": file_id})).scalar_one_or_none() != start:
            return
        changed, refused = await csv_apply.take_in(ctx, session, rows, name=name, file_id=file_id)
        if refused:
            raise RefusedError(refused)
        values = {"id": file_id, "done": len(part), "changed": changed, "problems": _problems(left_out)}
        await session.execute(_STEP, values)

    while True:
        lines = {each.line for each in left_out}
        try:
            await ctx.run(partial(work, rows=[pair for pair in part if pair[1].line not in lines]))
        except RefusedError as error:
            left_out += error.refused
        else:
            return


def _problems(refused: Sequence[Refused]) -> str:
    return dump([asdict(each) for each in stock_files.first(refused)])


def _loaded(content: str) -> Iterator[Named]:
    for variant_id, values in orjson.loads(content):
        rules: dict[str, Any] = values["rules"]
        if rules.get("available_on"):
            rules["available_on"] = date.fromisoformat(rules["available_on"])
        yield UUID(variant_id), Row(**values | {"key": tuple(values["key"])})
