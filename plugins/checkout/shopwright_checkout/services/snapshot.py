# SPDX-License-Identifier: Apache-2.0
"""A cart and its totals as the order keeps them: a snapshot that never changes."""

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.money import Money, Provenance
from shopwright_checkout.api import Cart, LineTotals, TaxLine, Totals
from shopwright_orders.api import FeeLineInput, NewOrder, OrderLineInput, TaxLineInput


def new_order(ctx: Context, cart: Cart, totals: Totals) -> NewOrder:
    """Put together what ``orders.create_order`` writes."""
    assert cart.shipping_address is not None
    rate = totals.shipping_rate
    return NewOrder(
        id=new_id(),
        cart_id=cart.id,
        customer_id=cart.customer_id,
        email=cart.email,
        locale=ctx.locale,
        currency=cart.currency,
        prices_include_tax=totals.tax_included,
        shipping_address=cart.shipping_address,
        billing_address=cart.billing_address or cart.shipping_address,
        lines=tuple(_line(line) for line in totals.lines),
        tax_lines=tuple(_tax_line(ctx, line) for line in totals.tax_lines),
        fee_lines=tuple(
            FeeLineInput(fee.code, fee.label, fee.amount, fee.tax or Money.zero(cart.currency))
            for fee in totals.fees
        ),
        shipping_code=rate.code if rate else "",
        shipping_label=rate.label if rate else "",
        subtotal=totals.subtotal,
        discount=totals.discount,
        shipping=totals.shipping,
        shipping_tax=totals.shipping_tax or Money.zero(cart.currency),
        fees=totals.fee_total,
        tax=totals.tax,
        total=totals.total,
        payment_method=cart.payment_method,
        provenance=totals.provenance,
        note=cart.note,
        market=cart.market,
    )


def _tax_line(ctx: Context, line: TaxLine) -> TaxLineInput:
    version = ctx.version_of(line.plugin)
    origin = Provenance(line.plugin, version, line.label, line.amount, line.detail)
    return TaxLineInput(line.label, line.rate_ppm, line.base, line.amount, origin)


def _line(line: LineTotals) -> OrderLineInput:
    return OrderLineInput(
        variant_id=line.variant.id,
        product_id=line.variant.product_id,
        sku=line.variant.sku,
        title=line.variant.product_title,
        variant_title=line.variant.title,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        tax=line.tax,
        total=line.total,
        requires_shipping=line.variant.requires_shipping,
        picture_src=line.variant.picture.small if line.variant.picture else "",
        provenance=line.provenance,
        kind=line.variant.kind,
        details=line.details,
        stocked=line.variant.stocked,
    )
