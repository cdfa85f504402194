# SPDX-License-Identifier: Apache-2.0
"""Products as Shopify's CSV."""

from collections.abc import Iterator

from shopwright_importer.services import extra
from shopwright_importer.services.exports.item import Cells, Item

COLUMNS = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service",
    "Variant Price", "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode",
    "Image Src", "Image Position", "Image Alt Text", "SEO Title", "SEO Description", "Variant Image", "Status",
    extra.COLUMN,
)  # fmt: skip
_MORE = frozenset(
    {
        "kind",
        "categories",
        "tax_categories",
        "pictures",
        "translations",
        "publish_at",
        "unpublish_at",
        "markets",
    }
)


def rows(item: Item) -> Iterator[Cells]:
    """Give a row for each variant, with a picture in each as long as there are some."""
    product = item.product
    for n in range(max(len(product.variants), len(product.images))):
        cells = {"Handle": product.handle}
        if n == 0:
            cells |= _head(item)
        if n < len(product.variants):
            cells |= _variant(item, n)
        if n < len(product.images):
            image = product.images[n]
            cells |= {
                "Image Src": item.address(image.source),
                "Image Position": str(n + 1),
                "Image Alt Text": image.alt,
            }
        yield cells


def _head(item: Item) -> Cells:
    product = item.product
    names = product.option_names or ("Title",)
    more = _MORE | {"tags"} if any("," in tag for tag in product.tags) else _MORE
    return {
        "Title": product.title, "Body (HTML)": product.description_html, "Vendor": product.vendor,
        "Type": product.product_type, "Tags": ", ".join(product.tags), "Published": _word(product.published),
        "SEO Title": product.seo_title, "SEO Description": product.seo_description,
        "Status": "active" if product.published else "draft", extra.COLUMN: extra.write(product, item.titles, more),
        **{f"Option{i} Name": name for i, name in enumerate(names, 1)},
    }  # fmt: skip


def _variant(item: Item, n: int) -> Cells:
    variant, on_hand = item.product.variants[n], item.on_hand[n]
    values = variant.options or ("Default Title",)
    return {
        "Variant SKU": variant.sku, "Variant Grams": str(variant.weight_grams),
        "Variant Inventory Tracker": "" if on_hand is None else "shopify",
        "Variant Inventory Qty": "" if on_hand is None else str(on_hand), "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual", "Variant Price": item.price(variant.price),
        "Variant Compare At Price": item.price(variant.compare_at),
        "Variant Requires Shipping": _word(variant.requires_shipping), "Variant Taxable": _word(variant.taxable),
        "Variant Barcode": variant.barcode,
        "Variant Image": item.address(variant.image_source) if variant.image_source else "",
        **{f"Option{i} Value": value for i, value in enumerate(values, 1)},
    }  # fmt: skip


def _word(value: bool) -> str:
    return "true" if value else "false"
