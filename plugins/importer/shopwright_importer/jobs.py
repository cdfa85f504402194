# SPDX-License-Identifier: Apache-2.0
"""The importer's job: taking in a file that was uploaded."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import UsageError
from shopwright.jobs import Job
from shopwright_importer.api import import_shopify
from shopwright_importer.services import notes


@dataclass(frozen=True, slots=True)
class TakeIn:
    """An import that waits."""

    run_id: UUID


async def _take_in(ctx: Context, payload: TakeIn) -> None:
    """Import an uploaded file; a job that is tried again goes on where the last attempt stopped."""
    run = await notes.run(ctx, payload.run_id)
    if run is None or run.state not in {"waiting", "running"}:
        return
    path = Path(run.path)
    try:
        await import_shopify(ctx, path)
    except UsageError as error:
        await notes.end(ctx, run.id, "failed", str(error))
    await asyncio.to_thread(shutil.rmtree, path.parent, ignore_errors=True)


take_in = Job("importer.take_in", TakeIn, _take_in, timeout=3600.0)
