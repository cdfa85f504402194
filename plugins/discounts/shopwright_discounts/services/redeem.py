# SPDX-License-Identifier: Apache-2.0
"""Using up coupons, limits and budgets: held with the order, counted when it is confirmed, given back when it fails."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_checkout.api import Cart, Totals
from shopwright_discounts.api import Reason
from shopwright_discounts.services.cart import (
    CODE_USED_UP,
    USED_BEFORE,
    USED_UP,
    Given,
    read_note,
    said,
)
from shopwright_discounts.services.privacy import people_of
from shopwright_discounts.services.promotions import memory_of
from shopwright_orders import api as orders

CHANGED = Reason(
    "promotion_changed", translatable("A discount in your cart has changed. Please look at your cart again.")
)
_MOST_WAITING = 100_000
# Each adds one only while the limit allows: whoever comes second waits for the row and finds it used up.
_PROMOTION = text("""
UPDATE discounts_promotion SET uses = uses + 1, spent = spent + :amount
WHERE id = :id AND version = :version AND enabled AND (limit_total IS NULL OR uses < limit_total)
    AND (budget IS NULL OR spent + :amount <= budget)
RETURNING id
""")
_COUPON = text("""
UPDATE discounts_coupon SET uses = uses + 1
WHERE id = :id AND enabled AND (limit_total IS NULL OR uses < limit_total) RETURNING id
""")
_PERSON = text("""
INSERT INTO discounts_person AS p (store_id, id, promotion_id, who, uses)
VALUES (:store_id, :id, :promotion_id, :who, 1)
ON CONFLICT (store_id, promotion_id, who) DO UPDATE SET uses = p.uses + 1 WHERE p.uses < :most
RETURNING id
""")
_VERSION = text("SELECT version, enabled FROM discounts_promotion WHERE id = :id")
_REDEEM = text("""
INSERT INTO discounts_redemption (store_id, id, order_id, promotion_id, coupon_id, amount, people, state,
    created_at, updated_at)
VALUES (:store_id, :id, :order_id, :promotion_id, :coupon_id, :amount, :people, 'held', :now, :now)
""")
_HELD = """
SELECT DISTINCT order_id FROM discounts_redemption WHERE state = 'held' AND created_at < $1 LIMIT 5000
"""
_COUNT = text("""
UPDATE discounts_redemption SET state = 'counted', updated_at = :now
WHERE order_id = ANY(CAST(:order_ids AS uuid[])) AND state = 'held'
""")
_RELEASE = text("""
UPDATE discounts_redemption SET state = 'released', updated_at = :now
WHERE order_id = :order_id AND state <> 'released'
RETURNING promotion_id, coupon_id, amount, people
""")
_PROMOTION_BACK = text("""
UPDATE discounts_promotion SET uses = uses - 1, spent = spent - :amount WHERE id = :id
""")
_COUPON_BACK = text("UPDATE discounts_coupon SET uses = uses - 1 WHERE id = :id")
_PERSON_BACK = text("""
UPDATE discounts_person SET uses = uses - 1
WHERE promotion_id = :promotion_id AND who = ANY(CAST(:people AS text[])) AND uses > 0
""")


async def hold(
    ctx: Context, session: AsyncSession, order_id: UUID, cart: Cart, totals: Totals
) -> Sequence[Rejection]:
    """Use up what the order's discounts use up, in the transaction that writes it; rows are locked in their order."""
    given = sorted(read_note(totals.notes).given, key=lambda x: x.promotion_id)
    people = people_of(cart.customer_id, cart.email)
    reasons = [
        *[await _hold_promotion(ctx, session, x) for x in given],
        *[await _hold_coupon(session, x) for x in sorted(given, key=lambda x: x.coupon_id or "")],
        *[await _hold_person(ctx, session, x, who) for x in given for who in sorted(people)],
    ]
    rejections = [Rejection(reason.code, said(ctx, reason), "coupons") for reason in reasons if reason]
    if rejections:
        return rejections
    for x in given:
        values = {
            "store_id": ctx.store.id, "id": new_id(), "order_id": order_id, "promotion_id": UUID(x.promotion_id),
            "coupon_id": UUID(x.coupon_id) if x.coupon_id else None, "amount": x.spent,
            "people": people if x.per_customer else [], "now": ctx.clock.now(),
        }  # fmt: skip
        await session.execute(_REDEEM, values)
    return []


async def _hold_promotion(ctx: Context, session: AsyncSession, given: Given) -> Reason | None:
    values = {"id": UUID(given.promotion_id), "version": given.version, "amount": given.spent}
    if (await session.execute(_PROMOTION, values)).one_or_none() is not None:
        return None
    now = (await session.execute(_VERSION, {"id": values["id"]})).one_or_none()
    if now is not None and now.enabled and now.version == given.version:
        return USED_UP
    memory_of(ctx).forget(ctx.store.id)
    return CHANGED


async def _hold_coupon(session: AsyncSession, given: Given) -> Reason | None:
    if given.coupon_id is None:
        return None
    held = (await session.execute(_COUPON, {"id": UUID(given.coupon_id)})).one_or_none()
    return None if held is not None else CODE_USED_UP


async def _hold_person(ctx: Context, session: AsyncSession, given: Given, who: str) -> Reason | None:
    if given.per_customer is None:
        return None
    values = {
        "store_id": ctx.store.id, "id": new_id(), "promotion_id": UUID(given.promotion_id), "who": who,
        "most": given.per_customer,
    }  # fmt: skip
    return None if (await session.execute(_PERSON, values)).one_or_none() is not None else USED_BEFORE


async def count(ctx: Context) -> None:
    """Count what is held for orders that have been confirmed: those that wait no longer and were not cancelled."""
    now = ctx.clock.now()
    held = [row["order_id"] for row in await ctx.fetch_rows(_HELD, now - timedelta(minutes=1))]
    if not held:
        return
    waiting = await orders.unresolved_payments(ctx, older_than=now, limit=_MOST_WAITING)
    if len(waiting) == _MOST_WAITING:
        return
    confirmed = set(held) - set(waiting)

    async def work(session: AsyncSession) -> None:
        await session.execute(_COUNT, {"order_ids": sorted(confirmed), "now": now})

    await ctx.run(work)


async def give_back(ctx: Context, session: AsyncSession, order_id: UUID) -> Sequence[str]:
    """Give back what a cancelled order used, once."""
    values = {"order_id": order_id, "now": ctx.clock.now()}
    rows = (await session.execute(_RELEASE, values)).all()
    for row in sorted(rows, key=lambda x: str(x.promotion_id)):
        await session.execute(_PROMOTION_BACK, {"id": row.promotion_id, "amount": row.amount})
    for row in sorted(rows, key=lambda x: str(x.coupon_id or "")):
        if row.coupon_id is not None:
            await session.execute(_COUPON_BACK, {"id": row.coupon_id})
    for row in sorted(rows, key=lambda x: str(x.promotion_id)):
        await _people_back(session, row)
    return [ctx.gettext("%(count)s discounts were given back.", count=len(rows))] if rows else []


async def _people_back(session: AsyncSession, row: Any) -> None:
    if row.people:
        values = {"promotion_id": row.promotion_id, "people": row.people}
        await session.execute(_PERSON_BACK, values)
