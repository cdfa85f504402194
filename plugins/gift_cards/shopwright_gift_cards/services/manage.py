# SPDX-License-Identifier: Apache-2.0
"""Issuing gift cards and credit, changing what is on them, switching them off."""

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
from shopwright_gift_cards.services import codes, expiry, ledger

MOST = 10**12
_CARD = text("""
INSERT INTO gift_cards_account (store_id, id, kind, code_hash, last4, currency, expires_at, created_at)
VALUES (:store_id, :id, 'card', :code_hash, :last4, :currency, :expires_at, :now)
""")
_CREDIT = text("""
INSERT INTO gift_cards_account AS a (store_id, id, kind, last4, customer_id, currency, created_at)
VALUES (:store_id, :id, 'credit', '', :customer_id, :currency, :now)
ON CONFLICT (store_id, customer_id, currency) DO UPDATE SET last4 = a.last4 RETURNING a.id
""")
_LOCK = text("SELECT version FROM gift_cards_account WHERE id = :id FOR UPDATE")
_SWITCH = text("UPDATE gift_cards_account SET status = :status, version = version + 1 WHERE id = :id")
_LIST = """
SELECT id, kind, last4, customer_id, currency, balance, expires_at, status, version, created_at
FROM gift_cards_account WHERE ($1::uuid IS NULL OR id < $1) AND ($2::uuid IS NULL OR id = $2)
ORDER BY id DESC LIMIT $3
"""
_COUNT = "SELECT count(*) FROM gift_cards_account"
_ENTRIES = """
SELECT id, kind, amount, reason, actor, order_id, at FROM gift_cards_entry
WHERE account_id = $1 ORDER BY id DESC LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A gift card or a customer's credit; ``last4`` is empty for credit."""

    id: UUID
    kind: str
    last4: str
    customer_id: UUID | None
    balance: Money
    expires_at: datetime | None
    status: str
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a balance."""

    id: UUID
    kind: str
    amount: Money
    reason: str
    actor: str
    order_id: UUID | None
    at: datetime


async def issue(
    ctx: Context, amount: int, *, expires_at: datetime | None = None, reason: str = ""
) -> tuple[UUID, str]:
    """Make a gift card; gives its id and its code, which nobody can ask for again. Without an end the store's rule counts.

    Raises:
        Invalid: names the field and what is accepted.
    """
    now = ctx.clock.now()
    errors = _faults(amount, reason) or ([] if amount > 0 else [_above_zero()])
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("/expires_at", "past", translatable("Choose a date to come.")))
    if errors:
        raise Invalid(errors=errors)
    code, account_id = codes.make(), new_id()
    values = {
        "store_id": ctx.store.id, "id": account_id, "code_hash": codes.hashed(ctx.store.id, codes.tidy(code)),
        "last4": code[-4:], "currency": ctx.store.currency, "now": now,
        "expires_at": expires_at or expiry.end_of(ctx),
    }  # fmt: skip

    async def work(session: AsyncSession) -> None:
        await session.execute(_CARD, values)
        await ledger.change(ctx, session, account_id, "issue", amount, reason=reason)
        data = {"amount": amount, "last4": code[-4:]}
        await ctx.audit(session, "gift_cards.issued", subject=("gift_cards.card", account_id), data=data)

    await ctx.run(work)
    return account_id, code


async def grant(ctx: Context, customer_id: UUID, amount: int, reason: str) -> UUID:
    """Give a customer credit; gives the id of the account, of which a customer has one in a currency.

    Raises:
        Invalid, Conflict: a field is wrong, or the customer's credit is switched off.
    """
    if errors := _faults(amount, reason, is_adjusted=True) or ([] if amount > 0 else [_above_zero()]):
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> UUID:
        account_id = await credit_account(ctx, session, customer_id)
        if not await ledger.change(ctx, session, account_id, "issue", amount, reason=reason):
            raise _not_changed()
        data = {"amount": amount, "reason": reason}
        await ctx.audit(session, "gift_cards.granted", subject=("gift_cards.card", account_id), data=data)
        return account_id

    return await ctx.run(work)


async def top_up(ctx: Context, account_id: UUID, amount: int, reason: str = "") -> None:
    """Put more on a card or credit.

    Raises:
        Invalid, NotFound, Conflict: also when it is switched off or has expired.
    """
    if errors := _faults(amount, reason) or ([] if amount > 0 else [_above_zero()]):
        raise Invalid(errors=errors)
    await _changed(ctx, account_id, "top_up", amount, reason)


async def adjust(ctx: Context, account_id: UUID, amount: int, reason: str) -> None:
    """Correct a balance up or down, with a reason.

    Raises:
        Invalid, NotFound, Conflict: also when less is left than is to be taken.
    """
    if errors := _faults(amount, reason, is_adjusted=True):
        raise Invalid(errors=errors)
    await _changed(ctx, account_id, "adjust", amount, reason)


async def credit_account(ctx: Context, session: AsyncSession, customer_id: UUID) -> UUID:
    """Give the account of a customer's credit in the store's currency, made when there is none."""
    values = {
        "store_id": ctx.store.id, "id": new_id(), "customer_id": customer_id, "currency": ctx.store.currency,
        "now": ctx.clock.now(),
    }  # fmt: skip
    return UUID(str((await session.execute(_CREDIT, values)).scalar_one()))


async def switch(ctx: Context, account_id: UUID, version: int, *, enabled: bool) -> None:
    """Let a card or credit pay, or not; what is on it stays.

    Raises:
        NotFound, Conflict: there is none, or somebody else switched it meanwhile.
    """
    status = "active" if enabled else "disabled"

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_LOCK, {"id": account_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such gift card.")
        if row.version != version:
            message = translatable("The gift card was changed meanwhile. Look at it again before you save.")
            raise Conflict(message, code="version_conflict", extra={"version": row.version})
        await session.execute(_SWITCH, {"id": account_id, "status": status})
        await ctx.audit(session, f"gift_cards.{status}", subject=("gift_cards.card", account_id))

    await ctx.run(work)


async def accounts(ctx: Context, *, after: UUID | None = None, limit: int = 50) -> Sequence[Account]:
    """Give cards and credit, the newest first."""
    return [_account(row) for row in await ctx.fetch_rows(_LIST, after, None, limit)]


async def total(ctx: Context) -> int:
    """Count cards and credit."""
    return int(await ctx.fetch_value(_COUNT))


async def by_id(ctx: Context, account_id: UUID) -> Account:
    """Give one card or credit.

    Raises:
        NotFound: there is none.
    """
    rows = await ctx.fetch_rows(_LIST, None, account_id, 1)
    if not rows:
        raise NotFound("There is no such gift card.")
    return _account(rows[0])


async def entries(ctx: Context, account: Account) -> Sequence[Entry]:
    """Give a card's ledger, the newest first."""
    rows = await ctx.fetch_rows(_ENTRIES, account.id)
    return [Entry(**dict(row) | {"amount": Money(row["amount"], account.balance.currency)}) for row in rows]


