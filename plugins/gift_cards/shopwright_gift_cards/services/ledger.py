# SPDX-License-Identifier: Apache-2.0
"""Every change of a balance: one statement that changes it only while it may, and writes the entry with it."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.ids import new_id
from shopwright_orders.api import NewOrder

METHOD = "gift_cards."
Kind = Literal["issue", "top_up", "hold", "adjust", "refund"]

# Whoever comes second waits for the row, finds less than the amount and writes nothing.
_CHANGE = text("""
WITH changed AS (
    UPDATE gift_cards_account SET balance = balance + :amount
    WHERE id = :account_id AND status = 'active' AND balance + :amount >= 0
        AND (expires_at IS NULL OR expires_at > :now)
    RETURNING id
)
INSERT INTO gift_cards_entry (store_id, id, account_id, kind, amount, reason, actor, order_id, at)
SELECT :store_id, :id, changed.id, :kind, :amount, :reason, :actor, :order_id, :now FROM changed
RETURNING id
""")
_HELD = text("""
SELECT account_id, -amount AS amount FROM gift_cards_entry
WHERE order_id = :order_id AND kind = 'hold' ORDER BY account_id
""")
_RELEASE = text("""
WITH given AS (
    INSERT INTO gift_cards_entry (store_id, id, account_id, kind, amount, reason, actor, order_id, at)
    VALUES (:store_id, :id, :account_id, 'release', :amount, '', :actor, :order_id, :now)
    ON CONFLICT (store_id, account_id, order_id, kind) WHERE kind IN ('hold', 'release') DO NOTHING RETURNING account_id
)
UPDATE gift_cards_account AS a SET balance = a.balance + :amount FROM given
WHERE a.id = given.account_id RETURNING a.id
""")
_DUE = text("""
SELECT id, balance FROM gift_cards_account WHERE expires_at <= :now AND balance > 0
ORDER BY id LIMIT 1000 FOR UPDATE
""")
_EXPIRE = text("""
WITH ended AS (UPDATE gift_cards_account SET balance = balance + :amount WHERE id = :account_id RETURNING id)
INSERT INTO gift_cards_entry (store_id, id, account_id, kind, amount, reason, actor, at)
SELECT :store_id, :id, ended.id, 'expire', :amount, '', :actor, :now FROM ended
""")


async def change(
    ctx: Context,
    session: AsyncSession,
    account_id: UUID,
    kind: Kind,
    amount: int,
    *,
    reason: str = "",
    order_id: UUID | None = None,
) -> bool:
    """Add to a balance or take from it; False when it is not enough, disabled or expired."""
    values = {
        "kind": kind,
        "amount": amount,
        "reason": reason,
        "order_id": order_id,
        "account_id": account_id,
    }
    found = await session.execute(_CHANGE, values | _own(ctx))
    return found.one_or_none() is not None


async def hold(ctx: Context, session: AsyncSession, order: NewOrder) -> Sequence[Rejection]:
    """Take what an order pays with cards and credit; rows are locked in their order."""
    parts = [part for part in order.stored if part.method.startswith(METHOD)]
    wanted = sorted((UUID(part.method.removeprefix(METHOD)), part.amount.amount) for part in parts)
    for account_id, amount in wanted:
        if not await change(ctx, session, account_id, "hold", -amount, order_id=order.id):
            message = ctx.gettext("A gift card or credit was used meanwhile. Please look at your cart again.")
            return [Rejection("gift_cards.changed", message, "gift_cards")]
    return []


async def give_back(ctx: Context, session: AsyncSession, order_id: UUID) -> Sequence[str]:
    """Give back what a cancelled order took, once. What has expired by then expires again by the clock."""
    number = 0
    for row in (await session.execute(_HELD, {"order_id": order_id})).all():
        values = {"account_id": row.account_id, "amount": row.amount, "order_id": order_id}
        found = await session.execute(_RELEASE, values | _own(ctx))
        number += found.one_or_none() is not None
    return [ctx.gettext("Gift cards and credit were given back.")] if number else []


async def expire(ctx: Context) -> int:
    """Take what is left of whatever has expired; gives how many there were."""

    async def work(session: AsyncSession) -> int:
        due = (await session.execute(_DUE, {"now": ctx.clock.now()})).all()
        for row in due:
            await session.execute(_EXPIRE, {"account_id": row.id, "amount": -row.balance} | _own(ctx))
        return len(due)

    return await ctx.run(work)


def _own(ctx: Context) -> dict[str, Any]:
    actor = f"{ctx.actor.kind}:{ctx.actor.id}" if ctx.actor.id else ctx.actor.kind
    return {"store_id": ctx.store.id, "id": new_id(), "actor": actor, "now": ctx.clock.now()}
