# SPDX-License-Identifier: Apache-2.0
"""Which of the manual ways to pay a store offers."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class ManualPaymentSettings(PluginSettings):
    """Settings of the manual payment plugin."""

    bank_transfer: bool = Field(default=True, title="Offer bank transfer")
    bank_instructions: str = Field(
        default="",
        title="Bank details",
        description="Shown at checkout and on the order page.",
        json_schema_extra={"scope": "language"},
    )
    on_delivery: bool = Field(default=True, title="Offer pay on delivery")
    on_delivery_limit: int = Field(
        default=0, ge=0, title="Pay on delivery up to", description="In minor units; 0 for no limit."
    )
    test_method: bool = Field(
        default=False,
        title="Offer the test method",
        description="For trying out a store: it takes no money and does what you choose at checkout.",
    )
