# SPDX-License-Identifier: Apache-2.0
"""From the rows of a product to what the catalogue saves; what is wrong is told with its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from shopwright.money import Money
from shopwright_catalog.api import ImageInput, ProductInput, VariantInput
from shopwright_importer.api import Refusal
from shopwright_importer.services.read_csv import Group, Row

_OPTIONS = ("Option1", "Option2", "Option3")
_TRUE = frozenset({"true", "yes", "1", "active"})


@dataclass(frozen=True, slots=True)
class Stock:
    """What is on hand of a variant; None when its stock is not kept."""

    on_hand: int | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A product as the catalogue takes it, the stock of its variants, and the rows that were refused."""

    product: ProductInput | None
    stock: tuple[Stock, ...]
    refusals: tuple[Refusal, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What lies beside the rows: currency, stored pictures by source, categories by type, translations."""

    currency: str
    images: Mapping[str, ImageInput]
    categories_of: Mapping[str, Any]
    translations: Mapping[str, Mapping[str, Any]]


class RowError(ValueError):
    """A row cannot be taken."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse(group: Group, source: Source) -> Parsed:
    """Make a product of its rows. Rows with a mistake are refused one by one; the others go on."""
    head = next((row for row in group.rows if row["Title"]), group.rows[0])
    names = _option_names(head)
    variants: list[VariantInput] = []
    stock: list[Stock] = []
    refusals: list[Refusal] = []
    notices: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in group.rows:
        if not _is_variant(row):
            continue
        try:
            variant = _variant(row, names, source)
            if variant.options in seen:
                shown = " / ".join(variant.options) or "no options"
                raise RowError("repeated_options", f"{shown} is on line {seen[variant.options]} already.")
            stock.append(_stock(row, notices))
        except RowError as error:
            refusals.append(Refusal(row.line, group.handle, error.code, str(error)))
            continue
        seen[variant.options] = row.line
        variants.append(variant)
    if not head["Title"] and not group.handle:
        refusals.append(
            Refusal(head.line, "", "no_handle", "This row has no handle: it belongs to no product.")
        )
        return Parsed(None, (), tuple(refusals), ())
    if not variants:
        refusals.append(
            Refusal(head.line, group.handle, "no_variant", "No row of this product has a usable price.")
        )
        return Parsed(None, (), tuple(refusals), ())
    product = _product(group, head, names, variants, source)
    return Parsed(product, tuple(stock), tuple(refusals), tuple(notices))


def _product(
    group: Group, head: Row, names: tuple[str, ...], variants: list[VariantInput], source: Source
) -> ProductInput:
    images: dict[str, ImageInput] = {}
    for row in group.rows:
        for address, alt in ((row["Image Src"], row["Image Alt Text"]), (row["Variant Image"], "")):
            found = source.images.get(address)
            if found is not None and found.source not in images:
                images[found.source] = ImageInput(found.source, alt, len(images), found.width, found.height)
    status = head["Status"].lower()
    published = head["Published"].lower() in _TRUE if head["Published"] else True
    return ProductInput(
        handle=group.handle,
        title=head["Title"] or group.handle,
        description_html=head["Body (HTML)"],
        vendor=head["Vendor"],
        product_type=head["Type"],
        tags=tuple(dict.fromkeys(tag.strip() for tag in head["Tags"].split(",") if tag.strip())),
        published=published and status in {"", "active"},
        seo_title=head["SEO Title"],
        seo_description=head["SEO Description"],
        option_names=names,
        variants=tuple(variants),
        images=tuple(images.values()),
        category_handles=tuple(source.categories_of.get(head["Type"], ())),
        translations=source.translations.get(group.handle),
    )


def _is_variant(row: Row) -> bool:
    """Rows that only bring another image have neither price nor options nor SKU."""
    return bool(row["Variant Price"] or row["Option1 Value"] or row["Variant SKU"])


def _option_names(head: Row) -> tuple[str, ...]:
    names = tuple(head[f"{option} Name"] for option in _OPTIONS if head[f"{option} Name"])
    is_default = names == ("Title",) and head["Option1 Value"] in {"Default Title", "Default", "Title", ""}
    return () if is_default else names


def _variant(row: Row, names: tuple[str, ...], source: Source) -> VariantInput:
    picture = source.images.get(row["Variant Image"])
    return VariantInput(
        sku=row["Variant SKU"].lstrip("'"),
        price=_price(row, "Variant Price", source.currency),
        options=tuple(row[f"{option} Value"] for option in _OPTIONS[: len(names)]),
        compare_at=_price(row, "Variant Compare At Price", source.currency)
        if row["Variant Compare At Price"]
        else None,
        barcode=row["Variant Barcode"].lstrip("'"),
        weight_grams=_whole(row, "Variant Grams", least=0),
        requires_shipping=row["Variant Requires Shipping"].lower() not in {"false", "no", "0"},
        taxable=row["Variant Taxable"].lower() not in {"false", "no", "0"},
        image_source=picture.source if picture else "",
    )


def _price(row: Row, column: str, currency: str) -> int:
    text = row[column]
    if not text:
        raise RowError("price_missing", f"{column} is empty; give a price like 12.50.")
    try:
        amount = Money.from_decimal(Decimal(text), currency).amount
    except (InvalidOperation, ValueError) as error:
        reason = "" if isinstance(error, InvalidOperation) else f" ({error})"
        raise RowError("price_wrong", f"{column} {text!r} is not a price in {currency}{reason}.") from None
    if amount < 0:
        raise RowError("price_negative", f"{column} {text!r} is below zero.")
    return amount


def _whole(row: Row, column: str, *, least: int | None = None) -> int:
    text = row[column]
    if not text:
        return 0
    try:
        number = Decimal(text)
        value = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise RowError("number_wrong", f"{column} {text!r} is not a number.") from None
    if number != value and column != "Variant Grams":
        raise RowError("number_wrong", f"{column} {text!r} is not a whole number.")
    if least is not None and value < least:
        raise RowError("number_wrong", f"{column} {text!r} is below {least}.")
    return value


def _stock(row: Row, notices: list[str]) -> Stock:
    if not row["Variant Inventory Tracker"]:
        return Stock(None)
    on_hand = _whole(row, "Variant Inventory Qty")
    if on_hand < 0:
        notices.append(f"Line {row.line}: a stock of {on_hand} was taken as 0.")
    return Stock(max(on_hand, 0))
