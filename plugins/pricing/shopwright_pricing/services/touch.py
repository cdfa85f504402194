# SPDX-License-Identifier: Apache-2.0
"""What a change of a list touches: its kept pages are forgotten, its history is written, its times are planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_pricing import jobs
from shopwright_pricing.services.keeping import TAG

MOST_PAGES = 1000
"""Lists with more products drop all pages of the store."""
CHUNK = 500

_MEMBERS = text("""
SELECT DISTINCT product_id, variant_id FROM pricing_price WHERE list_id = :list_id ORDER BY variant_id
""")
_LIST = text("""
SELECT audience = 'everybody' AS is_public, percent_ppm IS NOT NULL AS is_for_all FROM pricing_list WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose prices a list makes; ``is_for_all``: every variant's."""

    is_public: bool = False
    is_for_all: bool = False
    products: frozenset[UUID] = frozenset()
    variants: frozenset[UUID] = frozenset()

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.is_public or other.is_public,
            self.is_for_all or other.is_for_all,
            self.products | other.products,
            self.variants | other.variants,
        )


async def reach(session: AsyncSession, list_id: UUID) -> Reach:
    """Tell what a list reaches as it is in the transaction."""
    head = (await session.execute(_LIST, {"id": list_id})).one_or_none()
    if head is None:
        return Reach()
    if not head.is_public or head.is_for_all:
        return Reach(head.is_public, head.is_for_all)
    members = (await session.execute(_MEMBERS, {"list_id": list_id})).all()
    products, variants = ({row[i] for row in members} for i in (0, 1))
    return Reach(head.is_public, head.is_for_all, frozenset(products), frozenset(variants))


async def touched(ctx: Context, session: AsyncSession, found: Reach) -> None:
    """Have every process forget the lists and the pages with their prices, and the history be written.

    Guests alone see kept pages, so a list for some touches none.
    """
    await ctx.kernel.events.invalidate(ctx, session, [TAG])
    if found.is_public:
        await ctx.kernel.events.invalidate(ctx, session, tags_of(found))
        await _record(ctx, session, found)


def tags_of(found: Reach) -> list[str]:
    """Give the tags of the pages that show what a list reaches."""
    if found.is_for_all or len(found.products) > MOST_PAGES:
        return ["*"]
    if not found.products:
        return []
    return ["catalog.products", *sorted(f"catalog.product:{x}" for x in found.products)]


async def plan(
    ctx: Context, session: AsyncSession, list_id: UUID, moments: Sequence[datetime | None]
) -> None:
    """Leave a job for each moment that is to come."""
    now = ctx.clock.now()
    for moment in moments:
        if moment is not None and moment > now:
            key = f"{list_id}:{moment.timestamp():.0f}"
            delay = (moment - now).total_seconds()
            await ctx.enqueue(session, jobs.turn, jobs.Turn(list_id), delay=delay, dedupe_key=key)


async def _record(ctx: Context, session: AsyncSession, found: Reach) -> None:
    if found.is_for_all:
        await ctx.enqueue(session, jobs.record_all, jobs.RecordAll())
        return
    ids = sorted(found.variants)
    for start in range(0, len(ids), CHUNK):
        await ctx.enqueue(session, jobs.record, jobs.Record(tuple(ids[start : start + CHUNK])))
