# SPDX-License-Identifier: Apache-2.0
"""Jobs of pricing: a list begins or ends, and prices are written into the history."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.jobs import Job
from shopwright_catalog import api as catalog
from shopwright_pricing.services import history

_PRODUCTS = 100


@dataclass(frozen=True, slots=True)
class Turn:
    """A list that begins or ends now."""

    list_id: UUID


@dataclass(frozen=True, slots=True)
class Record:
    """Variants whose public price may have changed."""

    variant_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class RecordAll:
    """All variants, from a cursor of the catalogue on."""

    cursor: str = ""


async def _turn(ctx: Context, payload: Turn) -> None:
    from shopwright_pricing.services import touch

    async def work(session: AsyncSession) -> None:
        await touch.touched(ctx, session, await touch.reach(session, payload.list_id))

    await ctx.run(work)


async def _record(ctx: Context, payload: Record) -> None:
    await history.record(ctx, payload.variant_ids)


async def _record_all(ctx: Context, payload: RecordAll) -> None:
    """Write a page of products, and leave a job for the next one."""
    page = await catalog.cards(ctx, sort="newest", cursor=payload.cursor, limit=_PRODUCTS)
    await history.record(ctx, [variant_id for card in page.cards for variant_id in card.variant_ids])
    if page.next_cursor:
        following = RecordAll(page.next_cursor)
        await ctx.run(lambda session: ctx.enqueue(session, record_all, following))


turn = Job("pricing.turn", Turn, _turn)
record = Job("pricing.record", Record, _record)
record_all = Job("pricing.record_all", RecordAll, _record_all)
