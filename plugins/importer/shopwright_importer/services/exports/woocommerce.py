# SPDX-License-Identifier: Apache-2.0
"""Products as WooCommerce's CSV."""

from collections.abc import Iterator

from shopwright_catalog.api import VariantInput
from shopwright_importer.services import extra
from shopwright_importer.services.exports.item import Cells, Item, flag, joined

COLUMNS = (
    "ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Visibility in catalog", "Short description",
    "Description", "Tax status", "Tax class", "In stock?", "Stock", "Weight (kg)", "Sale price", "Regular price",
    "Categories", "Tags", "Images", "Parent", "Brands", "Position",
    *(f"Attribute {n} {what}" for n in (1, 2, 3) for what in ("name", "value(s)", "visible", "global")),
    extra.META,
)  # fmt: skip
_MORE = frozenset({
    "handle", "product_type", "kind", "seo_title", "seo_description", "categories", "pictures", "alts", "translations",
    "publish_at", "unpublish_at", "markets",
})  # fmt: skip
_GRAMS = 1000
_MOST = 1000
"""Variations of a product get its number and theirs for an id."""


def rows(item: Item) -> Iterator[Cells]:
    """Give one row for a product without options, else a parent and its variations."""
    product, number = item.product, item.number * _MOST
    head = {
        "ID": str(number), "Name": product.title, "Published": flag(product.published),
        "Visibility in catalog": "visible", "Description": product.description_html.replace("\n", "\\n"),
        "Categories": joined([item.titles.get(handle, handle).replace(">", "\\>") for handle in product.category_handles]),
        "Tags": joined(list(product.tags)), "Images": joined(item.pictures), "Brands": product.vendor, "Position": "0",
        extra.META: extra.write(product, item.titles, _MORE),
    }  # fmt: skip
    if not product.option_names:
        yield head | _sold(item, 0) | {"Type": _kind(product.variants[0], "simple")}
        return
    attributes: Cells = {}
    for i, name in enumerate(product.option_names):
        values = list(dict.fromkeys(variant.options[i] for variant in product.variants))
        attributes |= _attribute(i + 1, name, joined(values))
    yield head | attributes | {"Type": "variable", "Tax status": "taxable", "In stock?": "1"}
    for n, variant in enumerate(product.variants):
        own: Cells = {}
        for i, name in enumerate(product.option_names):
            own |= _attribute(i + 1, name, variant.options[i])
        yield _sold(item, n) | own | {
            "ID": str(number + n + 1), "Type": _kind(variant, "variation"), "Name": product.title,
            "Published": flag(product.published), "Visibility in catalog": "visible", "Parent": f"id:{number}",
            "Images": item.address(variant.image_source).replace(",", "\\,") if variant.image_source else "",
            "Position": str(n + 1),
        }  # fmt: skip


def _kind(variant: VariantInput, kind: str) -> str:
    return kind if variant.requires_shipping else f"{kind}, virtual"


def _attribute(place: int, name: str, values: str) -> Cells:
    return {
        f"Attribute {place} name": name, f"Attribute {place} value(s)": values,
        f"Attribute {place} visible": "1", f"Attribute {place} global": "1",
    }  # fmt: skip


def _sold(item: Item, n: int) -> Cells:
    variant, on_hand = item.product.variants[n], item.on_hand[n]
    is_reduced = variant.compare_at is not None and variant.compare_at > variant.price
    return {
        "SKU": variant.sku, "GTIN, UPC, EAN, or ISBN": variant.barcode,
        "Tax status": "taxable" if variant.taxable else "none",
        "Tax class": "" if variant.tax_category == "standard" else variant.tax_category,
        "In stock?": flag(on_hand is None or on_hand > 0), "Stock": "" if on_hand is None else str(on_hand),
        "Weight (kg)": f"{variant.weight_grams / _GRAMS:.3f}" if variant.weight_grams else "",
        "Sale price": item.price(variant.price) if is_reduced else "",
        "Regular price": item.price(variant.compare_at if is_reduced else variant.price),
    }  # fmt: skip
