# SPDX-License-Identifier: Apache-2.0
"""The hooks of cart and checkout."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.hooks import hookspec
from shopwright_catalog.api import VariantInfo
from shopwright_checkout.api import (
    Cart,
    CartCodes,
    CartView,
    CheckoutField,
    CheckoutStep,
    CodeAnswer,
    Fee,
    OwnStep,
    ShippingRate,
    Stage,
    StoredValue,
    TaxResult,
    Totals,
)
from shopwright_orders.api import Address, NewOrder


@hookspec("veto")
async def cart_item_add(ctx: Context, cart: Cart, variant: VariantInfo, quantity: int) -> Sequence[Rejection]:
    """Object to a variant being put into a cart, or to its new quantity."""
    raise AssertionError


@hookspec("filter", on_error="core", budget=1.0)
async def cart_process(ctx: Context, value: Totals, cart: Cart, stage: Stage) -> Totals | None:
    """Change what a cart costs at one stage; each change is kept with the plugin that made it."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0, coded=True)
async def cart_fees(ctx: Context, cart: Cart, totals: Totals) -> Sequence[Fee]:
    """Add charges of your own to a cart."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=2.0, concurrent=True, coded=True)
async def shipping_rates(
    ctx: Context, cart: Cart, totals: Totals, destination: Address
) -> Sequence[ShippingRate]:
    """Give ways to ship a cart to an address; all plugins are asked at once."""
    raise AssertionError


@hookspec("first", on_error="closed")
async def tax_calculate(
    ctx: Context, cart: Cart, totals: Totals, destination: Address | None
) -> TaxResult | None:
    """Give the taxes of a cart. Without an answer nothing is taxed."""
    raise AssertionError


@hookspec("veto")
async def order_validate(ctx: Context, cart: Cart, totals: Totals) -> Sequence[Rejection]:
    """Object to an order at the last moment before it is placed."""
    raise AssertionError


@hookspec("filter", on_error="core", budget=0.5)
async def checkout_countries(ctx: Context, value: frozenset[str]) -> frozenset[str] | None:
    """Say to which countries orders can go, of those by code that are left; asked at each step, so from memory."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0, coded=True)
async def checkout_fields(ctx: Context, cart: Cart, step: OwnStep) -> Sequence[CheckoutField]:
    """Ask the customer something on one of the checkout's own steps."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0, coded=True)
async def checkout_steps(ctx: Context, cart: Cart) -> Sequence[CheckoutStep]:
    """Put steps of your own into the checkout."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0, coded=True)
async def stored_value(ctx: Context, cart: Cart, totals: Totals) -> Sequence[StoredValue]:
    """Tell what the customer can pay with before any provider is asked, like gift cards; used in this order."""
    raise AssertionError


@hookspec("first", on_error="open", budget=5.0)
async def cart_code(ctx: Context, cart: Cart, code: str) -> CodeAnswer | None:
    """Say whether a code that a customer typed in is yours, and put it into the cart or say why not.

    Answer nothing for a code you do not know, so that the next plugin is asked. Tries are limited.
    """
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0)
async def cart_codes(ctx: Context, cart: Cart, shown: CartView) -> Sequence[CartCodes]:
    """Tell what you take in the field for codes, and which codes are in a cart."""
    raise AssertionError


@hookspec("first", on_error="closed")
async def cart_code_remove(ctx: Context, cart: Cart, code: str) -> bool | None:
    """Take a code out of a cart, by its ``EnteredCode.code``; nothing for one that is not yours or not there."""
    raise AssertionError


@hookspec("veto")
async def order_placing(
    ctx: Context, session: AsyncSession, order: NewOrder, cart: Cart, totals: Totals
) -> Sequence[Rejection]:
    """Hold what an order uses up, in the transaction that writes it: coupons, stored value. An objection undoes it all.

    Give it back in ``order_cancelling`` of the orders plugin.
    """
    raise AssertionError


@hookspec("collect")
async def cart_reopened(ctx: Context, session: AsyncSession, cart_id: UUID, copy_id: UUID) -> Sequence[str]:
    """Copy what you keep of a cart whose order failed to its open copy, in the transaction that makes it."""
    raise AssertionError
