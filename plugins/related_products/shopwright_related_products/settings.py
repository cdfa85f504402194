# SPDX-License-Identifier: Apache-2.0
"""What is shown beside a product."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class RelatedProductsSettings(PluginSettings):
    """Settings of the plugin of related products."""

    automatic: bool = Field(
        default=False,
        title="Fill up with similar products",
        description="Where fewer related products are picked than are shown: of the same category, with the same tags.",
    )
    shown: int = Field(
        default=4,
        ge=1,
        le=12,
        title="Products of each kind",
        description="As many are shown beside a product.",
    )
