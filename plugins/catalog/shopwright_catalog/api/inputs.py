# SPDX-License-Identifier: Apache-2.0
"""Products and categories as they are saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ImageInput:
    """An image to attach: the path of a file that was stored in the media folder, or an outside address."""

    source: str
    alt: str = ""
    position: int = 0
    width: int = 0
    height: int = 0
    focus_x: int = 50
    """The point that stays visible where a theme cuts off edges: percent from the left, and from the top."""
    focus_y: int = 50


@dataclass(frozen=True, slots=True)
class VariantInput:
    """A variant to save. ``price`` and ``compare_at`` are minor units of the store's currency."""

    sku: str
    price: int
    options: tuple[str, ...] = ()
    compare_at: int | None = None
    barcode: str = ""
    weight_grams: int = 0
    requires_shipping: bool = True
    taxable: bool = True
    image_source: str = ""
    id: UUID | None = None
    """The variant of this product that is meant; without it variants are known by options, then by SKU."""
    tax_category: str = "standard"
    """Which of a place's rates holds, like ``reduced``."""


@dataclass(frozen=True, slots=True)
class ProductInput:
    """A product to save whole; the handle is its key. What is absent from it is removed from the product."""

    handle: str
    title: str
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    published: bool = True
    seo_title: str = ""
    seo_description: str = ""
    option_names: tuple[str, ...] = ()
    variants: tuple[VariantInput, ...] = ()
    images: tuple[ImageInput, ...] = ()
    category_handles: tuple[str, ...] = ()
    kind: str = ""
    """Code of a ``ProductType``; empty: as it is, and ``catalog.physical`` for a new product."""
    translations: Mapping[str, Mapping[str, Any]] | None = None
    """By locale: ``title``, ``handle`` (the main one where it is empty), ``description_html``, ``seo_title``,
    ``seo_description``, and ``texts``: a mapping of option names, values and image alt texts to their translation."""
    publish_at: datetime | None = None
    """Aware; until then the product is not in the store, whatever ``published`` says."""
    unpublish_at: datetime | None = None
    """Aware; then the product leaves the store."""
    markets: tuple[str, ...] = ()
    """Codes of the markets it is published in; none: in all of them."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A product as it was saved, with the ids of its variants in their order."""

    id: UUID
    product: ProductInput
    variant_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class SavedProduct:
    """What saving did. ``variant_ids`` are in the order of the input."""

    id: UUID
    outcome: Literal["created", "updated", "unchanged"]
    variant_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CategoryInput:
    """A category to save; the handle is its key."""

    handle: str
    title: str
    description: str = ""
    image_source: str = ""
    image_alt: str = ""
    position: int = 0
    translations: Mapping[str, Mapping[str, str]] | None = None
    """By locale: ``title``, ``handle`` (the main one where it is empty), ``description``, ``image_alt``."""
    visible: bool = True
    parent: str | None = None
    """Handle of the category it is in; empty: on top; None: as it is."""
