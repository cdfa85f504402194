# SPDX-License-Identifier: Apache-2.0
"""Getting on the list and off it again."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import clean_email
from shopwright.cache import Limit
from shopwright.context import Context
from shopwright.errors import Conflict, NotFound, TooManyRequests
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_catalog import api as catalog
from shopwright_customers import api as customers
from shopwright_inventory import api as inventory
from shopwright_stock_notices import jobs
from shopwright_stock_notices.services import links
from shopwright_stock_notices.settings import StockNoticesSettings

LINKS = Limit("stock_notices.links", 10, 3600)
"""Links to confirm one address."""
_PUT = text("""
INSERT INTO stock_notices_notice AS n (store_id, id, variant_id, email, customer_id, locale, words, created_at, confirmed_at)
VALUES (:store_id, :id, :variant_id, CAST(:email AS citext), CAST(:customer_id AS uuid), :locale, :words, :now,
    CAST(:confirmed_at AS timestamptz))
ON CONFLICT (store_id, variant_id, email) WHERE notified_at IS NULL DO UPDATE SET
    locale = CASE WHEN n.confirmed_at IS NULL THEN excluded.locale ELSE n.locale END,
    words = CASE WHEN n.confirmed_at IS NULL THEN excluded.words ELSE n.words END,
    confirmed_at = coalesce(n.confirmed_at, excluded.confirmed_at)
RETURNING id, confirmed_at
""")
_CONFIRM = text("""
UPDATE stock_notices_notice SET confirmed_at = coalesce(confirmed_at, :now) WHERE id = :id RETURNING variant_id
""")
_STOP = text("DELETE FROM stock_notices_notice WHERE id = :id RETURNING variant_id")
_VARIANT = "SELECT variant_id FROM stock_notices_notice WHERE id = $1"


@dataclass(frozen=True, slots=True)
class SignedUp:
    """What came of it: on the list, or a link is on its way; ``token`` takes one's own address off again."""

    status: Literal["waiting", "confirm"]
    token: str = ""


def words(ctx: Context) -> str:
    """Give what people agree to, in their language."""
    return ctx.gettext(
        "%(store)s may send one mail to this address when the product is back, and nothing else. "
        "A link in the mail takes me off the list.",
        store=ctx.store.name,
    )


async def own_email(ctx: Context) -> str:
    """Give the address of who is signed in; empty for guests."""
    own = await customers.customer(ctx, ctx.actor.id) if _is_customer(ctx) and ctx.actor.id else None
    return own.email if own is not None else ""


async def sign_up(ctx: Context, variant_id: UUID, email: str) -> SignedUp:
    """Put an address on the list of a variant; once, however often it is asked for.

    Guests get a link first unless the store does without; so does an address that nobody has confirmed.

    Raises:
        Invalid: it is not an e-mail address.
        NotFound, Conflict: there is no such variant, or it can be bought now.
        TooManyRequests: too many links were sent to this address.
    """
    address = clean_email(email)
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    if variant is None or not variant.published:
        raise NotFound(translatable("This product is not for sale."), code="variant_not_found")
    if (await inventory.availability(ctx, [variant_id]))[variant_id].sellable:
        raise Conflict(translatable("This is in stock: you can order it now."), code="in_stock")
    is_proven = await _is_own(ctx, address)
    is_waiting = is_proven or not ctx.settings(StockNoticesSettings).confirm_guests
    if not is_waiting:
        verdict = await ctx.kernel.backend.limiter.hit(LINKS, f"{ctx.store.id}:{address.casefold()}")
        if not verdict.allowed:
            raise TooManyRequests(headers={"Retry-After": str(int(verdict.retry_after) + 1)})
    notice_id = await ctx.run(lambda session: _put(ctx, session, variant_id, address, is_waiting=is_waiting))
    if not is_waiting:
        return SignedUp("confirm")
    return SignedUp("waiting", links.token(ctx, "stop", notice_id) if is_proven else "")


async def _put(
    ctx: Context, session: AsyncSession, variant_id: UUID, address: str, *, is_waiting: bool
) -> UUID:
    now = ctx.clock.now()
    values = {
        "store_id": ctx.store.id, "id": new_id(), "variant_id": variant_id, "email": address, "now": now,
        "customer_id": ctx.actor.id if _is_customer(ctx) else None, "locale": ctx.locale, "words": words(ctx),
        "confirmed_at": now if is_waiting else None,
    }  # fmt: skip
    row = (await session.execute(_PUT, values)).one()
    if row.confirmed_at is None:
        await ctx.enqueue(session, jobs.ask, jobs.Notice(row.id))
    return UUID(str(row.id))


async def confirm(ctx: Context, token: str) -> UUID:
    """Put who followed the link on the list; gives the variant.

    Raises:
        NotFound: it is none of our links, or the notice is gone.
    """
    return await _by_link(ctx, "confirm", token, _CONFIRM, now=ctx.clock.now())


async def stop(ctx: Context, token: str) -> UUID:
    """Take who followed the link off the list; gives the variant.

    Raises:
        NotFound: it is none of our links, or the notice is gone.
    """
    return await _by_link(ctx, "stop", token, _STOP)


async def look(ctx: Context, purpose: links.Purpose, token: str) -> UUID:
    """Give the variant of a link without doing what it is for: mail scanners open every link.

    Raises:
        NotFound: it is none of our links, or the notice is gone.
    """
    notice_id = links.notice_of(ctx, purpose, token)
    found = await ctx.fetch_value(_VARIANT, notice_id) if notice_id else None
    if found is None:
        raise _gone()
    return UUID(str(found))


async def _by_link(
    ctx: Context, purpose: links.Purpose, token: str, statement: TextClause, **values: object
) -> UUID:
    notice_id = links.notice_of(ctx, purpose, token)
    if notice_id is None:
        raise _gone()

    async def work(session: AsyncSession) -> UUID | None:
        found: UUID | None = await session.scalar(statement, {"id": notice_id, **values})
        return found

    variant_id = await ctx.run(work)
    if variant_id is None:
        raise _gone()
    return variant_id


async def _is_own(ctx: Context, address: str) -> bool:
    """Tell whether an address is that of who is signed in, and known to be theirs."""
    if not _is_customer(ctx) or ctx.actor.id is None:
        return False
    own = await customers.customer(ctx, ctx.actor.id)
    is_same = own is not None and own.email.casefold() == address.casefold()
    return is_same and own is not None and own.email_confirmed_at is not None


def _is_customer(ctx: Context) -> bool:
    return ctx.actor.kind == "customer"


def _gone() -> NotFound:
    return NotFound(translatable("You are not on this list any more."), code="notice_not_found")
