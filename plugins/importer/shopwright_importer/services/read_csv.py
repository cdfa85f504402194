# SPDX-License-Identifier: Apache-2.0
"""Reading a Shopify CSV as groups of rows, one group a product, with the line each row begins at."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from shopwright.i18n import translatable
from shopwright_importer.services.source_file import SourceFile, cells_of, handle_of


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
    rows: tuple[Row, ...]
    end: int
    """The last line of its last row: an import that stopped goes on with the group that ends after it."""
    read: int
    """Bytes read so far."""


def groups(source: SourceFile, *, after_line: int = 0) -> Iterator[Group]:
    """Read a file product by product, in the order in which they end.

    Only one product is held, and those whose rows lie in several places: their rows wait for the last place, so
    that such a product is saved once and with all its variants.
    """
    waiting: dict[str, list[Row]] = {}
    left = dict(source.scattered)
    with source.open() as file:
        for handle, rows, end in _runs(source, file):
            if handle in left:
                left[handle] -= 1
                waiting.setdefault(handle, []).extend(rows)
                if left[handle]:
                    continue
            if end > after_line:
                whole = waiting.pop(handle, rows)
                yield Group(handle, tuple(whole), end, min(file.buffer.tell(), source.size))


def _runs(source: SourceFile, file: TextIO) -> Iterator[tuple[str, list[Row], int]]:
    """Give the rows of one handle that follow each other."""
    reader = csv.reader(file)
    next(reader)
    current: list[Row] = []
    before, end = "", reader.line_num
    for line, record, last in _records(reader):
        row = _row(source, line, record, last)
        handle = handle_of(row.values, before)
        if current and handle != before:
            yield before, current, end
            current = []
        current.append(row)
        before, end = handle, last
    if current:
        yield before, current, end


def _records(reader: "csv._reader") -> Iterator[tuple[int, list[str], int]]:  # type: ignore[name-defined]
    """Give records that are not empty, with the lines they begin and end at."""
    begins = reader.line_num + 1
    for record in reader:
        if any(cell.strip() for cell in record):
            yield begins, record, reader.line_num
        begins = reader.line_num + 1


def _row(source: SourceFile, line: int, record: list[str], last: int) -> Row:
    values = cells_of(source.columns, record)
    broken: tuple[str, str, dict[str, int]] | None = None
    if line == source.open_quote_line:
        words = translatable(
            'A quotation mark (") that begins here is not closed up to line %(last)s. Close it.'
        )
        broken = "open_quote", words, {"last": last}
    elif len(record) > len(source.columns):
        words = translatable(
            "This row has %(cells)s cells, but there are %(columns)s columns. "
            'Put texts that hold commas into quotation marks (").'
        )
        broken = "too_many_cells", words, {"cells": len(record), "columns": len(source.columns)}
    elif any("\0" in value for value in values.values()):
        broken = "nul_character", translatable("This row holds a NUL character. Remove it."), {}
    return Row(line, values, broken)
