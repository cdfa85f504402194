# SPDX-License-Identifier: Apache-2.0
"""Files that staff upload: kept in the data folder until a job has taken them in."""

import asyncio
import shutil
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright_importer.jobs import TakeIn, take_in
from shopwright_importer.services import notes
from shopwright_importer.services.source_file import SourceFile, look


async def accept(ctx: Context, file: IO[bytes], file_name: str, code: str = "") -> UUID:
    """Keep an uploaded file and have a job take it in; give the import's id.

    Raises:
        FileError: it is not a product CSV; says what is wrong with it.
    """
    name = Path(file_name.replace("\\", "/")).name[:200] or "products.csv"
    source, path = await asyncio.to_thread(_keep, ctx, file, name, code)

    async def work(session: AsyncSession) -> UUID:
        run_id, _, _ = await notes.begin(
            ctx, session, source, state="waiting", file_name=name, path=str(path)
        )
        await ctx.enqueue(session, take_in, TakeIn(run_id, code), dedupe_key=str(run_id))
        await ctx.audit(session, "importer.started", subject=("importer.run", run_id), data={"file": name})
        return run_id

    return await ctx.run(work)


def _keep(ctx: Context, file: IO[bytes], name: str, code: str) -> tuple[SourceFile, Path]:
    """Look at a file and keep it in a folder named by its content: the same file twice is kept once."""
    folder = ctx.kernel.config.data_dir / "imports" / ctx.store.code
    fresh = folder / new_id().hex
    fresh.mkdir(parents=True)
    try:
        with (fresh / name).open("wb") as target:
            shutil.copyfileobj(file, target)
        source = look(fresh / name, code)
        path = folder / source.fingerprint / "products.csv"
        path.parent.mkdir(exist_ok=True)
        source.path.replace(path)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return source, path
