# SPDX-License-Identifier: Apache-2.0
"""What is written down of an import: how far it has come, what it counted, what it found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_importer.api import Finding, ImportReport
from shopwright_importer.services.source_file import SourceFile

# An import that was finished begins anew; one that was not goes on where it stopped.
_BEGIN = text("""
INSERT INTO importer_run AS r (store_id, id, fingerprint, file_name, path, state, bytes_all, created_at, updated_at)
VALUES (:store_id, :id, :fingerprint, :file_name, :path, :state, :size, :now, :now)
ON CONFLICT (store_id, fingerprint) DO UPDATE SET state = excluded.state, message = '',
    values = '{}', attempts = CASE WHEN excluded.state = 'waiting' THEN 0 ELSE r.attempts END,
    file_name = CASE WHEN excluded.path = '' THEN r.file_name ELSE excluded.file_name END,
    path = CASE WHEN excluded.path = '' THEN r.path ELSE excluded.path END,
    line = CASE WHEN :restart OR r.state = 'finished' THEN 0 ELSE r.line END,
    bytes_done = CASE WHEN :restart OR r.state = 'finished' THEN 0 ELSE r.bytes_done END,
    counts = CASE WHEN :restart OR r.state = 'finished' THEN '{}' ELSE r.counts END,
    updated_at = excluded.updated_at
RETURNING id, line, counts
""")
_FORGET = text("DELETE FROM importer_finding WHERE run_id = :run_id")
_MOVE = text("""
UPDATE importer_run SET line = :line, bytes_done = :read, counts = CAST(:counts AS jsonb), updated_at = :now
WHERE id = :id
""")
_STATE = text("""
UPDATE importer_run SET state = :state, message = :words, values = CAST(:values AS jsonb), updated_at = :now
WHERE id = :id
""")
_ATTEMPT = text("UPDATE importer_run SET attempts = attempts + 1 WHERE id = :id AND state <> 'finished'")
_ADD = text("""
INSERT INTO importer_finding SELECT * FROM jsonb_populate_recordset(NULL::importer_finding, CAST(:rows AS jsonb))
""")
_COLUMNS = """
SELECT id, file_name, path, state, line, bytes_done, bytes_all, counts, message AS words, values, attempts,
    created_at, updated_at FROM importer_run
"""
_RUN = f"{_COLUMNS} WHERE id = $1"
_RUNS = f"{_COLUMNS} ORDER BY created_at DESC LIMIT $1"
_FINDINGS = """
SELECT kind, line, handle, code, message AS words, values FROM importer_finding WHERE run_id = $1 ORDER BY line, id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class RunNote:
    """An import as it is written down."""

    id: UUID
    file_name: str
    path: str
    state: str
    line: int
    bytes_done: int
    bytes_all: int
    counts: dict[str, int]
    words: str
    """Why it stopped, with what fills it, as in ``Finding``."""
    values: dict[str, str | int]
    attempts: int
    created_at: datetime
    updated_at: datetime

    def message(self, ctx: Context) -> str:
        return ctx.gettext(self.words, **self.values)

    @property
    def percent(self) -> int:
        if self.state == "finished":
            return 100
        return min(99, self.bytes_done * 100 // self.bytes_all) if self.bytes_all else 0


async def begin(
    ctx: Context,
    session: AsyncSession,
    source: SourceFile,
    *,
    state: str,
    restart: bool = False,
    file_name: str = "",
    path: str = "",
) -> tuple[UUID, int, dict[str, int]]:
    """Write down that a file is taken in (or waits for it); give the id, the last line that is done, the counts."""
    row = (
        await session.execute(
            _BEGIN,
            {
                "store_id": ctx.store.id, "id": new_id(), "fingerprint": source.fingerprint, "path": path,
                "file_name": file_name or source.path.name, "state": state, "size": source.size,
                "now": ctx.clock.now(), "restart": restart,
            },
        )
    ).one()  # fmt: skip
    if row.line == 0:
        await session.execute(_FORGET, {"run_id": row.id})
    return row.id, row.line, row.counts


async def move(
    ctx: Context, session: AsyncSession, run_id: UUID, line: int, read: int, report: ImportReport
) -> None:
    """Write down how far an import has come, in the transaction of what it has done."""
    counts = {name: value for name, value in asdict(report).items() if isinstance(value, int)}
    values = {"id": run_id, "line": line, "read": read, "counts": dump(counts), "now": ctx.clock.now()}
    await session.execute(_MOVE, values)


async def tell(
    ctx: Context, session: AsyncSession, run_id: UUID, kind: str, findings: tuple[Finding, ...]
) -> None:
    """Write down refusals or notices."""
    if findings:
        common = {"store_id": ctx.store.id, "run_id": run_id, "kind": kind}
        rows = [
            {
                **common, "id": new_id(), "line": finding.line, "handle": finding.handle, "code": finding.code,
                "message": finding.words, "values": dict(finding.values),
            }
            for finding in findings
        ]  # fmt: skip
        await session.execute(_ADD, {"rows": dump(rows)})


async def end(
    ctx: Context, run_id: UUID, state: str, words: str = "", values: Mapping[str, str | int] | None = None
) -> None:
    """Write down that an import is over or stopped, and why."""
    row = {"id": run_id, "state": state, "words": words, "values": dump(values or {}), "now": ctx.clock.now()}
    await ctx.run(lambda session: session.execute(_STATE, row))


async def attempt(ctx: Context, run_id: UUID) -> RunNote | None:
    """Count that an import is begun (again) by a job, and give it."""
    await ctx.run(lambda session: session.execute(_ATTEMPT, {"id": run_id}))
    return await run(ctx, run_id)


async def run(ctx: Context, run_id: UUID) -> RunNote | None:
    rows = await ctx.fetch_rows(_RUN, run_id)
    return _note(rows[0]) if rows else None


async def runs(ctx: Context, limit: int = 20) -> list[RunNote]:
    return [_note(row) for row in await ctx.fetch_rows(_RUNS, limit)]


async def findings(ctx: Context, run_id: UUID, limit: int = 1_000_000) -> list[tuple[str, Finding]]:
    """Give refusals and notices of an import in the order of their lines, each with its kind."""
    rows = await ctx.fetch_rows(_FINDINGS, run_id, limit)
    return [
        (
            row["kind"],
            Finding(row["line"], row["handle"], row["code"], row["words"], orjson.loads(row["values"])),
        )
        for row in rows
    ]


async def resumed(ctx: Context, run_id: UUID, line: int, counts: dict[str, int]) -> ImportReport:
    """Give the report of an import as it was when it stopped."""
    known = await findings(ctx, run_id)
    return replace(
        ImportReport(),
        **cast("dict[str, Any]", counts | {"resumed_at_line": line + 1}),
        refusals=tuple(finding for kind, finding in known if kind == "refusal"),
        notices=tuple(finding for kind, finding in known if kind == "notice"),
    )


def _note(row: Any) -> RunNote:
    return RunNote(
        **{**dict(row), "counts": orjson.loads(row["counts"]), "values": orjson.loads(row["values"])}
    )
