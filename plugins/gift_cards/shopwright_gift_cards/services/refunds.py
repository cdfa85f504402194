# SPDX-License-Identifier: Apache-2.0
"""Giving back what an order paid with a card or credit: to what it came from, or as the customer's credit."""

from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright_gift_cards.services import ledger, manage
from shopwright_orders import api as orders

Target = Literal["same", "credit"]


async def refund(
    ctx: Context, order_id: UUID, method: str, amount: int, *, to: Target = "same", reason: str = ""
) -> UUID:
    """Give back a part of what was paid; gives the account it went to.

    Raises:
        NotFound, Invalid: there is no such order or part, or less was paid; a guest has no credit.
        Conflict: the card is switched off or has expired; give credit then.
    """
    order = await orders.order(ctx, order_id)
    if order is None or not method.startswith(ledger.METHOD):
        raise NotFound("There is no such order.")
    if to == "credit" and order.customer_id is None:
        words = translatable("Who ordered has no account, so there is nobody to give credit to.")
        raise Invalid(words, errors=[FieldError("/to", "no_account", words)])
    customer_id = order.customer_id

    async def work(session: AsyncSession) -> UUID:
        await orders.refund_stored(ctx, session, order_id=order_id, method=method, amount=amount, note=reason)
        account_id = UUID(method.removeprefix(ledger.METHOD))
        if to == "credit" and customer_id is not None:
            account_id = await manage.credit_account(ctx, session, customer_id)
        if not await ledger.change(
            ctx, session, account_id, "refund", amount, reason=reason, order_id=order_id
        ):
            words = translatable("It is switched off or has expired. Give store credit instead.")
            raise Conflict(words, code="gift_card_unusable", errors=[FieldError("/to", "unusable", words)])
        data = {"amount": amount, "order": str(order_id)}
        await ctx.audit(session, "gift_cards.refunded", subject=("gift_cards.card", account_id), data=data)
        return account_id

    return await ctx.run(work)
