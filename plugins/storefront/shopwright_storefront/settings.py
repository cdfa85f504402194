# SPDX-License-Identifier: Apache-2.0
"""What a merchant writes on the first page."""

from pydantic import Field

from shopwright.plugin import PluginSettings


class StorefrontSettings(PluginSettings):
    """Settings of the storefront."""

    hero_title: str = Field(
        default="", max_length=120, title="Headline", json_schema_extra={"scope": "language"}
    )
    hero_text: str = Field(
        default="", max_length=400, title="Text below it", json_schema_extra={"scope": "language"}
    )
    hero_image: str = Field(
        default="", title="Picture", description="Path below /media/, like lumen/hero.webp."
    )
    hero_image_alt: str = Field(
        default="", max_length=200, title="Text for the picture", json_schema_extra={"scope": "language"}
    )
    featured: tuple[str, ...] = Field(
        default=(), title="Featured products", description="Handles in order; empty for the first ones."
    )
    page_size: int = Field(default=24, ge=4, le=96, title="Products a page")
