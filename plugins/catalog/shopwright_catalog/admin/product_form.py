# SPDX-License-Identifier: Apache-2.0
"""The product form: filled from a product or from what was typed, so that nothing typed is ever lost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from multidict import MultiDictProxy

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.money import Money
from shopwright_catalog.api import ImageInput, ProductInput, VariantInput
from shopwright_catalog.api.handles import handle_of
from shopwright_catalog.services.pictures import is_source
from shopwright_catalog.services.staff_view import Draft

Posted = MultiDictProxy[Any]
WORDS = (
    "title", "handle", "description_html", "vendor", "product_type", "kind", "tags", "seo_title", "seo_description",
)  # fmt: skip
TIMES = ("publish_at", "unpublish_at")
TRANSLATED = ("title", "handle", "description_html", "seo_title", "seo_description")
OPTIONS = 3
EMPTY_ROWS = 3
MOST_ROWS = 2000
MOST_IMAGES = 250
_CELLS = ("price", "compare_at", "sku", "barcode", "weight_grams", "image_source", "id", "tax_category")
_NUMBER = re.compile(r"\d{1,15}([.,]\d{0,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of variants, as text."""

    cells: dict[str, str]
    options: tuple[str, ...]
    requires_shipping: bool = True
    taxable: bool = True
    remove: bool = False

    @property
    def is_used(self) -> bool:
        return not self.remove and (any(self.cells.values()) or any(self.options))


@dataclass(frozen=True, slots=True)
class ProductForm:
    """A product as the form shows it."""

    id: UUID | None
    version: int
    archived: bool
    words: dict[str, str]
    published: bool
    option_names: tuple[str, ...]
    rows: tuple[Row, ...]
    images: tuple[ImageInput, ...] = ()
    categories: tuple[str, ...] = ()
    translations: dict[str, dict[str, Any]] = field(default_factory=dict)
    markets: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Row, ...]:
        """The rows, and a few empty ones to add variants without scripts."""
        empty = Row(dict.fromkeys(_CELLS, ""), ("",) * OPTIONS)
        return (*self.rows, *([empty] * EMPTY_ROWS))

    @property
    def texts(self) -> tuple[str, ...]:
        """The words that can be translated: option names, values, alt texts."""
        values = [value for row in self.rows for value in row.options]
        found = [*self.option_names, *values, *(image.alt for image in self.images)]
        return tuple(dict.fromkeys(word for word in found if word))


def of_draft(ctx: Context, draft: Draft) -> ProductForm:
    """Fill the form from a product."""
    product = draft.product
    words = {name: getattr(product, name) for name in WORDS if name != "tags"}
    return ProductForm(
        draft.id, draft.version, draft.archived, words | {"tags": ", ".join(product.tags)} | _times(ctx, product),
        product.published,
        _three(product.option_names), tuple(_row(ctx, variant) for variant in product.variants),
        product.images, product.category_handles,
        {locale: dict(texts) for locale, texts in (product.translations or {}).items()}, product.markets,
    )  # fmt: skip


def of_posted(
    ctx: Context, posted: Posted, product_id: UUID | None, *, archived: bool = False
) -> ProductForm:
    """Fill the form from what was typed."""
    version = _word(posted, "version")
    others = [locale for locale in ctx.store.locales if locale != ctx.store.default_locale]
    return ProductForm(
        product_id, int(version) if version.isdecimal() and len(version) < 10 else 0, archived,
        {name: _word(posted, name) for name in (*WORDS, *TIMES)}, "published" in posted,
        tuple(_word(posted, f"option.{i}") for i in range(OPTIONS)),
        tuple(row for row in (_posted_row(posted, i) for i in _indexes(posted, "price", MOST_ROWS)) if row.is_used),
        _posted_images(posted),
        tuple(str(handle) for handle in posted.getall("category", [])),
        {locale: _posted_texts(posted, locale) for locale in others},
        tuple(str(code) for code in posted.getall("market", [])),
    )  # fmt: skip


def to_input(ctx: Context, form: ProductForm) -> ProductInput:
    """Make a product of the form.

    Raises:
        Invalid: prices or weights are no numbers; pointers are those of the product.
    """
    names = [
        i for i, name in enumerate(form.option_names) if name or any(row.options[i] for row in form.rows)
    ]
    errors = [
        FieldError(f"/option_names/{i}", "required", ctx.gettext("Give the option a name."))
        for i in names
        if not form.option_names[i]
    ]
    variants = tuple(_variant(ctx, n, row, names, errors) for n, row in enumerate(form.rows))
    starts, ends = (_time(ctx, form, name, errors) for name in TIMES)
    if errors:
        raise Invalid(errors=errors)
    words = {name: form.words[name] for name in WORDS if name not in {"tags", "handle"}}
    return ProductInput(
        handle=form.words["handle"] or handle_of(form.words["title"]),
        tags=tuple(dict.fromkeys(tag.strip() for tag in form.words["tags"].split(",") if tag.strip())),
        published=form.published,
        option_names=tuple(form.option_names[i] for i in names),
        variants=variants,
        images=form.images,
        category_handles=form.categories,
        translations=_filled(form),
        publish_at=starts,
        unpublish_at=ends,
        markets=form.markets,
        **words,
    )


def with_images(form: ProductForm, more: Sequence[ImageInput]) -> ProductForm:
    known = {image.source for image in form.images}
    fresh = [image for image in more if image.source not in known]
    return replace(form, images=_numbered([*form.images, *fresh]))


