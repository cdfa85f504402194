# SPDX-License-Identifier: Apache-2.0
"""What lists know of a person: for the copy they may ask for, and what goes when they are forgotten."""

from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_customers.api import Outcome, Section, Subject
from shopwright_wishlists.services import lists

CODE = "wishlists.wishes"
_FORGET = text("""
DELETE FROM wishlists_list WHERE customer_id = CAST(:customer_id AS uuid) RETURNING (
    SELECT count(*) FROM wishlists_item i WHERE i.store_id = wishlists_list.store_id AND i.list_id = wishlists_list.id)
""")


async def sections(ctx: Context, subject: Subject) -> list[Section]:
    """Give what is on a person's list."""
    found = await lists.of_customer(ctx, subject.customer_id) if subject.customer_id else []
    return [Section(CODE, ctx.gettext("Wishlist"), [asdict(wish) for wish in found])]


async def forget(ctx: Context, session: AsyncSession, subject: Subject) -> list[Outcome]:
    """Delete a person's list."""
    gone = (await session.execute(_FORGET, {"customer_id": subject.customer_id})).scalars().all()
    return [Outcome(CODE, ctx.gettext("Wishlist"), "erased", sum(gone))]
