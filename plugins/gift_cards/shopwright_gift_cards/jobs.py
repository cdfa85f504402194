# SPDX-License-Identifier: Apache-2.0
"""The jobs of gift cards: what has expired, mails, and cards by the thousand."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.jobs import Job, Schedule


@dataclass(frozen=True, slots=True)
class Expire:
    """Nothing to say: whatever has expired, is due, or ends soon."""


@dataclass(frozen=True, slots=True)
class Card:
    """The card whose mail is to be sent."""

    account_id: UUID


@dataclass(frozen=True, slots=True)
class Batch:
    """The batch whose cards are to be made."""

    batch_id: UUID


async def _expire(ctx: Context, payload: Expire) -> None:
    from shopwright_gift_cards.services import expiry, ledger, mails, sealing

    while await ledger.expire(ctx):
        pass
    while await mails.queue_due(ctx):
        pass
    while await expiry.remind(ctx):
        pass
    await sealing.renew(ctx)


async def _deliver(ctx: Context, payload: Card) -> None:
    from shopwright_gift_cards.services import mails

    await mails.deliver(ctx, payload.account_id)


async def _remind(ctx: Context, payload: Card) -> None:
    from shopwright_gift_cards.services import mails

    await mails.remind(ctx, payload.account_id)


async def _make(ctx: Context, payload: Batch) -> None:
    from shopwright_gift_cards.services import batches

    await batches.make(ctx, payload.batch_id)


expire = Job("gift_cards.expire", Expire, _expire)
deliver = Job("gift_cards.deliver", Card, _deliver)
remind = Job("gift_cards.remind", Card, _remind)
make = Job("gift_cards.make", Batch, _make)
schedules = [Schedule("gift_cards.expire", "7 * * * *", expire, Expire())]
