# SPDX-License-Identifier: Apache-2.0
"""Gift cards by the thousand: made by a job that tells how far it is, their codes taken as a file once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.money import Money
from shopwright_gift_cards import jobs
from shopwright_gift_cards.services import codes, expiry, sealing
from shopwright_gift_cards.services.manage import MOST as MOST_MONEY

MOST = 10_000
AT_ONCE = 500
_PREFIX = re.compile(r"[A-Z0-9]{0,8}", re.ASCII)
_CREATE = text("""
INSERT INTO gift_cards_batch (store_id, id, prefix, amount, currency, wanted, expires_at, created_at)
VALUES (:store_id, :id, :prefix, :amount, :currency, :wanted, :expires_at, :now)
""")
_LOCK = text("""
SELECT prefix, amount, currency, wanted, made, expires_at, taken_at FROM gift_cards_batch WHERE id = :id FOR UPDATE
""")
_ADD = text("""
WITH wanted AS (
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:entries AS uuid[]), CAST(:hashes AS text[]),
        CAST(:lasts AS text[]), CAST(:sealed AS text[])) AS x (id, entry_id, code_hash, last4, sealed)
), cards AS (
    INSERT INTO gift_cards_account (store_id, id, kind, code_hash, last4, currency, balance, expires_at, created_at,
        sealed, batch_id)
    SELECT :store_id, id, 'card', code_hash, last4, :currency, :amount, CAST(:expires_at AS timestamptz), :now,
        sealed, :batch_id FROM wanted
), entries AS (
    INSERT INTO gift_cards_entry (store_id, id, account_id, kind, amount, reason, actor, at)
    SELECT :store_id, entry_id, id, 'issue', :amount, '', 'job', :now FROM wanted
)
UPDATE gift_cards_batch SET made = made + CAST(:made AS integer) WHERE id = :batch_id
""")
_LIST = """
SELECT id, prefix, amount, currency, wanted, made, expires_at, taken_at, created_at FROM gift_cards_batch
WHERE ($1::uuid IS NULL OR id = $1) ORDER BY id DESC LIMIT 50
"""
_CODES = text(
    "SELECT id, sealed FROM gift_cards_account WHERE batch_id = :id AND sealed IS NOT NULL ORDER BY id"
)
_TAKE = text("""
WITH forgotten AS (UPDATE gift_cards_account SET sealed = NULL WHERE batch_id = :id)
UPDATE gift_cards_batch SET taken_at = :now WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class CardBatch:
    """Cards that were asked for at once, how many there are by now, and when their codes were taken."""

    id: UUID
    prefix: str
    amount: Money
    wanted: int
    made: int
    expires_at: datetime | None
    taken_at: datetime | None
    created_at: datetime


async def order(
    ctx: Context, wanted: int, amount: int, *, prefix: str = "", expires_at: datetime | None = None
) -> UUID:
    """Ask for cards of one amount; a job makes them.

    Raises:
        Invalid: names the field and what is accepted.
    """
    prefix, now = "".join(prefix.split()).upper(), ctx.clock.now()
    errors = []
    if not 1 <= wanted <= MOST:
        errors.append(FieldError("/wanted", "out_of_range", translatable("Give 1 to 10000.")))
    if not 0 < amount <= MOST_MONEY:
        errors.append(FieldError("/amount", "out_of_range", translatable("Give an amount above zero.")))
    if not _PREFIX.fullmatch(prefix):
        words = translatable("Use up to 8 letters without accents and digits.")
        errors.append(FieldError("/prefix", "pattern", words))
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("/expires_at", "past", translatable("Choose a date to come.")))
    if errors:
        raise Invalid(errors=errors)
    values = {
        "store_id": ctx.store.id, "id": new_id(), "prefix": prefix, "amount": amount, "wanted": wanted, "now": now,
        "currency": ctx.store.currency, "expires_at": expires_at or expiry.end_of(ctx),
    }  # fmt: skip
    batch_id = UUID(str(values["id"]))

    async def work(session: AsyncSession) -> None:
        await session.execute(_CREATE, values)
        data = {"wanted": wanted, "amount": amount}
        await ctx.audit(
            session, "gift_cards.batch_ordered", subject=("gift_cards.batch", batch_id), data=data
        )
        await ctx.enqueue(session, jobs.make, jobs.Batch(batch_id))

    await ctx.run(work)
    return batch_id


async def make(ctx: Context, batch_id: UUID) -> None:
    """Make what is missing of a batch, some hundred at a time; after a crash it goes on where it was."""

    async def work(session: AsyncSession) -> bool:
        batch = (await session.execute(_LOCK, {"id": batch_id})).one_or_none()
        if batch is None or batch.made >= batch.wanted:
            return False
        made = [codes.make(batch.prefix) for _ in range(min(AT_ONCE, batch.wanted - batch.made))]
        values = {
            "store_id": ctx.store.id, "batch_id": batch_id, "amount": batch.amount, "currency": batch.currency,
            "expires_at": batch.expires_at, "now": ctx.clock.now(), "made": len(made),
            "ids": [new_id() for _ in made], "entries": [new_id() for _ in made],
            "hashes": [codes.hashed(ctx.store.id, codes.tidy(code)) for code in made],
            "lasts": [code[-4:] for code in made], "sealed": [sealing.seal(ctx, code) for code in made],
        }  # fmt: skip
        await session.execute(_ADD, values)
        return True

    while await ctx.run(work):
        pass


async def listing(ctx: Context, batch_id: UUID | None = None) -> Sequence[CardBatch]:
    """Give the batches, the newest first; or the one with an id."""
    return [_batch(row) for row in await ctx.fetch_rows(_LIST, batch_id)]


async def take(ctx: Context, batch_id: UUID) -> str:
    """Give the codes of a batch as CSV, this once: they are forgotten with it.

    Raises:
        NotFound, Conflict: there is none, it is not made yet, or somebody has taken it.
    """

    async def work(session: AsyncSession) -> str:
        batch = (await session.execute(_LOCK, {"id": batch_id})).one_or_none()
        if batch is None:
            raise NotFound("There is no such batch of gift cards.")
        if batch.made < batch.wanted:
            raise Conflict(translatable("The cards are still being made."), code="batch_not_made")
        if batch.taken_at is not None:
            raise Conflict(
                translatable("The codes have been taken already; they are kept nowhere."), code="batch_taken"
            )
        found = (await session.execute(_CODES, {"id": batch_id})).all()
        await session.execute(_TAKE, {"id": batch_id, "now": ctx.clock.now()})
        await ctx.audit(session, "gift_cards.batch_taken", subject=("gift_cards.batch", batch_id))
        amount = Money(batch.amount, batch.currency).to_decimal()
        ends = batch.expires_at.isoformat() if batch.expires_at else ""
        rows = [f"{sealing.unseal(ctx, row.sealed)},{amount},{batch.currency},{ends}\r\n" for row in found]
        return "code,amount,currency,expires_at\r\n" + "".join(rows)

    return await ctx.run(work)


def _batch(row: Any) -> CardBatch:
    values = dict(row)
    return CardBatch(**values | {"amount": Money(values["amount"], values.pop("currency"))})
