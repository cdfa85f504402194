# SPDX-License-Identifier: Apache-2.0
"""Settings of the inventory."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class InventorySettings(PluginSettings):
    """When the admin calls an item low."""

    low_stock: int = Field(
        default=5,
        ge=0,
        le=1_000_000,
        title="Low stock from",
        description="Items with this many or fewer left are listed on the dashboard.",
    )
