# SPDX-License-Identifier: Apache-2.0
"""What a format has no column for goes into one of ours, so that an export goes in again without a loss."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shopwright.i18n import translatable
from shopwright_catalog.api import ImageInput, ProductInput
from shopwright_importer.api import Finding
from shopwright_importer.services.records import Category, Parsed, Row

COLUMN = "Shopwright"
META = "Meta: _shopwright"
"""The same column where a format takes strangers' columns under this name only."""
_PLAIN = (
    "handle",
    "product_type",
    "vendor",
    "kind",
    "seo_title",
    "seo_description",
    "publish_at",
    "unpublish_at",
)


class Picture(BaseModel):
    """What is said about a picture, in the order of the pictures."""

    model_config = ConfigDict(extra="forbid")

    alt: str | None = None
    focus: tuple[int, int] = (50, 50)


class Extra(BaseModel):
    """The content of our column; what is absent is said by the format's own columns."""

    model_config = ConfigDict(extra="forbid")

    handle: str | None = None
    product_type: str | None = None
    vendor: str | None = None
    kind: str | None = None
    seo_title: str | None = None
    seo_description: str | None = None
    publish_at: datetime | None = None
    unpublish_at: datetime | None = None
    markets: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    categories: tuple[tuple[str, str], ...] | None = None
    """(handle, title) of each."""
    tax_categories: tuple[str, ...] | None = None
    skus: tuple[str, ...] | None = None
    """Both by variant."""
    pictures: tuple[Picture, ...] | None = None
    translations: dict[str, dict[str, Any]] | None = None


def write(
    product: ProductInput, titles: Mapping[str, str], fields: Collection[str], *, skus: Sequence[str] = ()
) -> str:
    """Give the content of our column for what a format cannot say; nothing where there is nothing to say.

    ``skus`` are what variants are called in the file, where that may be another SKU than theirs.
    """
    given: dict[str, Any] = {name: getattr(product, name) for name in _PLAIN if name in fields}
    own = [variant.sku for variant in product.variants]
    if skus and list(skus) != own:
        given["skus"] = own
    if "tags" in fields:
        given["tags"] = product.tags
    if "markets" in fields:
        given["markets"] = product.markets
    if "categories" in fields:
        given["categories"] = [(handle, titles.get(handle, handle)) for handle in product.category_handles]
    if "tax_categories" in fields and any(v.tax_category != "standard" for v in product.variants):
        given["tax_categories"] = [variant.tax_category for variant in product.variants]
    if "pictures" in fields:
        given["pictures"] = [_picture(image, has_alt="alts" in fields) for image in product.images]
        if not any(given["pictures"]):
            del given["pictures"]
    if "translations" in fields:
        given["translations"] = {
            x: texts for x, texts in (product.translations or {}).items() if any(texts.values())
        }
    kept = {name: value for name, value in given.items() if value and value != "catalog.physical"}
    return json.dumps(kept, ensure_ascii=False, default=datetime.isoformat, sort_keys=True) if kept else ""


def _picture(image: ImageInput, *, has_alt: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"alt": image.alt} if has_alt and image.alt else {}
    focus = (image.focus_x, image.focus_y)
    return found if focus == (50, 50) else {**found, "focus": focus}


def read(parsed: Parsed, row: Row) -> Parsed:
    """Apply what our column says to a product; what cannot be read of it is told and left out."""
    text = row[COLUMN] or row[META]
    if not text or parsed.product is None:
        return parsed
    try:
        extra = Extra.model_validate_json(text)
    except ValidationError:
        words = translatable("What stands in the column %(column)s cannot be read; it was left out.")
        column = COLUMN if row[COLUMN] else META
        finding = Finding(row.line, parsed.handle, "extra_unreadable", words, {"column": column})
        return replace(parsed, notices=(*parsed.notices, finding))
    values = {
        x: found
        for x in (*_PLAIN, "markets", "tags", "translations")
        if (found := getattr(extra, x)) is not None
    }
    product = replace(parsed.product, **values)
    categories = parsed.categories
    if extra.categories is not None:
        categories = tuple(Category(handle, title) for handle, title in extra.categories)
        product = replace(product, category_handles=tuple(category.handle for category in categories))
    variants = product.variants
    if extra.tax_categories is not None and len(extra.tax_categories) == len(variants):
        variants = tuple(
            replace(v, tax_category=x) for v, x in zip(variants, extra.tax_categories, strict=True)
        )
    if extra.skus is not None and len(extra.skus) == len(variants):
        variants = tuple(replace(v, sku=x) for v, x in zip(variants, extra.skus, strict=True))
    product = replace(product, variants=variants)
    if extra.pictures is not None and len(extra.pictures) == len(product.images):
        product = replace(product, images=tuple(map(_described, product.images, extra.pictures)))
    return replace(parsed, product=product, categories=categories)


def _described(image: ImageInput, picture: Picture) -> ImageInput:
    alt = image.alt if picture.alt is None else picture.alt
    return replace(image, alt=alt, focus_x=picture.focus[0], focus_y=picture.focus[1])
