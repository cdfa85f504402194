# SPDX-License-Identifier: Apache-2.0
"""Reading a file as groups of rows, one group a product, with the line each row begins at."""

import csv
from collections.abc import Iterator
from typing import TextIO

from shopwright.i18n import translatable
from shopwright_importer.services.records import Group, Row
from shopwright_importer.services.source_file import SourceFile


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
    """Give the rows of one product that follow each other."""
    reader = csv.reader(file)
    next(reader)
    current: list[Row] = []
    before, end = "", reader.line_num
    for line, record, last in _records(reader):
        row = _row(source, line, record, last)
        handle = source.format.key(row.values, before, source.index)
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
    values = source.format.cells(source.columns, record)
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
