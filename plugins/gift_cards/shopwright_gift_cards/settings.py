# SPDX-License-Identifier: Apache-2.0
"""How long gift cards last."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class GiftCardsSettings(PluginSettings):
    """Settings of gift cards."""

    expire_days: int = Field(
        default=0,
        ge=0,
        le=3650,
        title="Days until a gift card expires",
        description="From the day it is issued. 0: never. Cards that are there already keep their day.",
    )
    remind_days: int = Field(
        default=0,
        ge=0,
        le=365,
        title="Remind so many days before",
        description="By mail, those whose card was mailed to them and still has something on it. 0: nobody.",
    )
