# SPDX-License-Identifier: Apache-2.0
"""Finding out what became of a payment whose answer was lost."""

import asyncio
from uuid import UUID

from shopwright.context import Context
from shopwright.db import assert_no_open_transaction
from shopwright.errors import Unavailable
from shopwright_checkout.services.place_order import PAYMENT_TIMEOUT, payment_request, record
from shopwright_orders import api as orders
from shopwright_orders.hookspecs import payment_providers


async def resolve(ctx: Context, order_id: UUID) -> None:
    """Ask the provider about an order's payment and record the answer; a settled one is left alone.

    Raises:
        Unavailable: the outcome is still unknown; the job tries again later.
    """
    pending = await orders.pending_payment(ctx, order_id)
    if pending is None:
        return
    if not pending.amount.amount:
        await ctx.run(lambda session: record(ctx, session, pending, orders.PaymentResult("paid")))
        return
    method = ctx.hooks.registered(payment_providers).get(pending.method)
    if method is None:
        raise Unavailable(f"The payment method {pending.method} is switched off.")
    assert_no_open_transaction("a payment provider")
    async with asyncio.timeout(PAYMENT_TIMEOUT):
        result = await method.fetch(ctx, payment_request(pending, {}))
    await ctx.run(lambda session: record(ctx, session, pending, result))
    if result.status == "unknown":
        raise Unavailable("The outcome of the payment is still unknown.")