async def _changed(ctx: Context, account_id: UUID, kind: ledger.Kind, amount: int, reason: str) -> None:
    async def work(session: AsyncSession) -> None:
        if (await session.execute(_LOCK, {"id": account_id})).one_or_none() is None:
            raise NotFound("There is no such gift card.")
        if not await ledger.change(ctx, session, account_id, kind, amount, reason=reason):
            raise _not_changed()
        data = {"amount": amount, "reason": reason}
        await ctx.audit(session, f"gift_cards.{kind}", subject=("gift_cards.card", account_id), data=data)

    await ctx.run(work)


def _account(row: Any) -> Account:
    values = dict(row)
    return Account(**values | {"balance": Money(values["balance"], values.pop("currency"))})


def _above_zero() -> FieldError:
    return FieldError("/amount", "out_of_range", translatable("Give an amount above zero."))


def _not_changed() -> Conflict:
    message = translatable("It is switched off, has expired, or less is left than is to be taken.")
    return Conflict(message, code="gift_card_unusable", errors=[FieldError("/amount", "unusable", message)])


def _faults(amount: int, reason: str, *, is_adjusted: bool = False) -> list[FieldError]:
    errors = []
    if amount == 0 or abs(amount) > MOST:
        errors.append(FieldError("/amount", "out_of_range", translatable("Give an amount other than zero.")))
    if len(reason) > 200 or (is_adjusted and not reason.strip()):
        errors.append(FieldError("/reason", "required", translatable("Give a reason of up to 200 letters.")))
    return errors
