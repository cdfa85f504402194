# SPDX-License-Identifier: Apache-2.0
"""How a store rounds discounts."""

from typing import Literal

from pydantic import Field

from shopwright.plugin import PluginSettings


class DiscountSettings(PluginSettings):
    """Settings of the discounts plugin."""

    rounding: Literal["half_up", "half_even", "up", "down"] = Field(default="half_up", title="Rounding")
