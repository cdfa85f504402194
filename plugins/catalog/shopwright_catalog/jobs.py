# SPDX-License-Identifier: Apache-2.0
"""The catalogue's job: making copies of pictures in the widths and formats that browsers choose from."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.jobs import Job, Schedule
from shopwright_catalog.services import make_renditions as service
from shopwright_catalog.services import renditions


@dataclass(frozen=True, slots=True)
class MakeRenditions:
    """The pictures of a store that wait for copies; ``find``: look for those that nobody noted, too."""

    find: bool = False


async def want_renditions(ctx: Context, session: AsyncSession, sources: Iterable[str]) -> None:
    """Have copies made of pictures that have none, after the caller's commit."""
    if await renditions.want(ctx, session, sources):
        await _soon(ctx, session, 0.0)


async def _make_renditions(ctx: Context, payload: MakeRenditions) -> None:
    """Make what is due, and leave a job for what is due later."""
    if payload.find:
        missing = await renditions.find(ctx)
        await ctx.run(lambda session: renditions.want(ctx, session, missing))
    delay = await service.make_due(ctx)
    if delay is not None:
        await ctx.run(lambda session: _soon(ctx, session, delay))


async def _soon(ctx: Context, session: AsyncSession, delay: float) -> None:
    """Put one job into the queue for now, or for the minute in which more is due."""
    due = ctx.clock.now().timestamp() + delay
    key = f"minute:{due // 60:.0f}" if delay else "now"
    await ctx.enqueue(session, make_renditions, MakeRenditions(), delay=delay, dedupe_key=key)


make_renditions = Job("catalog.make_renditions", MakeRenditions, _make_renditions)
# Finds the pictures from before there were copies, and those whose job was lost.
hourly = Schedule("catalog.make_renditions_hourly", "41 * * * *", make_renditions, MakeRenditions(find=True))
