# SPDX-License-Identifier: Apache-2.0
"""The mails: a card's code when it is due, once, and the reminder before it ends."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.i18n import format_date
from shopwright.mail import Message
from shopwright.money import Money
from shopwright_gift_cards import jobs
from shopwright_gift_cards.services import sealing

_QUEUE = text("""
UPDATE gift_cards_delivery SET queued_at = :now WHERE id IN (
    SELECT id FROM gift_cards_delivery WHERE queued_at IS NULL AND due_at <= :now ORDER BY due_at LIMIT 500 FOR UPDATE)
RETURNING account_id
""")
_ONE = """
SELECT d.email::text AS email, d.locale, d.sender, d.message, d.sent_at, a.sealed, a.last4, a.balance, a.currency,
    a.expires_at, a.status
FROM gift_cards_delivery d JOIN gift_cards_account a ON a.store_id = d.store_id AND a.id = d.account_id
WHERE a.id = $1
"""
_SENT = text("""
WITH sent AS (UPDATE gift_cards_delivery SET sent_at = :now WHERE account_id = :id AND sent_at IS NULL RETURNING 1)
UPDATE gift_cards_account SET sealed = NULL WHERE id = :id AND EXISTS (SELECT 1 FROM sent)
""")


async def queue_due(ctx: Context) -> int:
    """Queue the mails whose day has come; gives how many."""

    async def work(session: AsyncSession) -> int:
        found = sorted((await session.execute(_QUEUE, {"now": ctx.clock.now()})).scalars())
        for account_id in found:
            await ctx.enqueue(session, jobs.deliver, jobs.Card(account_id))
        return len(found)

    return await ctx.run(work)


async def deliver(ctx: Context, account_id: UUID) -> None:
    """Send a card's code, once: a job that runs again finds it sent. The code is forgotten with it."""
    found = await _read(ctx, account_id)
    if found is None or found[1]["sent_at"] is not None or not found[1]["sealed"]:
        return
    local, row = found
    amount = local.format_money(Money(row["balance"], row["currency"]))
    lines = [
        local.gettext(
            "Here is a gift card of %(amount)s for %(store)s.", amount=amount, store=local.store.name
        )
    ]
    if row["sender"]:
        lines = [local.gettext("%(name)s has a present for you.", name=row["sender"]), *lines]
    if row["message"]:
        lines.append(row["message"])
    lines.append(local.gettext("Its code: %(code)s", code=sealing.unseal(ctx, row["sealed"])))
    lines.append(local.gettext("Enter it in the cart. What is left on it, and how long it pays: %(link)s",
        link=_link(local, "gift_cards.balance")))  # fmt: skip
    if row["expires_at"]:
        lines.append(_ends(local, row))
    subject = local.gettext("Your gift card for %(store)s", store=local.store.name)
    await local.kernel.mailer.send(Message(row["email"], subject, "\n\n".join(lines)))
    values = {"id": account_id, "now": ctx.clock.now()}

    async def work(session: AsyncSession) -> None:
        await session.execute(_SENT, values)

    await ctx.run(work)


async def remind(ctx: Context, account_id: UUID) -> None:
    """Remind of a card that ends soon, unless it was used up or switched off meanwhile."""
    found = await _read(ctx, account_id)
    if found is None or not found[1]["balance"] or found[1]["status"] != "active":
        return
    local, row = found
    if row["expires_at"] is None or row["expires_at"] <= ctx.clock.now() or not row["email"]:
        return
    amount = local.format_money(Money(row["balance"], row["currency"]))
    body = "\n\n".join([
        local.gettext("There is %(amount)s on your gift card •••• %(last4)s for %(store)s.", amount=amount,
            last4=row["last4"], store=local.store.name),
        _ends(local, row), _link(local, "gift_cards.balance"),
    ])  # fmt: skip
    subject = local.gettext("Your gift card for %(store)s ends soon", store=local.store.name)
    await local.kernel.mailer.send(Message(row["email"], subject, body))


def _ends(local: Context, row: Any) -> str:
    return local.gettext("It pays until %(date)s.", date=format_date(row["expires_at"], local.locale))


async def _read(ctx: Context, account_id: UUID) -> tuple[Context, Any] | None:
    rows = await ctx.fetch_rows(_ONE, account_id)
    if not rows:
        return None
    locale = rows[0]["locale"] if rows[0]["locale"] in ctx.store.locales else ctx.store.default_locale
    return replace(ctx, locale=locale), rows[0]


def _link(ctx: Context, code: str) -> str:
    return ctx.kernel.config.url_of(ctx.store.hosts[0], url(ctx, code))
