# SPDX-License-Identifier: Apache-2.0
"""WooCommerce's product CSV: a row a product, and one for each variation, which names its parent."""

from collections.abc import Iterable, Mapping, Sequence

from shopwright.i18n import translatable
from shopwright_catalog.api import ProductInput, VariantInput
from shopwright_importer.services import cells
from shopwright_importer.services.cells import RowError
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
from shopwright_importer.services.records import Group, Parsed, Row, Source

ATTRIBUTES = 20
_COST = Columns("Regular price", "Sale price", "Date sale price starts", "Date sale price ends")
_WEIGHTS = {"Weight (kg)": "kg", "Weight (g)": "g", "Weight (lbs)": "lb", "Weight (oz)": "oz"}
_KINDS = frozenset({"simple", "variable", "variation"})
_ANY = "Any"


class WooCommerce(Format):
    """WooCommerce's product CSV."""

    code = "woocommerce-csv"
    title = "WooCommerce"
    required = ("Type", "Name", "Regular price")
    columns = {  # noqa: RUF012 - a ClassVar of the base
        "handle": "Name", "title": "Name", "price": "Regular price", "compare_at": "Regular price",
        "source": "Images", "image_source": "Images", "weight_grams": "Weight (kg)", "seo_description": "Short description",
        "tax_category": "Tax class",
    }  # fmt: skip

    def index(self, rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
        """Note by which key a parent is named, by SKU or id, and the handle of each product."""
        found: dict[str, str] = {}
        wanted: list[tuple[str, str, str]] = []
        for row in rows:
            if "variation" in _kinds(row.get("Type", "")):
                continue
            key = _own_key(row)
            for name in (row.get("SKU", ""), f"id:{row.get('ID', '')}"):
                found.setdefault(f"parent:{name}", key)
            wanted.append((key, "", row.get("Name", "")))
        return found | number_handles(wanted)

    def key(self, cells: Mapping[str, str], before: str, index: Mapping[str, str]) -> str:
        del before
        if "variation" in _kinds(cells.get("Type", "")):
            parent = cells.get("Parent", "")
            return index.get(f"parent:{parent}", parent)
        return _own_key(cells)

    def pictures(self, row: Row) -> Sequence[str]:
        return listed(row["Images"])

    def parse(self, group: Group, source: Source) -> Parsed:
        return _Parser(group, source).parse()


def _own_key(row: Mapping[str, str]) -> str:
    return row.get("SKU") or (f"id:{row['ID']}" if row.get("ID") else row.get("Name", ""))


def _kinds(text: str) -> set[str]:
    return {kind.lower() for kind in listed(text)}


class _Parser(Parser):
    def __init__(self, group: Group, source: Source) -> None:
        super().__init__(group)
        self.source = source
        self.variations = [row for row in group.rows if "variation" in _kinds(row["Type"])]
        heads = [row for row in group.rows if "variation" not in _kinds(row["Type"])]
        self.head = heads[0] if heads else group.rows[0]
        self.is_orphan = not heads
        self.is_variable = "variable" in _kinds(self.head["Type"])
        self.options = self._options()

    def parse(self) -> Parsed:
        rows = self.variations if self.is_variable else [self.head]
        if not self.is_orphan and not self.head.broken and self._is_taken():
            for row in rows:
                self.attempt(row, self._values(row), lambda row=row: self._take(row))  # type: ignore[misc]
        self.refuse_broken()
        product = self._product() if self.variants.taken and not self.head.broken else None
        named = ((address, row.line) for row in self.group.rows for address in listed(row["Images"]))
        categories = categories_of(listed(path, ">") for path in listed(self.head["Categories"]))
        return self.parsed(self.head, product, named, categories=categories if product else ())

    def _is_taken(self) -> bool:
        kinds = _kinds(self.head["Type"])
        if not self.head["Name"]:
            self.refuse(self.head, "title_missing", translatable("This product has no Name."))
        elif not kinds & _KINDS:
            words = translatable("A product of the type %(type)s cannot be taken: it is not sold by itself.")
            self.refuse(self.head, "kind_unknown", words, type=self.head["Type"][:40])
        elif self.is_variable and not self.variations:
            self.refuse(self.head, "no_variation", translatable("The file has no variation of this product."))
        else:
            return True
        return False

    def refuse_broken(self) -> None:
        super().refuse_broken()
        if self.is_orphan:
            for row in self.group.rows:
                words = translatable("The parent %(parent)s of this variation is not in the file.")
                self.refuse(row, "no_parent", words, parent=row["Parent"][:80])

    def _options(self) -> list[str]:
        """Give the attributes that variations differ by, in the order of the parent."""
        if not self.is_variable:
            return []
        used = {name for row in self.variations for name, _ in _attributes(row)}
        names = [name for name, _ in _attributes(self.head) if name in used]
        return [*names, *sorted(used - set(names))][:OPTIONS]

    def _values(self, row: Row) -> tuple[str, ...]:
        given = dict(_attributes(row))
        return tuple(given.get(name) or _ANY for name in self.options)

    def _take(self, row: Row) -> None:
        more = [
            name
            for name, value in _attributes(row)
            if value and self.is_variable and name not in self.options
        ]
        if more:
            words = translatable("A product has up to 3 options; %(names)s is one too many.")
            raise RowError("too_many_options", words, names=", ".join(more)[:80])
        found = cost(row, _COST, self.source)
        if found.is_later:
            self.tell(row, "sale_later", LATER, column=_COST.sale, given=row[_COST.sale])
        weight = next((column for column in _WEIGHTS if row[column]), "")
        inherited = self.head if row["Tax class"] == "parent" else row
        pictures = listed(row["Images"]) if self.is_variable else []
        variant = VariantInput(
            sku=row["SKU"], price=found.price, options=self._values(row), compare_at=found.compare_at,
            barcode=row["GTIN, UPC, EAN, or ISBN"], weight_grams=cells.grams(row, weight, _WEIGHTS[weight]) if weight else 0,
            requires_shipping=not _kinds(row["Type"]) & {"virtual", "downloadable"},
            taxable=row["Tax status"] != "none", tax_category=inherited["Tax class"] or "standard",
            image_source=source_of(pictures[0], self.source.images) if pictures else "",
        )  # fmt: skip
        self.variants.add(variant, self._on_hand(row), row.line)

    def _on_hand(self, row: Row) -> int | None:
        if row["Stock"] and row["Stock"] != "parent":
            number = cells.whole(row, "Stock")
            if number < 0:
                words = translatable("%(column)s %(given)s was taken as 0.")
                self.tell(row, "stock_negative", words, column="Stock", given=number)
            return max(number, 0)
        return 0 if row["In stock?"] == "0" else None

    def _product(self) -> ProductInput:
        head, source = self.head, self.source
        rows = [head, *self.variations]
        images = images_of(((a, "") for row in rows for a in listed(row["Images"])), source.images)
        text = head["Description"].replace("\\n", "\n")
        short = head["Short description"].replace("\\n", "\n")
        categories = categories_of(listed(path, ">") for path in listed(head["Categories"]))
        return ProductInput(
            handle=source.handles.get(f"handle:{self.group.handle}", ""),
            title=head["Name"],
            description_html=f"<p>{short}</p>\n{text}" if short and text else short or text,
            vendor=head["Brands"],
            tags=tuple(dict.fromkeys([*listed(head["Tags"]), *self._attribute_tags()])),
            published=head["Published"] == "1" and head["Visibility in catalog"] != "hidden",
            option_names=tuple(self.options),
            variants=tuple(self.variants.taken),
            images=images,
            category_handles=tuple(category.handle for category in categories),
        )

    def _attribute_tags(self) -> list[str]:
        """Keep what customers cannot choose as tags like ``Color: Blue``."""
        return [
            f"{name}: {value}"
            for name, values in _attributes(self.head)
            if name not in self.options
            for value in listed(values)
        ]


def _attributes(row: Row) -> list[tuple[str, str]]:
    """Give the attributes of a row with their values."""
    found = ((row[f"Attribute {n} name"], row[f"Attribute {n} value(s)"]) for n in range(1, ATTRIBUTES + 1))
    return [(name, values) for name, values in found if name]
