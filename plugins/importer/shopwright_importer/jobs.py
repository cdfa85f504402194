# SPDX-License-Identifier: Apache-2.0
"""The importer's jobs: taking in a file that was uploaded, and fetching the pictures that imports want."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright.jobs import Job, Schedule
from shopwright_importer.api import FileError, ImportOptions, import_products
from shopwright_importer.services import fetch_pictures as service
from shopwright_importer.services import notes

_NOW = "now"


@dataclass(frozen=True, slots=True)
class TakeIn:
    """An import that waits."""

    run_id: UUID
    format: str = ""
    """The chosen one; without it the columns tell."""


@dataclass(frozen=True, slots=True)
class FetchPictures:
    """The pictures of a store that are due."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file of all products to write, by the code of its format."""

    format: str


async def _export(ctx: Context, payload: Export) -> None:
    # The service needs this job to ask for it.
    from shopwright_importer.services.exports.files import path_of
    from shopwright_importer.services.exports.write import write

    await write(ctx, payload.format, path_of(ctx, payload.format))


async def _take_in(ctx: Context, payload: TakeIn) -> None:
    """Import an uploaded file; a job that is tried again goes on where the last attempt stopped."""
    run = await notes.attempt(ctx, payload.run_id)
    if run is None or run.state == "finished":
        return
    path = Path(run.path)
    try:
        await import_products(ctx, path, options=ImportOptions(format=payload.format))
    except FileError as error:
        await notes.end(ctx, run.id, "failed", error.words, error.values)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        if run.attempts < take_in.retry.attempts:
            words = translatable("The import stopped (%(reason)s). It goes on by itself.")
            await notes.end(ctx, run.id, "waiting", words, {"reason": reason})
        else:
            words = translatable(
                "The import stopped (%(reason)s) %(times)s times and is not tried again. Upload the file once more "
                "to go on."
            )
            await notes.end(ctx, run.id, "failed", words, {"reason": reason, "times": run.attempts})
        raise
    await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)


async def _fetch_pictures(ctx: Context, payload: FetchPictures) -> None:
    """Fetch what is due, and leave a job for what is due later."""
    delay = await service.fetch_due(ctx)
    if delay is not None:
        await ctx.run(lambda session: fetch_soon(ctx, session, delay=delay))


async def fetch_soon(ctx: Context, session: AsyncSession, *, delay: float = 0.0) -> None:
    """Have pictures fetched after the caller's commit, or when more of them are due: one job for each minute."""
    due = ctx.clock.now().timestamp() + delay
    key = f"minute:{due // 60:.0f}" if delay else _NOW
    await ctx.enqueue(session, fetch_pictures, FetchPictures(), delay=delay, dedupe_key=key)


take_in = Job("importer.take_in", TakeIn, _take_in, timeout=3600.0)
export = Job("importer.export", Export, _export, timeout=3600.0)
fetch_pictures = Job("importer.fetch_pictures", FetchPictures, _fetch_pictures, timeout=300.0)
# What was due while the plugin was off, or nobody worked, is found within the hour.
hourly = Schedule("importer.fetch_pictures_hourly", "23 * * * *", fetch_pictures, FetchPictures())
