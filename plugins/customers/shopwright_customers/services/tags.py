# SPDX-License-Identifier: Apache-2.0
"""Tags of customers: short words staff and programs put on them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_customers.services import records
from shopwright_customers.services.records import SUBJECT

MOST, LONGEST = 50, 40
_OF = "SELECT t.tag::text FROM customers_tag t WHERE customer_id = $1 ORDER BY t.tag"
_ALL = 'SELECT DISTINCT tag::text COLLATE "C" AS tag FROM customers_tag ORDER BY 1 LIMIT 500'
_CLEAR = text("DELETE FROM customers_tag WHERE customer_id = :customer_id")
_INSERT = text("""
INSERT INTO customers_tag (store_id, customer_id, tag) SELECT :store_id, :customer_id, unnest(CAST(:tags AS text[]))
""")


async def of_customer(ctx: Context, customer_id: UUID) -> list[str]:
    return [row["tag"] for row in await ctx.fetch_rows(_OF, customer_id)]


async def in_use(ctx: Context) -> list[str]:
    """Give the tags customers of this store have, the first 500."""
    return [row["tag"] for row in await ctx.fetch_rows(_ALL)]


def split(typed: str) -> list[str]:
    """Take tags apart that were typed with commas between them."""
    return [part for part in (" ".join(part.split()) for part in typed.split(",")) if part]


async def put_on(ctx: Context, customer_id: UUID, tags: Iterable[str]) -> None:
    """Give a customer these tags and no others; capitals make no other tag.

    Raises:
        NotFound: there is no such customer in this store.
        Invalid: a tag is too long or holds a comma, or there are too many.
    """
    ctx.require(records.EDIT)
    wanted = list({" ".join(tag.split()).casefold(): " ".join(tag.split()) for tag in tags}.values())
    if any("," in tag or not 0 < len(tag) <= LONGEST for tag in wanted) or len(wanted) > MOST:
        message = ctx.gettext(
            "Use at most %(most)s tags of %(longest)s characters each, without commas.",
            most=MOST,
            longest=LONGEST,
        )
        raise Invalid(message, errors=[FieldError("/tags", "unusable_tags", message)])

    async def work(session: AsyncSession) -> None:
        await records.require(session, customer_id)
        values = {"store_id": ctx.store.id, "customer_id": customer_id, "tags": wanted}
        await session.execute(_CLEAR, values)
        await session.execute(_INSERT, values)
        await ctx.audit(session, "customers.tags_set", subject=(SUBJECT, customer_id))

    await ctx.run(work)
