# SPDX-License-Identifier: Apache-2.0
"""Reading a Shopify CSV as groups of rows, one group a product, with the line each row begins at."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shopwright.errors import UsageError

REQUIRED = ("Handle", "Title", "Variant Price")
_LONGEST_FIELD = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One record, and the line of the file it begins at."""

    line: int
    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one product; ``end`` is the byte after its last row."""

    handle: str
    rows: tuple[Row, ...]
    end: int


def encoding_of(path: Path) -> str:
    """Tell a file's encoding: UTF-8 (with or without its mark), or what old spreadsheets write."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        file.seek(0)
        decoder = io.TextIOWrapper(file, encoding="utf-8-sig")
        try:
            while decoder.read(1 << 20):
                pass
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def groups(path: Path, encoding: str, *, after_line: int = 0) -> Iterator[Group]:
    """Read a file product by product, without ever holding more than one.

    Rows of one handle belong together when they follow each other; a handle that comes again later is a
    product of its own to us, which updates the first.

    Raises:
        UsageError: the file is empty, not a CSV, or lacks columns.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        reader = csv.reader(file)
        columns = _columns(reader, path)
        current: list[Row] = []
        begins = reader.line_num + 1
        try:
            for record in reader:
                line, begins = begins, reader.line_num + 1
                if line <= after_line or not any(cell.strip() for cell in record):
                    continue
                row = Row(line, dict(zip(columns, (cell.strip() for cell in record), strict=False)))
                handle = row["Handle"] or (current[-1]["Handle"] if current else "")
                if current and handle != current[0]["Handle"]:
                    yield Group(current[0]["Handle"], tuple(current), line - 1)
                    current = []
                current.append(Row(line, row.values | {"Handle": handle}))
        except csv.Error as error:
            raise UsageError(f"{path.name} is not a CSV file: line {reader.line_num}: {error}.") from None
        if current:
            yield Group(current[0]["Handle"], tuple(current), reader.line_num)


def _columns(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        columns = [name.strip() for name in next(reader)]
    except StopIteration:
        raise UsageError(f"{path.name} is empty.") from None
    except csv.Error as error:
        raise UsageError(f"{path.name} is not a CSV file: {error}.") from None
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        hint = " It seems to be separated by semicolons; export it with commas." if ";" in columns[0] else ""
        raise UsageError(f"{path.name} lacks the columns {', '.join(missing)}.{hint}")
    return columns
