# SPDX-License-Identifier: Apache-2.0
"""The catalogue's jobs: copies of pictures, and publication at a planned time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.jobs import Job, Schedule
from shopwright_catalog.services import make_renditions as service
from shopwright_catalog.services import publication, renditions

BULK = 500
"""Products of a bulk edit in one job."""


@dataclass(frozen=True, slots=True)
class MakeRenditions:
    """The pictures of a store that wait for copies; ``find``: look for those that nobody noted, too."""

    find: bool = False


@dataclass(frozen=True, slots=True)
class TurnPublication:
    """The products of a store whose time has come."""


@dataclass(frozen=True, slots=True)
class RunBulkEdit:
    """A bulk edit with products that wait."""

    edit_id: UUID


async def plan_publication(ctx: Context, session: AsyncSession, times: Iterable[datetime]) -> None:
    """Have products turned at these times, after the caller's commit."""
    for time in sorted(set(times)):
        delay = max(0.0, (time - ctx.clock.now()).total_seconds())
        key = f"at:{time.timestamp()}"
        await ctx.enqueue(session, turn_publication, TurnPublication(), delay=delay, dedupe_key=key)


async def _turn_publication(ctx: Context, payload: TurnPublication) -> None:
    await publication.turn(ctx)


async def _run_bulk_edit(ctx: Context, payload: RunBulkEdit) -> None:
    """Change some hundred products, and leave a job for the others."""
    from shopwright_catalog.services import bulk_edit

    if await bulk_edit.run(ctx, payload.edit_id, BULK):
        await ctx.run(lambda session: ctx.enqueue(session, run_bulk_edit, payload))


@dataclass(frozen=True, slots=True)
class RefillCategory:
    """A branch of the categories that moved, and the last product whose place was found."""

    category_id: UUID
    after: UUID


async def _refill_category(ctx: Context, payload: RefillCategory) -> None:
    """Find the place of some thousand products, and leave a job for the others."""
    from shopwright_catalog.services import category_tree

    async def work(session: AsyncSession) -> None:
        rest = await category_tree.refill(ctx, session, payload.category_id, payload.after)
        if rest is not None:
            await ctx.enqueue(session, refill_category, RefillCategory(payload.category_id, rest))
        else:
            await ctx.kernel.events.invalidate(ctx, session, ["catalog.categories", "catalog.products"])

    await ctx.run(work)


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
run_bulk_edit = Job("catalog.run_bulk_edit", RunBulkEdit, _run_bulk_edit)
refill_category = Job("catalog.refill_category", RefillCategory, _refill_category)
turn_publication = Job("catalog.turn_publication", TurnPublication, _turn_publication)
# Turns what was missed while no worker ran.
every_five_minutes = Schedule(
    "catalog.turn_publication_often", "*/5 * * * *", turn_publication, TurnPublication()
)
