# SPDX-License-Identifier: Apache-2.0
"""What somebody has: credit and cards of an account, and what is left on a card whose code they know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_customers import api as customers
from shopwright_gift_cards.services import codes

# A card is somebody's when it was mailed to the address they have confirmed.
_OWN = """
SELECT a.id, a.kind, a.last4, a.balance, a.currency, a.expires_at, a.status,
    (SELECT coalesce(jsonb_agg(x ORDER BY x.id DESC), '[]') FROM (
        SELECT e.id, e.kind, e.amount, e.at FROM gift_cards_entry e
        WHERE e.store_id = a.store_id AND e.account_id = a.id ORDER BY e.id DESC LIMIT 50) AS x) AS entries
FROM gift_cards_account a
WHERE a.customer_id = $1 OR ($2 <> '' AND a.id IN (
    SELECT d.account_id FROM gift_cards_delivery d WHERE d.email = $2::text::citext AND d.sent_at IS NOT NULL))
ORDER BY a.kind DESC, a.id DESC LIMIT 200
"""
_BALANCE = """
SELECT last4, balance, currency, expires_at FROM gift_cards_account
WHERE code_hash = $1 AND status = 'active' AND (expires_at IS NULL OR expires_at > $2)
"""


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One change of a balance, as its owner sees it."""

    kind: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A card or the credit of who is signed in, the newest changes first."""

    id: UUID
    kind: str
    last4: str
    balance: Money
    expires_at: datetime | None
    status: str
    entries: tuple[OwnEntry, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left on a card, and until when it pays."""

    last4: str
    balance: Money
    expires_at: datetime | None


async def of_customer(ctx: Context, customer_id: UUID) -> Sequence[OwnCard]:
    """Give a customer's credit and the cards that were mailed to them."""
    found = await customers.customer(ctx, customer_id)
    email = found.email if found is not None and found.email_confirmed_at is not None else ""
    return [_own(row) for row in await ctx.fetch_rows(_OWN, customer_id, email)]


async def balance(ctx: Context, code: str) -> Balance:
    """Tell what is left on a card.

    Raises:
        Invalid: the same for codes that are unknown, switched off or expired.
    """
    tidy = codes.tidy(code)
    rows = []
    if codes.is_possible(tidy):
        rows = await ctx.fetch_rows(_BALANCE, codes.hashed(ctx.store.id, tidy), ctx.clock.now())
    if not rows:
        message = translatable("This gift card is not valid here.")
        raise Invalid(message, code="gift_card_unusable", errors=[FieldError("/code", "unusable", message)])
    row = rows[0]
    return Balance(row["last4"], Money(row["balance"], row["currency"]), row["expires_at"])


def _own(row: Any) -> OwnCard:
    currency = row["currency"]
    entries = tuple(
        OwnEntry(x["kind"], Money(x["amount"], currency), datetime.fromisoformat(x["at"]))
        for x in orjson.loads(row["entries"])
    )
    return OwnCard(
        row["id"], row["kind"], row["last4"], Money(row["balance"], currency), row["expires_at"], row["status"],
        entries,
    )  # fmt: skip