def _filled(form: ProductForm) -> dict[str, dict[str, Any]]:
    """Give the translations of what the product has; languages without any are left out."""
    known = set(form.texts)
    found = {}
    for locale, texts in form.translations.items():
        words = {word: other for word, other in texts.get("texts", {}).items() if other and word in known}
        values = {name: texts[name] for name in TRANSLATED if texts.get(name)}
        if values or words:
            found[locale] = {**values, "texts": words}
    return found


def _times(ctx: Context, product: ProductInput) -> dict[str, str]:
    zone = ZoneInfo(ctx.store.timezone)
    return {
        name: value.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes") if value else ""
        for name, value in ((name, getattr(product, name)) for name in TIMES)
    }


def _time(ctx: Context, form: ProductForm, name: str, errors: list[FieldError]) -> datetime | None:
    """Read a time of the store's time zone."""
    text = form.words[name]
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=ZoneInfo(ctx.store.timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        words = ctx.gettext("Give a date and time like 2026-11-27T08:00.")
        errors.append(FieldError(f"/{name}", "time_wrong", words))
        return None


def _three(names: Sequence[str]) -> tuple[str, ...]:
    return (*names, *([""] * (OPTIONS - len(names))))


def _row(ctx: Context, variant: VariantInput) -> Row:
    def shown(amount: int | None) -> str:
        return "" if amount is None else str(Money(amount, ctx.store.currency).to_decimal())

    cells = {
        "price": shown(variant.price), "compare_at": shown(variant.compare_at), "sku": variant.sku,
        "barcode": variant.barcode, "weight_grams": str(variant.weight_grams or ""),
        "image_source": variant.image_source, "id": str(variant.id or ""), "tax_category": variant.tax_category,
    }  # fmt: skip
    return Row(cells, _three(variant.options), variant.requires_shipping, variant.taxable)


def _word(posted: Posted, name: str) -> str:
    value = posted.get(name, "")
    return value.strip().replace("\0", "") if isinstance(value, str) else ""


def _indexes(posted: Posted, name: str, most: int) -> list[int]:
    """Give the numbers of rows that were sent, in their order."""
    found = {key.removeprefix(f"{name}.") for key in posted if key.startswith(f"{name}.")}
    return sorted(int(n) for n in found if n.isdecimal() and len(n) < 5)[:most]


def _posted_row(posted: Posted, n: int) -> Row:
    cells = {name: _word(posted, f"{name}.{n}") for name in _CELLS}
    options = tuple(_word(posted, f"value.{i}.{n}") for i in range(OPTIONS))
    shipping, taxable = f"requires_shipping.{n}" in posted, f"taxable.{n}" in posted
    return Row(cells, options, shipping, taxable, f"remove.{n}" in posted)


def _posted_images(posted: Posted) -> tuple[ImageInput, ...]:
    found: list[tuple[int, ImageInput]] = []
    for n in _indexes(posted, "source", MOST_IMAGES):
        source, place = _word(posted, f"source.{n}"), _word(posted, f"position.{n}")
        if f"drop.{n}" in posted or not is_source(source):
            continue
        width, height = (_size(_word(posted, f"{side}.{n}")) for side in ("width", "height"))
        x, y = (_percent(_word(posted, f"focus_{axis}.{n}")) for axis in "xy")
        image = ImageInput(source, _word(posted, f"alt.{n}"), 0, width, height, x, y)
        found.append((int(place) if place.isdecimal() and len(place) < 5 else n, image))
    return _numbered([image for _, image in sorted(found, key=lambda pair: pair[0])])


def _numbered(images: Sequence[ImageInput]) -> tuple[ImageInput, ...]:
    return tuple(replace(image, position=n) for n, image in enumerate(images))


def _size(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _percent(text: str) -> int:
    """Read the place of a point; what is no number comes out as one that the product's check refuses."""
    if not text:
        return 50
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else -1


def _posted_texts(posted: Posted, locale: str) -> dict[str, Any]:
    found: dict[str, Any] = {name: _word(posted, f"t.{locale}.{name}") for name in TRANSLATED}
    keys = _indexes(posted, f"t.{locale}.word", MOST_ROWS)
    found["texts"] = {
        _word(posted, f"t.{locale}.word.{n}"): _word(posted, f"t.{locale}.text.{n}") for n in keys
    }
    return found


def _variant(ctx: Context, n: int, row: Row, names: Sequence[int], errors: list[FieldError]) -> VariantInput:
    price = _money(ctx, n, row, "price", errors)
    if not row.cells["price"]:
        errors.append(FieldError(f"/variants/{n}/price", "required", ctx.gettext("Give a price.")))
    weight = row.cells["weight_grams"] or "0"
    if not (weight.isascii() and weight.isdecimal() and len(weight) < 10):
        words = ctx.gettext("Please give a whole number.")
        errors.append(FieldError(f"/variants/{n}/weight_grams", "number_wrong", words))
        weight = "0"
    return VariantInput(
        sku=row.cells["sku"], price=price or 0, options=tuple(row.options[i] for i in names),
        compare_at=_money(ctx, n, row, "compare_at", errors), barcode=row.cells["barcode"],
        weight_grams=int(weight), requires_shipping=row.requires_shipping, taxable=row.taxable,
        image_source=row.cells["image_source"], id=_uuid(row.cells["id"]),
        tax_category=row.cells["tax_category"] or "standard",
    )  # fmt: skip


def _money(ctx: Context, n: int, row: Row, name: str, errors: list[FieldError]) -> int | None:
    text = row.cells[name]
    if not text:
        return None
    try:
        if _NUMBER.fullmatch(text):
            return Money.from_decimal(Decimal(text.replace(",", ".")), ctx.store.currency).amount
    except (InvalidOperation, ValueError):
        pass
    words = ctx.gettext("Give a price like 12.50.")
    errors.append(FieldError(f"/variants/{n}/{name}", "price_wrong", words))
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
