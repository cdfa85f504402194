# SPDX-License-Identifier: Apache-2.0
"""Paying with what the customer has with the store already: gift cards, credit."""

from shopwright.context import Context
from shopwright_checkout.api import Cart, Totals
from shopwright_checkout.hookspecs import stored_value
from shopwright_orders.api import StoredPayment


async def stored_payments(ctx: Context, cart: Cart, totals: Totals) -> tuple[StoredPayment, ...]:
    """Share out what a cart costs over stored value, one after another; the rest is due."""
    due, parts = totals.total, []
    for value in await ctx.hooks.collect(stored_value, cart=cart, totals=totals):
        if value.available.currency != due.currency:
            continue
        amount = min(value.available, due, key=lambda money: money.amount)
        if amount.amount > 0:
            parts.append(StoredPayment(value.code, value.label, amount))
            due -= amount
    return tuple(parts)
