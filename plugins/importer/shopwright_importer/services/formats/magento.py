# SPDX-License-Identifier: Apache-2.0
"""Magento's product CSV: simple products, and configurable ones that name the simple ones to choose from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape

from shopwright.i18n import translatable
from shopwright_catalog.api import ProductInput, VariantInput
from shopwright_importer.services import cells
from shopwright_importer.services.formats.base import Format
from shopwright_importer.services.formats.shared import (
    LATER,
    OPTIONS,
    Columns,
    categories_of,
    cost,
    listed,
    number_handles,
)  # fmt: skip
from shopwright_importer.services.parsing import Parser, images_of, source_of
from shopwright_importer.services.records import Category, Group, Parsed, Row, Source, Translations

TAGS = "tags"
"""The attribute that holds our tags."""
_COST = Columns("price", "special_price", "special_price_from_date", "special_price_to_date")
_TAKEN = frozenset({"simple", "configurable", "virtual", "downloadable"})
_TECHNICAL = frozenset(
    {"has_options", "required_options", "links_purchased_separately", "links_title", "samples_title"}
)
_UNTAXED = frozenset({"none", "not taxable"})
_STANDARD = frozenset({"", "taxable goods", "standard"})
_PAIR = re.compile(r"(?<!\\),(?=[\w-]+=)", re.ASCII)
_PART = re.compile(r"(?<!\\)\|")
_TEXTS = {
    "title": "name", "handle": "url_key", "description_html": "description", "seo_title": "meta_title",
    "seo_description": "meta_description",
}  # fmt: skip


class Magento(Format):
    """Magento's product CSV."""

    code = "magento-csv"
    title = "Magento"
    required = ("sku", "product_type", "name", "price")
    columns = {  # noqa: RUF012 - a ClassVar of the base
        "handle": "url_key", "title": "name", "price": "price", "compare_at": "price", "source": "base_image",
        "image_source": "base_image", "weight_grams": "weight", "seo_title": "meta_title",
        "seo_description": "meta_description", "tax_category": "tax_class_name",
    }  # fmt: skip

    def index(self, rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
        """Note to which configurable product a simple one belongs, and the handle of each product."""
        parents: dict[str, str] = {}
        wanted: list[tuple[str, str, str]] = []
        for row in rows:
            sku = row.get("sku", "")
            for child in _pairs_of_each(row.get("configurable_variations", "")):
                parents.setdefault(f"parent:{child.get('sku', '')}", sku)
            if sku and not row.get("store_view_code"):
                wanted.append((sku, row.get("url_key", ""), row.get("name", "")))
        return parents | number_handles(x for x in wanted if f"parent:{x[0]}" not in parents)

    def key(self, cells: Mapping[str, str], before: str, index: Mapping[str, str]) -> str:
        sku = cells.get("sku", "")
        return index.get(f"parent:{sku}", sku) if sku else before

    def pictures(self, row: Row) -> Sequence[str]:
        return _pictures(row)

    def parse(self, group: Group, source: Source) -> Parsed:
        return _Parser(group, source).parse()


def _pictures(row: Row) -> list[str]:
    found = [row["base_image"], *listed(row["additional_images"])]
    return [address if "://" in address else address.lstrip("/") for address in found if address]


def _pairs(text: str) -> dict[str, str]:
    """Read ``size=XS,color=Black``; a comma that no name follows is part of a value."""
    found = (pair.partition("=") for pair in _PAIR.split(text) if "=" in pair)
    return {name.strip(): _plain(value.strip().strip('"')) for name, _, value in found}


def _plain(value: str) -> str:
    return value.replace("\\,", ",").replace("\\|", "|")


def _pairs_of_each(text: str) -> list[dict[str, str]]:
    return [_pairs(part) for part in _PART.split(text) if part]


class _Parser(Parser):
    def __init__(self, group: Group, source: Source) -> None:
        super().__init__(group)
        self.source = source
        own = [row for row in group.rows if row["sku"] == group.handle and not row["store_view_code"]]
        self.head = own[0] if own else group.rows[0]
        self.is_whole = bool(own)
        self.views = [row for row in group.rows if row["store_view_code"]]
        self.children = {row["sku"]: row for row in group.rows if row["sku"] != group.handle and row["sku"]}
        self.choices = _pairs_of_each(self.head["configurable_variations"])
        self.is_configurable = self.head["product_type"] == "configurable"
        self.options = list(dict.fromkeys(x for choice in self.choices for x in choice if x != "sku"))
        self.labels = _pairs(self.head["configurable_variation_labels"])

    def parse(self) -> Parsed:
        if not self.head.broken and self._is_taken():
            if self.is_configurable:
                for choice in self.choices:
                    self._choose(choice)
            else:
                self.attempt(self.head, (), lambda: self._take(self.head, ()))
        self.refuse_broken()
        product = self._product() if self.variants.taken and not self.head.broken else None
        named = ((address, row.line) for row in self.group.rows for address in _pictures(row))
        return self.parsed(self.head, product, named, categories=self._categories() if product else ())

    def _is_taken(self) -> bool:
        kind = self.head["product_type"]
        if not self.is_whole:
            words = translatable("The file has no row of the product %(sku)s without a store view.")
            self.refuse(self.head, "no_parent", words, sku=self.group.handle[:80])
        elif kind not in _TAKEN:
            words = translatable("A product of the type %(type)s cannot be taken: it is not sold by itself.")
            self.refuse(self.head, "kind_unknown", words, type=kind[:40])
        elif not self.head["name"]:
            self.refuse(self.head, "title_missing", translatable("This product has no name."))
        elif self.is_configurable and not self.choices:
            self.refuse(self.head, "no_variation", translatable("The file has no variation of this product."))
        elif len(self.options) > OPTIONS:
            words = translatable("A product has up to 3 options; %(names)s is one too many.")
            self.refuse(self.head, "too_many_options", words, names=", ".join(self.options[OPTIONS:])[:80])
        else:
            return True
        return False

    def _choose(self, choice: dict[str, str]) -> None:
        options = tuple(choice.get(name, "") for name in self.options)
        row = self.children.get(choice.get("sku", ""))
        if row is None:
            words = translatable("The variation %(sku)s is not in the file.")
            self.refuse(self.head, "no_variation", words, sku=choice.get("sku", "")[:80])
            self.variants.left_out.append(options)
        else:
            self.attempt(row, options, lambda: self._take(row, options))

    def _take(self, row: Row, options: tuple[str, ...]) -> None:
        found = cost(row, _COST, self.source)
        if found.is_later:
            self.tell(row, "sale_later", LATER, column=_COST.sale, given=row[_COST.sale])
        pictures = _pictures(row) if self.is_configurable else []
        taxes = row["tax_class_name"].lower()
        variant = VariantInput(
            sku=row["sku"], price=found.price, options=options, compare_at=found.compare_at,
            barcode=_pairs(row["additional_attributes"]).get("barcode", ""),
            weight_grams=cells.grams(row, "weight", "kg") if row["weight"] else 0,
            requires_shipping=row["product_type"] not in {"virtual", "downloadable"}, taxable=taxes not in _UNTAXED,
            tax_category="standard" if taxes in _STANDARD | _UNTAXED else _word(taxes),
            image_source=source_of(pictures[0], self.source.images) if pictures else "",
        )  # fmt: skip
        self.variants.add(variant, self._on_hand(row), row.line)

    def _on_hand(self, row: Row) -> int | None:
        is_kept = row["manage_stock"] == "1" or row["use_config_manage_stock"] == "1"
        if not is_kept or not row["qty"]:
            return None
        number = cells.whole(row, "qty") if row["is_in_stock"] != "0" else 0
        if number < 0:
            words = translatable("%(column)s %(given)s was taken as 0.")
            self.tell(row, "stock_negative", words, column="qty", given=number)
        return max(number, 0)

    def _categories(self) -> tuple[Category, ...]:
        """Leave out the root, which Magento puts before every path."""
        return categories_of(listed(path, "/")[1:] for path in listed(self.head["categories"]))

    def _product(self) -> ProductInput:
        head, source = self.head, self.source
        rows = [head, *(row for row in self.children.values() if self.is_configurable)]
        labels = {
            address: row["base_image_label"]
            for row in rows
            for address in _pictures(row)[:1]
            if row["base_image"]
        }
        listing = [(address, labels.get(address, "")) for row in rows for address in _pictures(row)]
        text, short = head["description"], head["short_description"]
        attributes = _pairs(head["additional_attributes"])
        return ProductInput(
            handle=source.handles.get(f"handle:{self.group.handle}", ""),
            title=head["name"],
            description_html=f"{short}\n{text}" if short and text else short or text,
            vendor=attributes.get("manufacturer", ""),
            product_type=head["attribute_set_code"] if head["attribute_set_code"] != "Default" else "",
            tags=tuple(dict.fromkeys(_tags(attributes, set(self.options)))),
            published=head["product_online"] != "2" and head["visibility"] != "Not Visible Individually",
            seo_title=head["meta_title"],
            seo_description=head["meta_description"],
            option_names=tuple(
                self.labels.get(name) or name.replace("_", " ").title() for name in self.options
            ),
            variants=tuple(self.variants.taken),
            images=images_of(listing, source.images),
            category_handles=tuple(category.handle for category in self._categories()),
            translations=self._translations(),
        )

    def _translations(self) -> Translations:
        """Take a store view for the language its code begins with."""
        found: Translations = {}
        for row in self.views:
            code = row["store_view_code"].lower().replace("_", "-")
            locale = next((x for x in self.source.locales if code == x or code.split("-")[0] == x), "")
            if locale:
                found[locale] = {name: row[column] for name, column in _TEXTS.items() if row[column]}
            else:
                words = translatable(
                    "The store view %(code)s is no language of this store; its texts are left out."
                )
                self.tell(row, "no_language", words, code=row["store_view_code"][:40])
        return found


def _tags(attributes: Mapping[str, str], options: set[str]) -> list[str]:
    """Keep what customers cannot choose as tags like ``material: Wool``."""
    found = attributes.get(TAGS, "").split("|") if attributes.get(TAGS) else []
    kept = _TECHNICAL | options | {TAGS, "manufacturer", "barcode"}
    more = [(name, values) for name, values in attributes.items() if name not in kept]
    return [*found, *(f"{name}: {unescape(x)}" for name, values in more for x in values.split("|") if x)]


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-") or "standard"
