# SPDX-License-Identifier: Apache-2.0
"""How a store shows and rounds taxes."""

from typing import Literal

from pydantic import Field

from shopwright.plugin import PluginSettings


class TaxSettings(PluginSettings):
    """Settings of the tax plugin."""

    prices_include_tax: bool = Field(default=True, title="Prices include tax")
    price_note: bool = Field(
        default=True,
        title="Say beside prices whether tax is in them",
        description="On the page of a product and at the foot of every page, as the law asks in many countries.",
    )
    other_price: Literal["nobody", "companies", "everybody"] = Field(
        default="nobody",
        title="Who sees prices both with and without tax",
        description="On the page of a product: companies are customers who buy for one.",
    )
    home_country: str = Field(
        default="DE",
        pattern=r"^[A-Z]{2}$",
        title="Home country",
        description="Taxes are shown for this country until the customer has told theirs.",
    )
    home_region: str = Field(default="", max_length=40, title="Home region")
    shipping_category: str = Field(default="standard", max_length=40, title="Tax category of shipping")
    reverse_charge: bool = Field(
        default=False,
        title="Reverse charge",
        description="Businesses in other EU countries that give a valid VAT number pay no tax here.",
    )
    ask_vat_id: bool = Field(default=False, title="Ask for the VAT number at checkout")
    rounding: Literal["half_up", "half_even", "up", "down"] = Field(default="half_up", title="Rounding")
