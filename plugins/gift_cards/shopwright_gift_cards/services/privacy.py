# SPDX-License-Identifier: Apache-2.0
"""What gift cards know of a person: for the copy they may ask for, and what goes when they are forgotten."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_customers.api import Outcome, Section, Subject

CREDIT, MAILS = "gift_cards.credit", "gift_cards.mails"
_CREDIT = """
SELECT a.currency, e.kind, e.amount, e.reason, e.at FROM gift_cards_account a
JOIN gift_cards_entry e ON e.store_id = a.store_id AND e.account_id = a.id
WHERE a.customer_id = $1 ORDER BY e.id
"""
_MAILS = """
SELECT a.last4, a.currency, a.balance, d.email::text AS email, d.sender, d.message, d.due_at, d.sent_at
FROM gift_cards_delivery d JOIN gift_cards_account a ON a.store_id = d.store_id AND a.id = d.account_id
WHERE $1 <> '' AND d.email = $1::text::citext ORDER BY d.id
"""
_FORGET = text("""
UPDATE gift_cards_delivery SET email = '', sender = '', message = ''
WHERE :email <> '' AND email = CAST(:email AS citext) AND sent_at IS NOT NULL RETURNING id
""")
_WAITING = text("""
SELECT count(*) FROM gift_cards_delivery
WHERE :email <> '' AND email = CAST(:email AS citext) AND sent_at IS NULL
""")
_ENTRIES = text("""
SELECT count(*) FROM gift_cards_entry WHERE account_id IN (
    SELECT id FROM gift_cards_account WHERE customer_id = CAST(:customer_id AS uuid))
""")


async def sections(ctx: Context, subject: Subject) -> list[Section]:
    """Give the history of a person's credit and the cards that were mailed to them, without codes."""
    credit = await ctx.fetch_rows(_CREDIT, subject.customer_id)
    mails = await ctx.fetch_rows(_MAILS, subject.email)
    return [
        Section(CREDIT, ctx.gettext("Store credit"), [dict(row) for row in credit]),
        Section(MAILS, ctx.gettext("Gift cards by mail"), [dict(row) for row in mails]),
    ]


async def forget(ctx: Context, session: AsyncSession, subject: Subject) -> list[Outcome]:
    """Forget to whom cards were mailed; what waits is still sent, and ledgers stay as the books need them."""
    gone = (await session.execute(_FORGET, {"email": subject.email})).all()
    waiting = (await session.execute(_WAITING, {"email": subject.email})).scalar_one()
    entries = (await session.execute(_ENTRIES, {"customer_id": subject.customer_id})).scalar_one()
    title = ctx.gettext("Gift cards by mail")
    found = [Outcome(MAILS, title, "erased", len(gone))]
    if waiting:
        found.append(Outcome(MAILS, title, "kept", waiting, ctx.gettext("They are paid and not sent yet.")))
    if entries:
        reason = ctx.gettext("The books need them; they name nobody.")
        found.append(Outcome(CREDIT, ctx.gettext("Store credit"), "kept", entries, reason))
    return found
