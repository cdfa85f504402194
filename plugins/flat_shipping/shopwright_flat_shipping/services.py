# SPDX-License-Identifier: Apache-2.0
"""Quoting flat rates: from settings alone, no statement and no network."""

from collections.abc import Mapping
from typing import Any

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_checkout.api import ShippingRate, Totals
from shopwright_flat_shipping.settings import FlatMethod, FlatShippingSettings
from shopwright_orders.api import Address


async def quote(ctx: Context, totals: Totals, destination: Address) -> list[ShippingRate]:
    """Give a rate for each method that ships to the destination's country."""
    value = totals.subtotal - totals.discount
    methods = ctx.settings(FlatShippingSettings).methods
    exchange = await catalog.rate_to(ctx, value.currency)
    return [
        _rate(ctx, method, value, exchange)
        for method in methods
        if not method.countries or destination.country in method.countries
    ]


def _rate(
    ctx: Context, method: FlatMethod, value: Money, exchange: catalog.ExchangeRate | None
) -> ShippingRate:
    own = value if exchange is None else exchange.back(value)
    is_free = method.free_from is not None and own.amount >= method.free_from
    price = Money(0 if is_free else method.price, own.currency)
    return ShippingRate(
        code=f"flat_shipping.{method.code}",
        label=method.labels.get(ctx.locale, method.label),
        price=price if exchange is None else exchange.price(price),
        detail=method.details.get(ctx.locale, method.detail),
    )


def demo_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make the settings of a demo store of its ``shipping_methods``."""
    methods = [
        {
            "code": method["code"],
            "label": next(iter(method["title"].values())),
            "labels": method["title"],
            "price": method["price"],
            "free_from": method.get("free_from"),
            "countries": method.get("countries", ()),
        }
        for method in values.get("shipping_methods", ())
    ]
    return {"methods": methods}
