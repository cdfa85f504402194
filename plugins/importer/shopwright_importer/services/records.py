# SPDX-License-Identifier: Apache-2.0
"""What goes from hand to hand in an import: rows of a file, the rows of a product, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shopwright_catalog.api import ImageInput, ProductInput
from shopwright_importer.api import Finding


@dataclass(frozen=True, slots=True)
class Row:
    """One record, the line of the file it begins at, and why it cannot be read, if so."""

    line: int
    values: dict[str, str]
    broken: tuple[str, str, dict[str, int]] | None = None
    """A code, words, and what fills them."""

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one product."""

    handle: str
    """What they have in common: a handle, a SKU, or what else the format knows products by."""
    rows: tuple[Row, ...]
    end: int
    """The last line of its last row: an import that stopped goes on with the group that ends after it."""
    read: int
    """Bytes read so far."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category a product is in, with the title it gets when the store does not have it."""

    handle: str
    title: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A product as the catalogue takes it, what is on hand of each variant, and what is to be said."""

    handle: str
    """What people find the product by in the file."""
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
    categories: tuple[Category, ...] = ()
    """Categories to make when the store does not have them."""


@dataclass(frozen=True, slots=True)
class Texts:
    """By locale: texts of products by handle, words of options, alt texts by image source."""

    products: Mapping[str, Mapping[str, dict[str, str]]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    alts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """What lies beside the rows: the store's currency and languages, pictures that are stored, and choices."""

    currency: str
    images: Mapping[str, ImageInput]
    """By what stands in the file."""
    default_locale: str = "en"
    locales: tuple[str, ...] = ()
    """The other languages of the store."""
    today: date = date.min
    handles: Mapping[str, str] = field(default_factory=dict)
    """What the format noted of the whole file."""
    categories_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)


Translations = dict[str, dict[str, Any]]
"""What ``ProductInput.translations`` takes."""
