# SPDX-License-Identifier: Apache-2.0
"""A cart as pages and the API show it: lines, amounts, why they are what they are, and what is in the way."""

from collections.abc import Mapping
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Cart, CartView, LineTotals, LineView
from shopwright_checkout.services import markets
from shopwright_checkout.services import stock as stock_of
from shopwright_checkout.services.stored import stored_payments
from shopwright_checkout.services.totals import Calculation, calculate
from shopwright_orders.api import StoredPayment


async def view(
    ctx: Context,
    cart: Cart,
    *,
    variants: Mapping[UUID, catalog.VariantInfo] | None = None,
    stock: Mapping[UUID, catalog.Availability] | None = None,
) -> CartView:
    """Compute a cart and put it together; what the caller has read of its lines just now is not read again."""
    ctx = markets.of_cart(ctx, cart)
    ids = [line.variant_id for line in cart.lines]
    variants = await catalog.variants(ctx, ids) if variants is None else variants
    stock = await stock_of.of(ctx, variants, ids) if stock is None else stock
    found = await calculate(ctx, cart, variants)
    return _view(ctx, cart, found, stock, await stored_payments(ctx, cart, found.totals))


def _view(
    ctx: Context,
    cart: Cart,
    found: Calculation,
    stock: Mapping[UUID, catalog.Availability],
    stored: tuple[StoredPayment, ...],
) -> CartView:
    totals = found.totals
    shown = {line.id: line.shown_price for line in cart.lines}
    return CartView(
        id=cart.id,
        status=cart.status,
        version=cart.version,
        currency=cart.currency,
        market=cart.market,
        email=cart.email,
        shipping_address=cart.shipping_address,
        billing_address=cart.billing_address,
        shipping_code=cart.shipping_code,
        payment_method=cart.payment_method,
        note=cart.note,
        attributes=cart.attributes,
        lines=tuple(_line(ctx, line, shown[line.line_id], stock[line.variant.id]) for line in totals.lines),
        quantity=sum(line.quantity for line in totals.lines),
        subtotal=totals.subtotal,
        discount=totals.discount,
        shipping=totals.shipping_rate.price if totals.shipping_rate else None,
        shipping_label=totals.shipping_rate.label if totals.shipping_rate else "",
        fees=totals.fees,
        tax=totals.tax,
        tax_included=totals.tax_included,
        tax_lines=totals.tax_lines,
        total=totals.total,
        stored=stored,
        due=totals.total - sum((part.amount for part in stored), Money.zero(cart.currency)),
        needs_shipping=any(line.variant.requires_shipping for line in totals.lines),
        shipping_rates=found.rates,
        missing=found.missing,
        provenance=totals.provenance,
        notes=totals.notes,
    )


def _line(ctx: Context, line: LineTotals, shown: Money, stock: catalog.Availability) -> LineView:
    is_short = stock.left is not None and stock.left < line.quantity
    return LineView(
        id=line.line_id,
        variant_id=line.variant.id,
        sku=line.variant.sku,
        title=line.variant.product_title,
        variant_title=line.variant.title,
        product_handle=line.variant.product_handle,
        picture=line.variant.picture,
        quantity=line.quantity,
        unit_price=line.unit_price,
        shown_price=shown,
        discount=line.discount,
        total=line.total,
        left=stock.left if is_short else None,
        provenance=line.provenance,
        kind=line.variant.kind,
        details=line.details,
        note="" if is_short else catalog.stock_note(ctx, stock, line.quantity),
    )
