# SPDX-License-Identifier: Apache-2.0
"""Computing taxes: one amount a rate, rounded once, spread over lines, shipping and fees to the minor unit."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from shopwright.context import Context
from shopwright.money import Money, Rounding
from shopwright_checkout import api as checkout
from shopwright_checkout.api import TaxLine, TaxResult, Totals
from shopwright_orders.api import Address
from shopwright_tax.services.rates import Rate, rates_of
from shopwright_tax.settings import TaxSettings

MILLION = Decimal(1_000_000)
SHIPPING = "0"
"""Stands for the shipping in the list of parts; lines have their ids there, fees their codes."""
Part = tuple[str, Money]


async def taxes(ctx: Context, totals: Totals, destination: Address | None) -> TaxResult:
    """Give the taxes of a cart at its destination, or at the store's home until that is known."""
    settings = ctx.settings(TaxSettings)
    country, region = (destination.country, destination.region) if destination else await place_of(ctx)
    return compute(totals, await rates_of(ctx, country, region), settings)


async def place_of(ctx: Context) -> tuple[str, str]:
    """Give country and region until the customer has told theirs: the store's home, or where its market delivers."""
    settings = ctx.settings(TaxSettings)
    countries = await checkout.countries(ctx)
    if settings.home_country in countries or not countries:
        return settings.home_country, settings.home_region
    return min(countries), ""


def compute(totals: Totals, rates: Mapping[str, Rate], settings: TaxSettings) -> TaxResult:
    """Apply the rates of a place, by tax category, to a cart; the order of its lines does not matter."""
    by_part: dict[str, Money] = {}
    lines: list[TaxLine] = []
    for rate, members in sorted(_parts_by_rate(totals, rates, settings).items(), key=_by_detail):
        line, shares = _tax_of(rate, sorted(members, key=_by_id), settings)
        lines.append(line)
        by_part |= shares
    return TaxResult(
        included=settings.prices_include_tax,
        by_line={x.line_id: by_part[str(x.line_id)] for x in totals.lines if str(x.line_id) in by_part},
        on_shipping=by_part.get(SHIPPING, Money.zero(totals.currency)),
        lines=tuple(lines),
        by_fee={fee.code: by_part[fee.code] for fee in totals.fees if fee.code in by_part},
    )


def _by_detail(entry: tuple[Rate, list[Part]]) -> str:
    return entry[0].detail


def _by_id(part: Part) -> str:
    return part[0]


def _parts_by_rate(
    totals: Totals, rates: Mapping[str, Rate], settings: TaxSettings
) -> dict[Rate, list[Part]]:
    parts: dict[Rate, list[Part]] = defaultdict(list)
    for line in totals.lines:
        rate = rates.get(line.variant.tax_category) or rates.get("standard")
        if rate is not None and line.variant.taxable:
            parts[rate].append((str(line.line_id), line.total))
    for fee in totals.fees:
        rate = rates.get(fee.tax_category) or rates.get("standard")
        if rate is not None and fee.taxable:
            parts[rate].append((fee.code, fee.amount))
    shipping_rate = rates.get(settings.shipping_category) or rates.get("standard")
    if shipping_rate is not None and totals.shipping.amount:
        parts[shipping_rate].append((SHIPPING, totals.shipping))
    return parts


def _tax_of(rate: Rate, parts: list[Part], settings: TaxSettings) -> tuple[TaxLine, dict[str, Money]]:
    base = sum((amount for _, amount in parts), Money.zero(parts[0][1].currency))
    share = Decimal(rate.rate_ppm) / MILLION
    if settings.prices_include_tax:
        share = Decimal(rate.rate_ppm) / (MILLION + rate.rate_ppm)
    amount = base.multiply(share, Rounding(settings.rounding))
    shares = amount.allocate([part.amount for _, part in parts])
    line = TaxLine(rate.label, rate.rate_ppm, base, amount, rate.detail)
    return line, {key: share for (key, _), share in zip(parts, shares, strict=True)}
