# SPDX-License-Identifier: Apache-2.0
"""The lists of customers: what is on them, putting on, taking off, sharing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_catalog import api as catalog

MOST = 200
"""Products on one list."""
_ITEMS = """
SELECT i.variant_id, i.added_at FROM wishlists_list l
JOIN wishlists_item i ON i.store_id = l.store_id AND i.list_id = l.id WHERE l.{column} = $1 ORDER BY i.id DESC
"""
_OF_CUSTOMER, _OF_TOKEN = _ITEMS.format(column="customer_id"), _ITEMS.format(column="share_token")
_LISTED = """
SELECT i.variant_id FROM wishlists_list l JOIN wishlists_item i ON i.store_id = l.store_id AND i.list_id = l.id
WHERE l.customer_id = $1 AND i.variant_id = ANY($2)
"""
_SHARED_AS = "SELECT share_token FROM wishlists_list WHERE customer_id = $1"
_KNOWN = "SELECT 1 FROM wishlists_list WHERE share_token = $1"
# The row is locked, so that two tabs cannot both put on the last one there is room for.
_MAKE = text("""
INSERT INTO wishlists_list AS l (store_id, id, customer_id, created_at) VALUES (:store_id, :id, :customer_id, :now)
ON CONFLICT (store_id, customer_id) DO UPDATE SET customer_id = excluded.customer_id RETURNING id
""")
_COUNT = text(
    "SELECT count(*) FROM wishlists_item WHERE list_id = :list_id AND variant_id <> ALL(CAST(:ids AS uuid[]))"
)
_ADD = text("""
INSERT INTO wishlists_item (store_id, id, list_id, variant_id, product_id, added_at)
VALUES (:store_id, :id, :list_id, :variant_id, :product_id, :now)
ON CONFLICT (store_id, list_id, variant_id) DO NOTHING
""")
_REMOVE = text("""
DELETE FROM wishlists_item i USING wishlists_list l
WHERE l.store_id = i.store_id AND l.id = i.list_id AND l.customer_id = :customer_id AND i.variant_id = :variant_id
RETURNING i.id
""")
_SHARE = text("""
UPDATE wishlists_list SET share_token = coalesce(share_token, :token) WHERE id = :list_id RETURNING share_token
""")
_UNSHARE = text("UPDATE wishlists_list SET share_token = NULL WHERE customer_id = :customer_id")


@dataclass(frozen=True, slots=True)
class Wish:
    """A variant on a list, since when."""

    variant_id: UUID
    added_at: datetime


async def of_customer(ctx: Context, customer_id: UUID) -> list[Wish]:
    """Give what is on a customer's list, the latest first."""
    return [Wish(*row) for row in await ctx.fetch_rows(_OF_CUSTOMER, customer_id)]


async def shared(ctx: Context, token: str) -> list[Wish]:
    """Give what is on a shared list.

    Raises:
        NotFound: no list is shared under this token.
    """
    rows = await ctx.fetch_rows(_OF_TOKEN, token)
    if not rows and await ctx.fetch_value(_KNOWN, token) is None:
        raise NotFound(translatable("This wishlist is not shared any more."), code="wishlist_not_found")
    return [Wish(*row) for row in rows]


async def listed(ctx: Context, customer_id: UUID, variant_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Give those of the variants that are on a customer's list: one statement."""
    rows = await ctx.fetch_rows(_LISTED, customer_id, list(variant_ids))
    return frozenset(row["variant_id"] for row in rows)


async def add(ctx: Context, customer_id: UUID, variant_ids: Sequence[UUID]) -> None:
    """Put variants on a customer's list, once each; those that are not for sale are left out.

    Raises:
        Conflict: the list is full.
    """
    found = await catalog.variants(ctx, variant_ids)
    wanted = [variant for x in variant_ids if (variant := found.get(x)) is not None and variant.published]

    async def work(session: AsyncSession) -> None:
        list_id = await _list(ctx, session, customer_id)
        ids = [variant.id for variant in wanted]
        count = await session.scalar(_COUNT, {"list_id": list_id, "ids": ids})
        if int(count or 0) + len(ids) > MOST:
            message = translatable("Your wishlist is full: remove something first.")
            raise Conflict(message, code="wishlist_full", extra={"most": MOST})
        for variant in wanted:
            values = {
                "store_id": ctx.store.id, "id": new_id(), "list_id": list_id, "variant_id": variant.id,
                "product_id": variant.product_id, "now": ctx.clock.now(),
            }  # fmt: skip
            await session.execute(_ADD, values)

    if wanted:
        await ctx.run(work)


async def remove(ctx: Context, customer_id: UUID, variant_id: UUID) -> bool:
    """Take a variant off a customer's list; tells whether it was on it."""

    async def work(session: AsyncSession) -> bool:
        values = {"customer_id": customer_id, "variant_id": variant_id}
        return (await session.execute(_REMOVE, values)).one_or_none() is not None

    return await ctx.run(work)


async def share_token(ctx: Context, customer_id: UUID) -> str:
    """Give the token under which a customer's list is shared; empty when it is not."""
    return str(await ctx.fetch_value(_SHARED_AS, customer_id) or "")


async def share(ctx: Context, customer_id: UUID) -> str:
    """Share a customer's list with everybody who has the token, which cannot be guessed; gives the token."""

    async def work(session: AsyncSession) -> str:
        list_id = await _list(ctx, session, customer_id)
        found = await session.scalar(_SHARE, {"list_id": list_id, "token": secrets.token_urlsafe(24)})
        return str(found)

    return await ctx.run(work)


async def unshare(ctx: Context, customer_id: UUID) -> None:
    """Share a customer's list no more; the link that was given out is dead for good."""

    async def work(session: AsyncSession) -> None:
        await session.execute(_UNSHARE, {"customer_id": customer_id})

    await ctx.run(work)


async def _list(ctx: Context, session: AsyncSession, customer_id: UUID) -> UUID:
    values = {
        "store_id": ctx.store.id, "id": new_id(), "customer_id": customer_id, "now": ctx.clock.now(),
    }  # fmt: skip
    return UUID(str((await session.execute(_MAKE, values)).scalar_one()))
