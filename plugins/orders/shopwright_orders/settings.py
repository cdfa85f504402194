# SPDX-License-Identifier: Apache-2.0
"""How long a store keeps what it knows of people from their orders."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class OrdersSettings(PluginSettings):
    """Settings of the orders plugin."""

    keep_years: int = Field(
        default=10,
        ge=0,
        le=30,
        title="Years the bill of an order is kept",
        description="Name and billing address stay so long when a person is forgotten: ask what the law of your country wants.",
    )
    delivery_days: int = Field(
        default=30,
        ge=0,
        le=365,
        title="Days until an order counts as carried out",
        description="Orders younger than this stay as they are when a person is forgotten.",
    )
