# SPDX-License-Identifier: Apache-2.0
"""Gift cards as products: asked about at checkout, issued when the order is paid, one a unit and no more."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import clean_email
from shopwright.context import Context
from shopwright.errors import Invalid, Rejection
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_catalog.api import ProductType
from shopwright_checkout.api import Cart, CheckoutField, OwnStep
from shopwright_gift_cards import jobs
from shopwright_gift_cards.services import codes, expiry, ledger, sealing
from shopwright_orders import api as orders
from shopwright_orders.api import OrderView

KIND = ProductType(
    "gift_cards.card",
    translatable("Gift card"),
    ships=False,
    stocked=False,
    taxable=False,
    help=translatable("A card of what each unit costs without discounts is mailed when the order is paid."),
)
TO, WORDS, DAY = "gift_cards.recipient", "gift_cards.message", "gift_cards.send_on"
SENT_AT = time(8)
"""In the store's time zone, on the day that was chosen."""
LONGEST_WAIT = timedelta(days=365)
_ISSUE = text("""
INSERT INTO gift_cards_account (store_id, id, kind, code_hash, last4, currency, expires_at, created_at, sealed,
    order_id, order_line, unit)
VALUES (:store_id, :id, 'card', :code_hash, :last4, :currency, :expires_at, :now, :sealed, :order_id, :line, :unit)
ON CONFLICT (store_id, order_id, order_line, unit) WHERE order_id IS NOT NULL DO NOTHING RETURNING id
""")
_DELIVERY = text("""
INSERT INTO gift_cards_delivery (store_id, id, account_id, email, locale, sender, message, due_at, queued_at)
VALUES (:store_id, :id, :account_id, :email, :locale, :sender, :message, :due_at, :queued_at)
""")


def is_asked(cart: Cart) -> bool:
    """Tell whether there is a gift card in a cart; its lines say so, nothing is read."""
    return any(line.kind == KIND.code for line in cart.lines)


def questions(ctx: Context, cart: Cart, step: OwnStep) -> Sequence[CheckoutField]:
    """Ask whom the cards are for."""
    if step != "contact" or not is_asked(cart):
        return []
    today = ctx.clock.now().astimezone(ZoneInfo(ctx.store.timezone)).date()
    return [
        CheckoutField(TO, ctx.gettext("Send the gift card to"), help=ctx.gettext(
            "An e-mail address; leave it empty to get the gift card yourself.")),
        CheckoutField(WORDS, ctx.gettext("Message with the gift card"), "long_text"),
        CheckoutField(DAY, ctx.gettext("Send the gift card on"), "date", earliest=today,
            latest=today + LONGEST_WAIT, help=ctx.gettext("At once when you leave it empty.")),
    ]  # fmt: skip


def objections(ctx: Context, cart: Cart) -> Sequence[Rejection]:
    """Object to an address that is none before the order is placed."""
    recipient = cart.attributes.get(TO, "")
    if not recipient or not is_asked(cart):
        return []
    try:
        clean_email(recipient)
    except Invalid:
        message = ctx.gettext("The address for the gift card is no e-mail address. Please look at it again.")
        return [Rejection("gift_cards.recipient", message, f"/attributes/{TO}")]
    return []


async def issue(ctx: Context, order_id: UUID) -> int:
    """Issue the cards of a paid order, one for each unit of each line; doing it again issues none. Gives how many."""
    order = await orders.order(ctx, order_id)
    if order is None:
        return 0
    wanted = [
        (place, unit, line.unit_price.amount)
        for place, line in enumerate(order.lines)
        if line.kind == KIND.code and line.unit_price.amount > 0
        for unit in range(line.quantity)
    ]
    if not wanted:
        return 0
    answers = {x.code: x.value for x in order.attributes}

    async def work(session: AsyncSession) -> int:
        return sum([await _issue_one(ctx, session, order, answers, *one) for one in wanted])

    return await ctx.run(work)


async def _issue_one(
    ctx: Context,
    session: AsyncSession,
    order: OrderView,
    answers: Mapping[str, str],
    line: int,
    unit: int,
    amount: int,
) -> bool:
    code, now = codes.make(), ctx.clock.now()
    values = {
        "store_id": ctx.store.id, "id": new_id(), "code_hash": codes.hashed(ctx.store.id, codes.tidy(code)),
        "last4": code[-4:], "currency": order.total.currency, "expires_at": expiry.end_of(ctx), "now": now,
        "sealed": sealing.seal(ctx, code), "order_id": order.id, "line": line, "unit": unit,
    }  # fmt: skip
    account_id = (await session.execute(_ISSUE, values)).scalar_one_or_none()
    if account_id is None:
        return False
    await ledger.change(ctx, session, account_id, "issue", amount, reason=order.number)
    due_at = _due(ctx, answers.get(DAY, ""), now)
    recipient = answers.get(TO, "")
    delivery = {
        "store_id": ctx.store.id, "id": new_id(), "account_id": account_id, "email": recipient or order.email,
        "locale": order.locale, "sender": order.billing_address.name if recipient else "",
        "message": answers.get(WORDS, ""), "due_at": due_at, "queued_at": now if due_at <= now else None,
    }  # fmt: skip
    await session.execute(_DELIVERY, delivery)
    if due_at <= now:
        await ctx.enqueue(session, jobs.deliver, jobs.Card(account_id))
    return True


def _due(ctx: Context, day: str, now: datetime) -> datetime:
    if not day:
        return now
    chosen = datetime.combine(date.fromisoformat(day), SENT_AT, ZoneInfo(ctx.store.timezone))
    return max(now, chosen.astimezone(UTC))
