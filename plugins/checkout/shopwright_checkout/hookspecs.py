# SPDX-License-Identifier: Apache-2.0
"""The hooks of cart and checkout."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.hooks import hookspec
from shopwright_catalog.api import VariantInfo
from shopwright_checkout.api import (
    Cart,
    CheckoutField,
    CheckoutStep,
    Fee,
    OwnStep,
    ShippingRate,
    Stage,
    TaxResult,
    Totals,
)
from shopwright_orders.api import Address


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


@hookspec("collect", on_error="open", budget=1.0, coded=True)
async def checkout_fields(ctx: Context, cart: Cart, step: OwnStep) -> Sequence[CheckoutField]:
    """Ask the customer something on one of the checkout's own steps."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0, coded=True)
async def checkout_steps(ctx: Context, cart: Cart) -> Sequence[CheckoutStep]:
    """Put steps of your own into the checkout."""
    raise AssertionError
