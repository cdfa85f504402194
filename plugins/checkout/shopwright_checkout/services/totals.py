# SPDX-License-Identifier: Apache-2.0
"""What a cart costs and why: stages in a fixed order, each amount with the plugin and rule that made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from shopwright.context import Context
from shopwright.hooks import Change
from shopwright.money import Money, Provenance
from shopwright_catalog import api as catalog
from shopwright_catalog.api import Price, VariantInfo
from shopwright_checkout.api import STAGES, Cart, CartLine, LineTotals, ShippingRate, Stage, TaxResult, Totals
from shopwright_checkout.hookspecs import cart_fees, cart_process, shipping_rates, tax_calculate


@dataclass(frozen=True, slots=True)
class Calculation:
    """A cart's totals with the ways to ship it; ``missing`` are lines that cannot be bought any more."""

    totals: Totals
    rates: tuple[ShippingRate, ...]
    missing: tuple[UUID, ...]


async def calculate(ctx: Context, cart: Cart, variants: Mapping[UUID, VariantInfo]) -> Calculation:
    """Run the pipeline. Plugins see frozen values only; a failing one is left out by its hook's policy."""
    prices = await priced(ctx, cart, variants)
    lines = [_line(line, variants, prices) for line in cart.lines]
    totals = Totals(currency=cart.currency, lines=tuple(line for line in lines if line is not None))
    rates: tuple[ShippingRate, ...] = ()
    for stage in STAGES:
        if stage == "shipping":
            rates = await _rates(ctx, cart, totals)
            totals = _with_shipping(ctx, cart, totals, rates)
        elif stage == "fees":
            totals = await _with_fees(ctx, cart, totals)
        elif stage == "tax":
            totals = await _with_tax(ctx, cart, totals)
        totals, changes = await ctx.hooks.filter_recorded(cart_process, totals, cart=cart, stage=stage)
        totals = replace(totals, provenance=(*totals.provenance, *_trail(ctx, stage, changes)))
    missing = tuple(line.id for line, priced in zip(cart.lines, lines, strict=True) if priced is None)
    return Calculation(totals, rates, missing)


async def priced(ctx: Context, cart: Cart, variants: Mapping[UUID, VariantInfo]) -> dict[UUID, Price]:
    """Give the unit price of each variant in a cart, at the quantity that is in it."""
    requests = [
        catalog.PriceRequest(x.id, x.product_id, x.price, x.compare_at, line.quantity, x.facts)
        for line in cart.lines
        if (x := variants.get(line.variant_id)) is not None
    ]
    return await catalog.prices(ctx, requests)


def _line(
    line: CartLine, variants: Mapping[UUID, VariantInfo], prices: Mapping[UUID, Price]
) -> LineTotals | None:
    variant = variants.get(line.variant_id)
    if variant is None or not variant.published:
        return None
    price = prices[variant.id]
    zero = Money.zero(price.amount.currency)
    return LineTotals(line.id, variant, line.quantity, price.amount, zero, zero, price.provenance)


async def _rates(ctx: Context, cart: Cart, totals: Totals) -> tuple[ShippingRate, ...]:
    needs = any(line.variant.requires_shipping for line in totals.lines)
    if not needs or cart.shipping_address is None:
        return ()
    rates = await ctx.hooks.collect(
        shipping_rates, cart=cart, totals=totals, destination=cart.shipping_address
    )
    fitting = [rate for rate in rates if rate.price.currency == cart.currency and rate.price.amount >= 0]
    return tuple(sorted(fitting, key=lambda rate: (rate.price.amount, rate.code)))


def _with_shipping(ctx: Context, cart: Cart, totals: Totals, rates: Sequence[ShippingRate]) -> Totals:
    chosen = next((rate for rate in rates if rate.code == cart.shipping_code), None)
    if chosen is None:
        return totals
    plugin = chosen.code.partition(".")[0]
    origin = Provenance(plugin, ctx.version_of(plugin), chosen.code, chosen.price, chosen.detail)
    return replace(totals, shipping_rate=chosen, provenance=(*totals.provenance, origin))


async def _with_fees(ctx: Context, cart: Cart, totals: Totals) -> Totals:
    given = await ctx.hooks.collect(cart_fees, cart=cart, totals=totals)
    fees = [fee for fee in given if fee.amount.currency == cart.currency and fee.amount.amount >= 0]
    origins = [
        Provenance(plugin, ctx.version_of(plugin), fee.code, fee.amount, fee.label)
        for fee in fees
        for plugin in [fee.code.partition(".")[0]]
    ]
    return replace(totals, fees=tuple(fees), provenance=(*totals.provenance, *origins))


async def _with_tax(ctx: Context, cart: Cart, totals: Totals) -> Totals:
    result, plugin = await ctx.hooks.first_recorded(
        tax_calculate, cart=cart, totals=totals, destination=cart.shipping_address
    )
    if result is None:
        return totals
    check_tax(result, cart.currency)
    zero = Money.zero(cart.currency)
    lines = tuple(replace(line, tax=result.by_line.get(line.line_id, zero)) for line in totals.lines)
    origins = [Provenance(plugin, ctx.version_of(plugin), x.label, x.amount, x.detail) for x in result.lines]
    return replace(
        totals,
        lines=lines,
        fees=tuple(replace(fee, tax=result.by_fee.get(fee.code, zero)) for fee in totals.fees),
        tax_lines=tuple(replace(line, plugin=plugin) for line in result.lines),
        tax_included=result.included,
        shipping_tax=result.on_shipping,
        provenance=(*totals.provenance, *origins),
    )


def check_tax(result: TaxResult, currency: str) -> None:
    """Refuse taxes whose parts are not their whole.

    Raises:
        ValueError: says both sums.
    """
    zero = Money.zero(currency)
    parts = sum([*result.by_line.values(), *result.by_fee.values()], zero) + result.on_shipping
    whole = sum((line.amount for line in result.lines), zero)
    if parts != whole:
        raise ValueError(f"tax by line, fee and shipping is {parts}, tax by rate is {whole}")


def _trail(ctx: Context, stage: Stage, changes: Sequence[Change[Totals]]) -> list[Provenance]:
    return [
        Provenance(
            change.plugin, ctx.version_of(change.plugin), stage, change.after.total - change.before.total
        )
        for change in changes
    ]
