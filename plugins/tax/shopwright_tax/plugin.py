# SPDX-License-Identifier: Apache-2.0
"""The tax plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.context import Context
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_checkout.api import TaxResult, Totals
from shopwright_orders.api import Address
from shopwright_tax.services.calculate import taxes
from shopwright_tax.settings import TaxSettings


class Plugin(BasePlugin):
    """Tax rates by region and category, inclusive or exclusive."""

    manifest: ClassVar[Manifest] = Manifest(
        name="tax",
        version="0.1.0",
        title="Tax",
        summary="Tax rates by region and category, inclusive or exclusive.",
        requires=("admin", "checkout", "orders"),
        settings=TaxSettings,
        permissions=(
            Permission("tax.rate.view", "See tax rates"),
            Permission("tax.rate.edit", "Change tax rates"),
        ),
        pii=(
            PiiColumn("tax_rate", "country", "none"),
            PiiColumn("tax_rate", "region", "none"),
            PiiColumn("tax_rate", "category", "none"),
            PiiColumn("tax_rate", "label", "none"),
        ),
    )

    @hookimpl
    async def tax_calculate(
        self, ctx: Context, totals: Totals, destination: Address | None
    ) -> TaxResult | None:
        return await taxes(ctx, totals, destination)
