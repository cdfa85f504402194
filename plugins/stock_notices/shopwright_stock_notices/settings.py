# SPDX-License-Identifier: Apache-2.0
"""How a store tells people that something is back."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class StockNoticesSettings(PluginSettings):
    """Settings of the notices."""

    confirm_guests: bool = Field(
        default=True,
        title="Guests confirm their address",
        description="They get a link first, and are on the list once they have followed it.",
    )
    per_unit: int = Field(
        default=2,
        ge=1,
        le=100,
        title="People told for each unit",
        description="When 5 units arrive and this is 2, the first 10 people on the list get a mail.",
    )
