# SPDX-License-Identifier: Apache-2.0
"""Shopify's product CSV: rows of one handle are a product; its first row holds what concerns the whole of it."""

from collections.abc import Mapping, Sequence

from shopwright.i18n import translatable
from shopwright_catalog.api import ImageInput, ProductInput, VariantInput
from shopwright_importer.services import cells
from shopwright_importer.services.formats.base import Format
from shopwright_importer.services.parsing import Parser, images_of, source_of
from shopwright_importer.services.records import Group, Parsed, Row, Source
from shopwright_importer.services.translations import beside

_OPTIONS = ("Option1", "Option2", "Option3")
_PICTURES = ("Image Src", "Variant Image")
_PLACEHOLDERS = frozenset({"Default Title", "Default", "Title", ""})


class Shopify(Format):
    """Shopify's product CSV."""

    code = "shopify-csv"
    title = "Shopify"
    required = ("Handle", "Title", "Variant Price")
    columns = {  # noqa: RUF012 - a ClassVar of the base
        "handle": "Handle", "title": "Title", "vendor": "Vendor", "product_type": "Type", "seo_title": "SEO Title",
        "seo_description": "SEO Description", "source": "Image Src", "price": "Variant Price",
        "compare_at": "Variant Compare At Price", "weight_grams": "Variant Grams", "image_source": "Variant Image",
    }  # fmt: skip
    sidecars = True
    scattered = False

    def key(self, cells: Mapping[str, str], before: str, index: Mapping[str, str]) -> str:
        """Give the handle of a row; one without handle and title goes with the row before it."""
        del index
        return cells.get("Handle", "") or ("" if cells.get("Title") else before)

    def pictures(self, row: Row) -> Sequence[str]:
        return [row[column] for column in _PICTURES]

    def parse(self, group: Group, source: Source) -> Parsed:
        return _Parser(group, source).parse()


class _Parser(Parser):
    def __init__(self, group: Group, source: Source) -> None:
        super().__init__(group)
        self.source = source
        self.head = next((row for row in group.rows if row["Title"]), group.rows[0])
        self.rows = [row for row in group.rows if _is_variant(row)]
        self.options = _options(self.head, self.rows)

    def parse(self) -> Parsed:
        for row in self.rows:
            self.attempt(row, self._values(row), lambda row=row: self._take(row))  # type: ignore[misc]
        product = self._product() if self._can_be() else None
        named = ((row[column], row.line) for row in self.group.rows for column in _PICTURES)
        return self.parsed(self.head, product, named)

    def _take(self, row: Row) -> None:
        self.variants.add(self._variant(row), self._on_hand(row), row.line)

    def _can_be(self) -> bool:
        """Tell whether there is a product in these rows, or refuse it."""
        self.refuse_broken()
        if self.head.broken:
            return False
        if not self.group.handle:
            words = translatable("This row has no Handle: it belongs to no product.")
            self.refuse(self.head, "handle_missing", words)
        elif not self.head["Title"]:
            self.refuse(self.head, "title_missing", translatable("No row of this product has a Title."))
        elif not self.rows:
            words = translatable("No row of this product has a Variant Price.")
            self.refuse(self.head, "price_missing", words)
        elif self.variants.taken:
            return True
        return False

    def _values(self, row: Row) -> tuple[str, ...]:
        return tuple(row[f"{option} Value"] for option, _ in self.options)

    def _variant(self, row: Row) -> VariantInput:
        return VariantInput(
            sku=row["Variant SKU"].removeprefix("'"),
            price=cells.price(row, "Variant Price", self.source.currency),
            options=self._values(row),
            compare_at=cells.price_or_none(row, "Variant Compare At Price", self.source.currency),
            barcode=row["Variant Barcode"].removeprefix("'"),
            weight_grams=cells.grams(row, "Variant Grams"),
            requires_shipping=cells.yes(row, "Variant Requires Shipping"),
            taxable=cells.yes(row, "Variant Taxable"),
            image_source=source_of(row["Variant Image"], self.source.images),
        )

    def _on_hand(self, row: Row) -> int | None:
        if not row["Variant Inventory Tracker"]:
            return None
        number = cells.whole(row, "Variant Inventory Qty")
        if number < 0:
            words = translatable("%(column)s %(given)s was taken as 0.")
            self.tell(row, "stock_negative", words, column="Variant Inventory Qty", given=number)
        return max(number, 0)

    def _product(self) -> ProductInput:
        head, source = self.head, self.source
        return ProductInput(
            handle=self.group.handle,
            title=head["Title"],
            description_html=head["Body (HTML)"],
            vendor=head["Vendor"],
            product_type=head["Type"],
            tags=tuple(dict.fromkeys(tag.strip() for tag in head["Tags"].split(",") if tag.strip())),
            published=cells.yes(head, "Published") and head["Status"].lower() in {"", "active"},
            seo_title=head["SEO Title"],
            seo_description=head["SEO Description"],
            option_names=tuple(name for _, name in self.options),
            variants=tuple(self.variants.taken),
            images=_images(self.group.rows, source.images),
            category_handles=tuple(source.categories_of.get(head["Type"], ())),
            translations=beside(source.texts, self.group),
        )


def _is_variant(row: Row) -> bool:
    """Rows that only bring another image have neither price nor options nor SKU."""
    return bool(row["Variant Price"] or row["Option1 Value"] or row["Variant SKU"])


def _options(head: Row, rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Give the options with their names. One that has values but no name gets its number for a name."""
    found = tuple(
        (option, head[f"{option} Name"] or f"Option {number}")
        for number, option in enumerate(_OPTIONS, 1)
        if head[f"{option} Name"] or any(row[f"{option} Value"] for row in rows)
    )
    is_plain = len(found) == 1 and head["Option1 Name"] in {"Title", ""}
    values = {row["Option1 Value"] for row in rows}
    return () if is_plain and len(values) <= 1 and values <= _PLACEHOLDERS else found


def _images(rows: Sequence[Row], known: Mapping[str, ImageInput]) -> tuple[ImageInput, ...]:
    """Give each image once, in the order of Image Position, and then those of variants that were not listed."""
    listed = sorted(
        ((row["Image Src"], row["Image Alt Text"], row["Image Position"]) for row in rows),
        key=lambda image: (not image[2].isdecimal(), int(image[2]) if image[2].isdecimal() else 0),
    )
    of_variants = ((row["Variant Image"], "") for row in rows)
    return images_of([*((address, alt) for address, alt, _ in listed), *of_variants], known)
