# SPDX-License-Identifier: Apache-2.0
"""A product as it is exported, and what writes it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from shopwright.money import Money
from shopwright_catalog.api import ProductInput

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A product with what lies beside it."""

    number: int
    """Counted from 1 through the file."""
    product: ProductInput
    on_hand: tuple[int | None, ...]
    """By variant; None where stock is not kept."""
    titles: Mapping[str, str]
    """Of categories, by handle."""
    currency: str
    taken: set[str]
    """SKUs that stand in the file, for formats that know products by them."""
    address: Callable[[str], str]
    """Makes an address that others can fetch of a picture's source."""

    def price(self, amount: int | None) -> str:
        return "" if amount is None else f"{Money(amount, self.currency).to_decimal():f}"

    @property
    def pictures(self) -> list[str]:
        return [self.address(image.source) for image in self.product.images]


@dataclass(frozen=True, slots=True)
class Writer:
    """How one format is written."""

    title: str
    columns: tuple[str, ...]
    rows: Callable[[Item], Iterator[Cells]]


def joined(values: list[str], separator: str = ", ") -> str:
    """Write a list; the mark between its entries is escaped where it is part of one."""
    mark = separator.strip()
    return separator.join(value.replace(mark, f"\\{mark}") for value in values)


def flag(value: object) -> str:
    return "1" if value else "0"
