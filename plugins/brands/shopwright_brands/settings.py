# SPDX-License-Identifier: Apache-2.0
"""How brands come to be."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class BrandsSettings(PluginSettings):
    """Settings of the brands plugin."""

    create_from_vendors: bool = Field(
        default=False,
        title="Make a brand of each vendor",
        description="When a product is saved whose vendor has no brand yet.",
    )
