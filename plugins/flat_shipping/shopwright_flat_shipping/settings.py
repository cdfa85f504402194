# SPDX-License-Identifier: Apache-2.0
"""The shipping methods of a store with their prices."""

from pydantic import BaseModel, ConfigDict, Field

from shopwright.plugin import PluginSettings


class FlatMethod(BaseModel):
    """One way to ship at a fixed price. Amounts are minor units of the store's currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", title="Code")
    label: str = Field(min_length=1, max_length=80, title="Name")
    labels: dict[str, str] = Field(default_factory=dict, title="Name by language")
    price: int = Field(ge=0, title="Price")
    free_from: int | None = Field(default=None, ge=0, title="Free from")
    countries: tuple[str, ...] = Field(default=(), title="Countries", description="Empty for all.")
    detail: str = Field(default="", max_length=120, title="Delivery time")
    details: dict[str, str] = Field(default_factory=dict, title="Delivery time by language")


class FlatShippingSettings(PluginSettings):
    """Settings of flat-rate shipping."""

    methods: tuple[FlatMethod, ...] = Field(default=(), title="Shipping methods")
