# SPDX-License-Identifier: Apache-2.0
"""From the rows of a product to what the catalogue saves; what is wrong is told with its line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopwright.i18n import translatable
from shopwright_catalog.api import ImageInput, ProductInput, VariantInput
from shopwright_importer.api import Finding
from shopwright_importer.services import cells
from shopwright_importer.services.cells import RowError
from shopwright_importer.services.pictures import is_outside
from shopwright_importer.services.read_csv import Group, Row

_OPTIONS = ("Option1", "Option2", "Option3")
_PLACEHOLDERS = frozenset({"Default Title", "Default", "Title", ""})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A product as the catalogue takes it, what is on hand of each variant, and what is to be said."""

    handle: str
    line: int
    rows: int
    end: int
    product: ProductInput | None
    lines: tuple[int, ...] = ()
    """The line of each variant."""
    on_hand: tuple[int | None, ...] = ()
    """None where stock is not kept."""
    left_out: tuple[tuple[str, ...], ...] = ()
    """The options of rows that were refused."""
    refusals: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()
    outside: tuple[tuple[str, int], ...] = ()
    """Addresses of pictures on other servers, with the line where each stands first."""


@dataclass(frozen=True, slots=True)
class Source:
    """What lies beside the rows: currency, stored pictures by source, categories by type, translations."""

    currency: str
    images: Mapping[str, ImageInput]
    categories_of: Mapping[str, Sequence[str]]
    translations: Mapping[str, Mapping[str, Any]]


def parse(group: Group, source: Source) -> Parsed:
    """Make a product of its rows. Rows with a mistake are refused one by one; the others go on."""
    return _Parser(group, source).parse()


class _Parser:
    def __init__(self, group: Group, source: Source) -> None:
        self.group = group
        self.source = source
        self.head = next((row for row in group.rows if row["Title"]), group.rows[0])
        self.rows = [row for row in group.rows if _is_variant(row)]
        self.options = _options(self.head, self.rows)
        self.refusals: list[Finding] = []
        self.notices: list[Finding] = []

    def parse(self) -> Parsed:
        variants: list[VariantInput] = []
        on_hand: list[int | None] = []
        left_out: list[tuple[str, ...]] = []
        seen: dict[tuple[str, ...], int] = {}
        for row in self.rows:
            try:
                variant = self._variant(row)
                if variant.options in seen:
                    raise _repeated(variant, seen[variant.options])
                on_hand.append(self._on_hand(row))
            except RowError as error:
                self._refuse(row, error.code, error.words, **error.values)
                left_out.append(self._values(row))
                continue
            seen[variant.options] = row.line
            variants.append(variant)
        product = self._product(variants) if self._can_be(variants) else None
        return Parsed(
            self.group.handle, self.head.line, len(self.group.rows), self.group.end, product,
            tuple(seen.values()), tuple(on_hand), tuple(left_out),
            tuple(self.refusals), tuple(self.notices), _outside(self.group.rows),
        )  # fmt: skip

    def _refuse(self, row: Row, code: str, words: str, **values: str | int) -> None:
        self.refusals.append(Finding(row.line, self.group.handle, code, words, values))

    def _can_be(self, variants: list[VariantInput]) -> bool:
        """Tell whether there is a product in these rows, or refuse it."""
        known = {finding.line for finding in self.refusals}
        for row in self.group.rows:
            if row.broken and row.line not in known:
                code, words, values = row.broken
                self._refuse(row, code, words, **values)
        if self.head.broken:
            return False
        if not self.group.handle:
            words = translatable("This row has no Handle: it belongs to no product.")
            self._refuse(self.head, "handle_missing", words)
        elif not self.head["Title"]:
            self._refuse(self.head, "title_missing", translatable("No row of this product has a Title."))
        elif not self.rows:
            words = translatable("No row of this product has a Variant Price.")
            self._refuse(self.head, "price_missing", words)
        elif variants:
            return True
        return False

    def _values(self, row: Row) -> tuple[str, ...]:
        return tuple(row[f"{option} Value"] for option, _ in self.options)

    def _variant(self, row: Row) -> VariantInput:
        if row.broken:
            code, words, values = row.broken
            raise RowError(code, words, **values)
        picture = self.source.images.get(row["Variant Image"])
        return VariantInput(
            sku=row["Variant SKU"].removeprefix("'"),
            price=cells.price(row, "Variant Price", self.source.currency),
            options=self._values(row),
            compare_at=cells.price_or_none(row, "Variant Compare At Price", self.source.currency),
            barcode=row["Variant Barcode"].removeprefix("'"),
            weight_grams=cells.grams(row),
            requires_shipping=cells.yes(row, "Variant Requires Shipping"),
            taxable=cells.yes(row, "Variant Taxable"),
            image_source=picture.source if picture else "",
        )

    def _on_hand(self, row: Row) -> int | None:
        if not row["Variant Inventory Tracker"]:
            return None
        number = cells.whole(row, "Variant Inventory Qty")
        if number < 0:
            words = translatable("Variant Inventory Qty %(given)s was taken as 0.")
            finding = Finding(row.line, self.group.handle, "stock_negative", words, {"given": number})
            self.notices.append(finding)
        return max(number, 0)

    def _product(self, variants: list[VariantInput]) -> ProductInput:
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
            variants=tuple(variants),
            images=_images(self.group.rows, source.images),
            category_handles=tuple(source.categories_of.get(head["Type"], ())),
            translations=source.translations,
        )


def _repeated(variant: VariantInput, line: int) -> RowError:
    if not variant.options:
        words = translatable("A variant without options is on line %(line)s already. Remove one of them.")
        return RowError("repeated_options", words, line=line)
    words = translatable("%(options)s is on line %(line)s already. Remove one of them.")
    return RowError("repeated_options", words, options=" / ".join(variant.options), line=line)


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


def _outside(rows: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for row in rows:
        for address in (row["Image Src"], row["Variant Image"]):
            if is_outside(address):
                found.setdefault(address, row.line)
    return tuple(found.items())


def _images(rows: Sequence[Row], known: Mapping[str, ImageInput]) -> tuple[ImageInput, ...]:
    """Give each image once, in the order of Image Position, and then those of variants that were not listed."""
    listed = sorted(
        ((row["Image Src"], row["Image Alt Text"], row["Image Position"]) for row in rows),
        key=lambda image: (not image[2].isdecimal(), int(image[2]) if image[2].isdecimal() else 0),
    )
    images: dict[str, ImageInput] = {}
    for address, alt, _ in [*listed, *((row["Variant Image"], "", "") for row in rows)]:
        found = known.get(address)
        if found is not None and found.source not in images:
            images[found.source] = ImageInput(found.source, alt, len(images), found.width, found.height)
    return tuple(images.values())
