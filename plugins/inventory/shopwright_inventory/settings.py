# SPDX-License-Identifier: Apache-2.0
"""Settings of the inventory."""

from typing import Literal

from pydantic import Field

from shopwright.plugin import PluginSettings

Strategy = Literal["priority", "single_location_first", "nearest"]


class InventorySettings(PluginSettings):
    """When the admin calls an item low, and which location sends an order."""

    low_stock: int = Field(
        default=5,
        ge=0,
        le=1_000_000,
        title="Low stock from",
        description="Items with this many or fewer left are low, unless an item says otherwise.",
    )
    strategy: Strategy = Field(
        default="single_location_first",
        title="Orders are sent from",
        description="priority: the first location that has some. single_location_first: one that has everything, "
        "if there is one. nearest: the one nearest to the customer.",
    )
