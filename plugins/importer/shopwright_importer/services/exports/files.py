# SPDX-License-Identifier: Apache-2.0
"""The export files of a store: asked for, written by a job, kept until they are asked for again."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_importer.jobs import Export, export
from shopwright_importer.services.exports import WRITERS
from shopwright_importer.services.exports.write import writer_of

_DEAD_AFTER = 600.0
"""Seconds after which nobody writes at a file any more that did not grow."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A format with the file there is of it."""

    code: str
    title: str
    made_at: datetime | None
    size: int
    is_being_written: bool


def path_of(ctx: Context, code: str) -> Path:
    """Give where the file of a format is.

    Raises:
        NotFound: there is no such format.
    """
    writer_of(code)
    return ctx.kernel.config.data_dir / "exports" / ctx.store.code / f"{code}.csv"


async def ask(ctx: Context, code: str) -> None:
    """Have a file written anew; the one there is stays until then.

    Raises:
        NotFound: there is no such format.
    """
    path = path_of(ctx, code)
    await asyncio.to_thread(_begin, path)

    async def work(session: AsyncSession) -> None:
        await ctx.enqueue(session, export, Export(code), dedupe_key=code)
        await ctx.audit(
            session, "importer.exported", subject=("kernel.store", ctx.store.id), data={"format": code}
        )

    await ctx.run(work)


async def all_of(ctx: Context) -> list[ExportFile]:
    return await asyncio.to_thread(lambda: [_look(ctx, code) for code in WRITERS])


def _begin(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(f"{path.name}.part").touch()


def _look(ctx: Context, code: str) -> ExportFile:
    path = path_of(ctx, code)
    part = path.with_name(f"{path.name}.part")
    is_growing = part.exists() and time.time() - part.stat().st_mtime < _DEAD_AFTER
    made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None
    size = part.stat().st_size if is_growing else path.stat().st_size if made_at else 0
    return ExportFile(code, WRITERS[code].title, made_at, size, is_growing)
