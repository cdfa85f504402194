# SPDX-License-Identifier: Apache-2.0
"""The lists as staff see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog
from shopwright_stock_notices.services.mails import title_of

VIEW, EDIT = "stock_notices.notice.view", "stock_notices.notice.edit"
_VARIANTS = """
SELECT variant_id, count(*) AS people, min(created_at) AS since FROM stock_notices_notice
WHERE confirmed_at IS NOT NULL AND notified_at IS NULL
GROUP BY variant_id HAVING $2::uuid IS NULL OR (-count(*), variant_id) > (-$1::bigint, $2)
ORDER BY people DESC, variant_id LIMIT $3
"""
_PEOPLE = """
SELECT id, email::text, locale, created_at, CASE WHEN confirmed_at IS NULL THEN 'unconfirmed' ELSE 'waiting' END
FROM stock_notices_notice
WHERE variant_id = $1 AND notified_at IS NULL AND ($2::uuid IS NULL OR id > $2)
    AND ($3 = '' OR strpos(lower(email::text), lower($3)) > 0)
ORDER BY id LIMIT $4
"""
_CANCEL = text("""
DELETE FROM stock_notices_notice WHERE id = :id AND notified_at IS NULL RETURNING variant_id
""")


@dataclass(frozen=True, slots=True)
class WantedVariant:
    """A variant with how many people wait for it, and since when the first of them."""

    variant_id: UUID
    title: str
    sku: str
    people: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list of a variant; ``unconfirmed`` until they have followed their link."""

    id: UUID
    email: str
    locale: str
    created_at: datetime
    status: Literal["waiting", "unconfirmed"]


async def wanted(
    ctx: Context, *, after: tuple[Any, ...] | None = None, limit: int = 50
) -> list[WantedVariant]:
    """Give the variants people wait for, most people first, behind the number of people and id of one."""
    rows = await ctx.fetch_rows(_VARIANTS, *(after or (None, None)), limit)
    variants = await catalog.variants(ctx, [row["variant_id"] for row in rows])
    return [
        WantedVariant(
            row["variant_id"],
            title_of(variant) if variant else ctx.gettext("A product that is gone"),
            variant.sku if variant else "",
            row["people"],
            row["since"],
        )
        for row in rows
        for variant in [variants.get(row["variant_id"])]
    ]


async def people(
    ctx: Context, variant_id: UUID, *, search: str = "", after: UUID | None = None, limit: int = 50
) -> list[Person]:
    """Give who is on the list of a variant, in the order in which they signed up."""
    return [Person(*row) for row in await ctx.fetch_rows(_PEOPLE, variant_id, after, search.strip(), limit)]


async def cancel(ctx: Context, notice_id: UUID) -> UUID:
    """Take somebody off the list; gives the variant.

    Raises:
        NotFound: they are not on it, or have been told already.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> UUID:
        variant_id = await session.scalar(_CANCEL, {"id": notice_id})
        if variant_id is None:
            raise NotFound(translatable("This person is not on the list any more."), code="notice_not_found")
        await ctx.audit(session, "stock_notices.cancelled", subject=("catalog.variant", variant_id))
        return UUID(str(variant_id))

    return await ctx.run(work)
