# SPDX-License-Identifier: Apache-2.0
"""What a store shows beside its prices."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class PricingSettings(PluginSettings):
    """Settings of the pricing plugin."""

    show_tiers: bool = Field(
        default=True,
        title="Show prices of larger quantities",
        description="On the page of a product, like “from 10: €4.50 each”.",
    )
    show_lowest_price: bool = Field(
        default=True,
        title="Show the lowest price of the last 30 days",
        description="Beside a reduced price, as the law asks in the European Union.",
    )
