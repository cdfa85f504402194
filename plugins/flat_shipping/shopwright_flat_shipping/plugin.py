# SPDX-License-Identifier: Apache-2.0
"""The flat-rate shipping plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.context import Context
from shopwright.hookspecs import DemoSource
from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_checkout.api import ShippingRate, Totals
from shopwright_flat_shipping.services import demo_settings, quote
from shopwright_flat_shipping.settings import FlatShippingSettings
from shopwright_orders.api import Address


class Plugin(BasePlugin):
    """Shipping methods with a fixed price, free above an amount."""

    manifest: ClassVar[Manifest] = Manifest(
        name="flat_shipping",
        version="0.1.0",
        title="Flat-rate shipping",
        summary="Shipping methods with a fixed price, free above an amount.",
        requires=("admin", "catalog", "checkout", "orders"),
        settings=FlatShippingSettings,
    )

    @hookimpl
    async def shipping_rates(
        self, ctx: Context, totals: Totals, destination: Address
    ) -> Sequence[ShippingRate]:
        return await quote(ctx, totals, destination)

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        values = demo_settings(source.values)
        await ctx.kernel.settings.save(ctx, "flat_shipping", values, "store")
        return [f"{len(values['methods'])} shipping methods"]
