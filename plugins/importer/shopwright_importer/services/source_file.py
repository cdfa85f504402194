# SPDX-License-Identifier: Apache-2.0
"""A first look at a file: is it a product CSV, how is it written, and which products lie scattered in it."""

import codecs
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from shopwright.i18n import translatable
from shopwright_importer.api import FileError

REQUIRED = ("Handle", "Title", "Variant Price")
_LONGEST_FIELD = 8 * 1024 * 1024
_BLOCK = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What is known of a file before the first product is taken."""

    path: Path
    size: int
    fingerprint: str
    encoding: str
    columns: tuple[str, ...]
    scattered: Mapping[str, int]
    """Handles whose rows do not follow each other, and in how many places they are."""
    open_quote_line: int = 0
    """Where a quotation mark begins that nobody closes; 0 when all is well."""

    def open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="", errors="replace")


class Lines:
    """The lines of a file, remembering those of the record that is being read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.record.append(line)
            yield line


def look(path: Path) -> SourceFile:
    """Read a file once from end to end; only its handles are kept.

    Raises:
        FileError: it is not there, empty, not a CSV, or lacks columns; says how to mend it.
    """
    if not path.is_file():
        raise FileError(translatable("There is no file %(path)s."), path=str(path))
    size, fingerprint, encoding = _bytes_of(path)
    source = SourceFile(path, size, fingerprint, encoding, (), {})
    with source.open() as file:
        lines = Lines(file)
        reader = csv.reader(lines)
        try:
            columns = _columns(next(reader, []), path)
            scattered, last = _places(reader, columns, lines)
        except csv.Error as error:
            words = translatable("%(file)s is not a CSV file: line %(line)s: %(error)s.")
            raise FileError(words, file=path.name, line=reader.line_num, error=str(error)) from None
    open_line = last if _is_open(lines.record) else 0
    return SourceFile(path, size, fingerprint, encoding, columns, scattered, open_line)


def handle_of(cells: Mapping[str, str], before: str) -> str:
    """Give the handle of a row; one without handle and title goes with the row before it."""
    return cells.get("Handle", "") or ("" if cells.get("Title") else before)


def _places(
    reader: Iterator[list[str]], columns: tuple[str, ...], lines: Lines
) -> tuple[dict[str, int], int]:
    places: Counter[str] = Counter()
    before = ""
    last = begins = reader.line_num + 1  # type: ignore[attr-defined]
    lines.record.clear()
    for record in reader:
        if any(cell.strip() for cell in record):
            handle = handle_of(cells_of(columns, record), before)
            if handle != before or not places:
                places[handle] += 1
            before, last = handle, begins
        begins = reader.line_num + 1  # type: ignore[attr-defined]
        kept, lines.record = lines.record, []
    if places:
        lines.record = kept
    return {handle: times for handle, times in places.items() if times > 1 and handle}, last


def cells_of(columns: tuple[str, ...], record: list[str]) -> dict[str, str]:
    return dict(zip(columns, (cell.strip() for cell in record), strict=False))


def _is_open(record: list[str]) -> bool:
    try:
        list(csv.reader(record, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _bytes_of(path: Path) -> tuple[int, str, str]:
    """Give size, fingerprint and encoding: UTF-8, UTF-16 with its mark, or what old spreadsheets write."""
    csv.field_size_limit(_LONGEST_FIELD)
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    size, is_utf8, is_utf16 = 0, True, False
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if size == 0:
                is_utf16 = block.startswith(_UTF16)
                if b"\0" in block[:4096] and b"Handle" not in block[:4096] and not is_utf16:
                    words = translatable("%(file)s is not a text file. Export the products as CSV.")
                    raise FileError(words, file=path.name)
            size += len(block)
            digest.update(block)
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
                decoder.reset()
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    encoding = "utf-16" if is_utf16 else "utf-8-sig" if is_utf8 else "cp1252"
    return size, digest.hexdigest(), encoding


def _columns(record: list[str], path: Path) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in record)
    if not any(columns):
        words = translatable("%(file)s is empty; its first line must name the columns.")
        raise FileError(words, file=path.name)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise FileError(_lack(record), file=path.name, columns=", ".join(missing))
    repeated = [name for name, times in Counter(filter(None, columns)).items() if times > 1]
    if repeated:
        words = translatable("%(file)s has the column %(column)s twice. Remove one of them.")
        raise FileError(words, file=path.name, column=repr(repeated[0]))
    return columns


def _lack(record: list[str]) -> str:
    """Say that columns are missing, and why, if the line was cut at something else than commas."""
    if len(record) == 1 and ";" in record[0]:
        return translatable(
            "%(file)s lacks the columns %(columns)s. It is separated by semicolons: export it with commas."
        )
    if len(record) == 1 and "\t" in record[0]:
        return translatable(
            "%(file)s lacks the columns %(columns)s. It is separated by tabs: export it with commas."
        )
    if len(record) == 1 and "|" in record[0]:
        return translatable(
            "%(file)s lacks the columns %(columns)s. It is separated by bars: export it with commas."
        )
    return translatable("%(file)s lacks the columns %(columns)s.")
