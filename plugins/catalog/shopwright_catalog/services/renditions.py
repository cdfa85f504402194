# SPDX-License-Identifier: Apache-2.0
"""Which pictures of a store have copies in other widths and formats, and which of them wait for theirs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jobs import Retry
from shopwright.jsontext import dump
from shopwright_catalog.api import ImageInput, Picture
from shopwright_catalog.services.pictures import address, is_stored, picture, rendition
from shopwright_catalog.services.read_categories import TAG as CATEGORIES

RETRY = Retry(attempts=3, first=60.0, factor=10.0)
LEASE = timedelta(minutes=10)
"""After this long somebody else may try: whoever began has died."""
_FOUND_AT_ONCE = 5000

# What was refused is tried anew when it is saved again: the file may be there now.
_WANT = text("""
INSERT INTO catalog_rendition AS r (store_id, id, source, state, due_at)
SELECT store_id, id, source, 'waiting', due_at
FROM jsonb_populate_recordset(NULL::catalog_rendition, CAST(:rows AS jsonb))
ON CONFLICT (store_id, source) DO UPDATE SET state = 'waiting', attempts = 0, reason = '', due_at = excluded.due_at
WHERE r.state = 'refused' RETURNING 1
""")
_FIND = f"""
SELECT source FROM (
    SELECT source FROM catalog_image WHERE source NOT LIKE 'http%'
    UNION SELECT image_source FROM catalog_category WHERE image_source <> '' AND image_source NOT LIKE 'http%'
) AS x WHERE NOT EXISTS (SELECT 1 FROM catalog_rendition r WHERE r.source = x.source) LIMIT {_FOUND_AT_ONCE}
"""
_GIVE_UP = text("""
UPDATE catalog_rendition SET state = 'refused', reason = 'begun too often'
WHERE state = 'waiting' AND due_at <= :now AND attempts >= :most
""")
_CLAIM = text("""
UPDATE catalog_rendition SET attempts = attempts + 1, due_at = :until WHERE id = (
    SELECT id FROM catalog_rendition WHERE state = 'waiting' AND due_at <= :now AND attempts < :most
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, source, attempts
""")
_NEXT = "SELECT min(due_at) FROM catalog_rendition WHERE state = 'waiting'"
_END = text("""
UPDATE catalog_rendition SET state = :state, widths = :widths, reason = :reason, due_at = :due WHERE id = :id
""")
_SMALL = """
SELECT source, widths[1] AS width FROM catalog_rendition WHERE source = ANY($1::text[]) AND widths <> '{}'
"""
_WIDTHS = "SELECT source, widths FROM catalog_rendition WHERE source = ANY($1::text[])"
_SHOWN_BY = text("""
SELECT i.product_id FROM unnest(CAST(:sources AS text[])) AS wanted
JOIN catalog_image i ON i.source NOT LIKE 'http%' AND md5(i.source) = md5(wanted) AND i.source = wanted
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A picture whose copies are being made, for the so-manieth time."""

    id: UUID
    source: str
    attempt: int


async def want(ctx: Context, session: AsyncSession, sources: Iterable[str]) -> bool:
    """Note pictures that are to have copies; tell whether some of them have none yet."""
    # Sorted, so that two that save the same pictures wait for each other in the same order.
    wanted = sorted({source for source in sources if is_stored(source)})
    if not wanted:
        return False
    now = ctx.clock.now()
    rows = [{"store_id": ctx.store.id, "id": new_id(), "source": source, "due_at": now} for source in wanted]
    return (await session.execute(_WANT, {"rows": dump(rows)})).first() is not None


async def find(ctx: Context) -> list[str]:
    """Give pictures that nobody noted, such as those from before there were copies; a few thousand at most."""
    return [row["source"] for row in await ctx.fetch_rows(_FIND)]


async def claim(ctx: Context) -> Claimed | None:
    """Take the picture that waits longest, so that nobody else works on it meanwhile."""
    now = ctx.clock.now()
    values = {"now": now, "until": now + LEASE, "most": RETRY.attempts}

    async def work(session: AsyncSession) -> Claimed | None:
        await session.execute(_GIVE_UP, {"now": now, "most": RETRY.attempts})
        row = (await session.execute(_CLAIM, values)).one_or_none()
        return Claimed(row.id, row.source, row.attempts) if row else None

    return await ctx.run(work)


async def seconds_to_next(ctx: Context) -> float | None:
    """Tell when the next picture is due; None when none waits."""
    due = await ctx.fetch_value(_NEXT)
    return None if due is None else max(0.0, (due - ctx.clock.now()).total_seconds())


async def made(ctx: Context, picture: Claimed, widths: list[int]) -> None:
    """Write down that a picture has its copies."""
    await _end(ctx, picture, "made", widths=widths)


async def refused(ctx: Context, picture: Claimed, reason: str) -> None:
    """Write down that a picture gets no copies."""
    await _end(ctx, picture, "refused", reason=reason)


async def failed(ctx: Context, picture: Claimed, reason: str) -> None:
    """Write down that it is tried again, unless it was tried often enough."""
    is_over = picture.attempt >= RETRY.attempts
    delay = 0.0 if is_over else RETRY.delay(picture.attempt)
    await _end(ctx, picture, "refused" if is_over else "waiting", reason=reason, delay=delay)


async def small(ctx: Context, sources: Sequence[str]) -> Callable[[str], str]:
    """Give what tells the address of the lightest that there is of some pictures, for lists of them."""
    rows = await ctx.fetch_rows(_SMALL, list(sources)) if sources else []
    light = {row["source"]: rendition(row["source"], row["width"], "webp") for row in rows}
    return lambda source: address(ctx, light.get(source, source))


async def shown(ctx: Context, images: Sequence[ImageInput]) -> dict[str, Picture]:
    """Give stored images as pages show them, by source."""
    rows = await ctx.fetch_rows(_WIDTHS, [image.source for image in images]) if images else []
    widths = {row["source"]: row["widths"] for row in rows}
    found = {x.source: picture(ctx, asdict(x) | {"widths": widths.get(x.source)}, {}, x.alt) for x in images}
    return {source: one for source, one in found.items() if one is not None}


async def forget_pages(ctx: Context, sources: list[str]) -> None:
    """Drop the cached pages that show pictures, so that the next reader gets their copies."""

    async def work(session: AsyncSession) -> None:
        found = await session.execute(_SHOWN_BY, {"sources": sources})
        tags = [f"catalog.product:{product_id}" for product_id in set(found.scalars())]
        await ctx.kernel.events.invalidate(ctx, session, [*tags, "catalog.products", CATEGORIES])

    await ctx.run(work)


async def _end(
    ctx: Context,
    picture: Claimed,
    state: str,
    *,
    widths: list[int] | None = None,
    reason: str = "",
    delay: float = 0.0,
) -> None:
    due = ctx.clock.now() + timedelta(seconds=delay)
    values = {"id": picture.id, "state": state, "widths": widths or [], "reason": reason, "due": due}
    await ctx.run(lambda session: session.execute(_END, values))
