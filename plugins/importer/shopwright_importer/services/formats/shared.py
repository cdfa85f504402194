# SPDX-License-Identifier: Apache-2.0
"""What files of several platforms say alike: sales with a period, category paths, handles made of titles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shopwright.i18n import translatable
from shopwright_catalog.api import handle_of
from shopwright_importer.services import cells
from shopwright_importer.services.cells import RowError
from shopwright_importer.services.records import Category, Row, Source

_DATES = ("%Y-%m-%d", "%m/%d/%y", "%m/%d/%Y")
LATER = translatable(
    "%(column)s %(given)s holds later, so the price is that before. Put it into a price list."
)
OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a file says what something costs and when it is on sale."""

    price: str
    sale: str
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class Cost:
    """A price with the one before, and whether a sale of the file begins only later."""

    price: int
    compare_at: int | None
    is_later: bool = False


def cost(row: Row, columns: Columns, source: Source) -> Cost:
    """Give the price that holds today; on sale, the regular one is what it was before.

    Raises:
        RowError: there is none, or a price or a date cannot be read.
    """
    if not row[columns.sale]:
        return Cost(cells.price(row, columns.price, source.currency), None)
    sale = cells.price(row, columns.sale, source.currency)
    regular = cells.price(row, columns.price, source.currency) if row[columns.price] else sale
    begins, ends = _day(row, columns.begins), _day(row, columns.ends)
    if ends is not None and ends < source.today:
        return Cost(regular, None)
    if begins is not None and begins > source.today:
        return Cost(regular, None, is_later=True)
    return Cost(sale, regular if regular > sale else None)


def _day(row: Row, column: str) -> date | None:
    text = row[column].partition(" ")[0].partition("T")[0].rstrip(",")
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - only the day is used
        except ValueError:
            continue
    if text:
        words = translatable("%(column)s %(given)s is not a date; write it like 2026-12-24.")
        raise RowError("date_wrong", words, column=column, given=repr(row[column][:40]))
    return None


def categories_of(paths: Iterable[Sequence[str]]) -> tuple[Category, ...]:
    """Give the categories of paths from the top down, each once: a category is in all that it lies in."""
    found: dict[str, Category] = {}
    for path in paths:
        names: list[str] = []
        for title in path:
            names.append(title)
            handle = "-".join(handle_of(name) or "category" for name in names)
            found.setdefault(handle, Category(handle, title))
    return tuple(found.values())


def number_handles(wanted: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Give each product its handle: of its own name or title; one that is taken gets the product's key behind it.

    ``wanted`` are (key, own handle, title).
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for key, own, title in wanted:
        handle = own or handle_of(title) or handle_of(key) or "product"
        if handle in taken:
            handle = f"{handle}-{handle_of(key)}"
        taken.add(handle)
        found[f"handle:{key}"] = handle
    return found


def listed(text: str, separator: str = ",") -> list[str]:
    """Split a list; a backslash before the separator makes it part of a name."""
    mark = "\0"
    parts = text.replace(f"\\{separator}", mark).split(separator)
    return [part.replace(mark, separator).strip() for part in parts if part.strip()]
