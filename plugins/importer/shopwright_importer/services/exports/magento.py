# SPDX-License-Identifier: Apache-2.0
"""Products as Magento's CSV."""

from collections.abc import Iterator

from shopwright_catalog.api import VariantInput
from shopwright_importer.services import extra
from shopwright_importer.services.exports.item import Cells, Item

COLUMNS = (
    "sku", "store_view_code", "attribute_set_code", "product_type", "categories", "product_websites", "name",
    "description", "weight", "product_online", "tax_class_name", "visibility", "price", "special_price", "url_key",
    "meta_title", "meta_description", "base_image", "base_image_label", "additional_images", "additional_attributes",
    "qty", "is_in_stock", "manage_stock", "use_config_manage_stock", "configurable_variations",
    "configurable_variation_labels", extra.COLUMN,
)  # fmt: skip
_MORE = frozenset({
    "product_type", "vendor", "kind", "tags", "categories", "pictures", "alts", "translations", "publish_at",
    "unpublish_at", "markets", "tax_categories",
})  # fmt: skip
_ROOT = "Default Category"
_GRAMS = 1000


def rows(item: Item) -> Iterator[Cells]:
    """Give one row for a product without options, else its variations and then the product they belong to."""
    product, skus = item.product, _skus(item)
    if not product.option_names:
        yield (
            _head(item, skus) | _sold(item, 0) | {"sku": skus[0], "product_type": _kind(product.variants[0])}
        )
        return
    codes = [f"option_{i}" for i in range(1, len(product.option_names) + 1)]
    choices = []
    for n, variant in enumerate(product.variants):
        values = dict(zip(codes, variant.options, strict=True))
        choices.append({"sku": skus[n]} | values)
        yield _sold(item, n) | {
            "sku": skus[n], "product_type": _kind(variant), "attribute_set_code": "Default",
            "product_websites": "base", "name": f"{product.title} {' '.join(variant.options)}",
            "product_online": "1", "visibility": "Not Visible Individually",
            "url_key": f"{product.handle}-{n + 1}", "additional_attributes": _pairs(values | ({"barcode": variant.barcode} if variant.barcode else {})),
            "base_image": item.address(variant.image_source) if variant.image_source else "",
        }  # fmt: skip
    yield _head(item, skus) | {
        "sku": _free(item, product.handle), "product_type": "configurable", "price": item.price(product.variants[0].price),
        "configurable_variations": "|".join(_pairs(choice) for choice in choices), "is_in_stock": "1",
        "configurable_variation_labels": _pairs(dict(zip(codes, product.option_names, strict=True))),
    }  # fmt: skip


def _head(item: Item, skus: list[str]) -> Cells:
    product, pictures = item.product, item.pictures
    paths = [f"{_ROOT}/{item.titles.get(handle, handle)}" for handle in product.category_handles]
    return {
        "attribute_set_code": "Default", "categories": ",".join(path.replace(",", "\\,") for path in paths),
        "product_websites": "base", "name": product.title, "description": product.description_html,
        "product_online": "1" if product.published else "2", "visibility": "Catalog, Search",
        "url_key": product.handle, "meta_title": product.seo_title, "meta_description": product.seo_description,
        "base_image": pictures[0] if pictures else "", "base_image_label": product.images[0].alt if pictures else "",
        "additional_images": ",".join(picture.replace(",", "\\,") for picture in pictures[1:]),
        extra.COLUMN: extra.write(product, item.titles, _MORE, skus=skus),
    }  # fmt: skip


def _sold(item: Item, n: int) -> Cells:
    variant, on_hand = item.product.variants[n], item.on_hand[n]
    is_reduced = variant.compare_at is not None and variant.compare_at > variant.price
    return {
        "weight": f"{variant.weight_grams / _GRAMS:.3f}" if variant.weight_grams else "",
        "tax_class_name": "Taxable Goods" if variant.taxable else "None",
        "price": item.price(variant.compare_at if is_reduced else variant.price),
        "special_price": item.price(variant.price) if is_reduced else "",
        "qty": "" if on_hand is None else str(on_hand), "is_in_stock": "0" if on_hand == 0 else "1",
        "manage_stock": "0" if on_hand is None else "1", "use_config_manage_stock": "0",
        "additional_attributes": _pairs({"barcode": variant.barcode}) if variant.barcode else "",
    }  # fmt: skip


def _kind(variant: VariantInput) -> str:
    return "simple" if variant.requires_shipping else "virtual"


def _skus(item: Item) -> list[str]:
    """Give each variant a SKU of its own: Magento knows products by it; ours may lack one or share it."""
    product = item.product
    return [_free(item, x.sku or f"{product.handle}-{n}") for n, x in enumerate(product.variants, 1)]


def _free(item: Item, wanted: str) -> str:
    sku, n = wanted, 1
    while sku in item.taken:
        n += 1
        sku = f"{wanted}-{n}"
    item.taken.add(sku)
    return sku


def _pairs(values: dict[str, str]) -> str:
    """Write ``name=value,…``; what would end a value or a list is escaped."""
    escaped = {name: value.replace(",", "\\,").replace("|", "\\|") for name, value in values.items()}
    return ",".join(f"{name}={value}" for name, value in escaped.items())
