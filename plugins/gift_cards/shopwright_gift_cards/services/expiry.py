# SPDX-License-Identifier: Apache-2.0
"""The store's rule about how long cards last, and who is reminded before one ends."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_gift_cards import jobs
from shopwright_gift_cards.settings import GiftCardsSettings

# Whoever is found is marked in the transaction that queues the mail, so nobody is reminded twice.
_REMIND = text("""
UPDATE gift_cards_account SET reminded_at = :now WHERE id IN (
    SELECT a.id FROM gift_cards_account a
    JOIN gift_cards_delivery d ON d.store_id = a.store_id AND d.account_id = a.id AND d.sent_at IS NOT NULL
        AND d.email <> ''
    WHERE a.reminded_at IS NULL AND a.balance > 0 AND a.status = 'active' AND a.expires_at > :now
        AND a.expires_at <= :until
    ORDER BY a.id LIMIT 500 FOR UPDATE OF a)
RETURNING id
""")


def end_of(ctx: Context) -> datetime | None:
    """Give when a card that is issued now expires by the store's rule; None: never."""
    days = ctx.settings(GiftCardsSettings).expire_days
    return ctx.clock.now() + timedelta(days=days) if days else None


async def remind(ctx: Context) -> int:
    """Have the owners of cards that end soon reminded, each once; gives how many."""
    days, now = ctx.settings(GiftCardsSettings).remind_days, ctx.clock.now()
    if not days:
        return 0

    async def work(session: AsyncSession) -> int:
        values = {"now": now, "until": now + timedelta(days=days)}
        found = sorted((await session.execute(_REMIND, values)).scalars())
        for account_id in found:
            await ctx.enqueue(session, jobs.remind, jobs.Card(account_id))
        return len(found)

    return await ctx.run(work)
