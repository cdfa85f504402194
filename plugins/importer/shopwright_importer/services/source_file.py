# SPDX-License-Identifier: Apache-2.0
"""A first look at a file: of which format is it, how is it written, and which products lie scattered in it."""

import codecs
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from shopwright.i18n import translatable
from shopwright_importer.api import FileError
from shopwright_importer.services.formats import ALL, Format

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
    format: Format
    columns: tuple[str, ...]
    scattered: Mapping[str, int]
    """Products whose rows do not follow each other, and in how many places they are."""
    index: Mapping[str, str]
    """What the format noted of the whole file to tell which rows belong together."""
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


def look(path: Path, code: str = "") -> SourceFile:
    """Read a file from end to end; only what tells its products apart is kept.

    ``code`` is that of its format; without one it is told by its columns.

    Raises:
        FileError: it is not there, empty, not a CSV, or lacks columns; says how to mend it.
    """
    if not path.is_file():
        raise FileError(translatable("There is no file %(path)s."), path=str(path))
    size, fingerprint, encoding = _bytes_of(path)
    found = by_code(code) if code else None
    source = SourceFile(path, size, fingerprint, encoding, found or ALL[0], (), {}, {})
    with source.open() as file:
        lines = Lines(file)
        reader = csv.reader(lines)
        try:
            source = _with_columns(source, next(reader, []), is_sure=found is not None)
            source = _indexed(source)
            scattered, last = _places(reader, source, lines)
        except csv.Error as error:
            words = translatable("%(file)s is not a CSV file: line %(line)s: %(error)s.")
            raise FileError(words, file=path.name, line=reader.line_num, error=str(error)) from None
    open_line = last if _is_open(lines.record) else 0
    return replace(source, scattered=scattered, open_quote_line=open_line)


def by_code(code: str) -> Format:
    """Give the format of a code.

    Raises:
        FileError: there is none of this code; names those there are.
    """
    found = next((format_ for format_ in ALL if format_.code == code), None)
    if found is None:
        words = translatable("There is no format %(code)s. There are: %(known)s.")
        raise FileError(words, code=code, known=", ".join(format_.code for format_ in ALL))
    return found


def _indexed(source: SourceFile) -> SourceFile:
    """Let a format whose rows refer to each other see the whole file first."""
    if not source.format.scattered:
        return source
    with source.open() as file:
        reader = csv.reader(file)
        next(reader)
        rows = (source.format.cells(source.columns, record) for record in reader if any(record))
        return replace(source, index=source.format.index(rows))


def _places(reader: Iterator[list[str]], source: SourceFile, lines: Lines) -> tuple[dict[str, int], int]:
    places: Counter[str] = Counter()
    before = ""
    last = begins = reader.line_num + 1  # type: ignore[attr-defined]
    lines.record.clear()
    for record in reader:
        if any(cell.strip() for cell in record):
            handle = source.format.key(source.format.cells(source.columns, record), before, source.index)
            if handle != before or not places:
                places[handle] += 1
            before, last = handle, begins
        begins = reader.line_num + 1  # type: ignore[attr-defined]
        kept, lines.record = lines.record, []
    if places:
        lines.record = kept
    return {handle: times for handle, times in places.items() if times > 1 and handle}, last


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
                if b"\0" in block[:4096] and b"," not in block[:256] and not is_utf16:
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


def _with_columns(source: SourceFile, record: list[str], *, is_sure: bool) -> SourceFile:
    path = source.path
    columns = tuple(name.strip() for name in record)
    if not any(columns):
        words = translatable("%(file)s is empty; its first line must name the columns.")
        raise FileError(words, file=path.name)
    nearest = source.format if is_sure else min(ALL, key=lambda format_: len(format_.lacks(columns)))
    missing = nearest.lacks(columns)
    if missing:
        raise FileError(_lack(record), file=path.name, columns=", ".join(missing))
    repeated = [name for name, times in Counter(filter(None, columns)).items() if times > 1]
    if repeated:
        words = translatable("%(file)s has the column %(column)s twice. Remove one of them.")
        raise FileError(words, file=path.name, column=repr(repeated[0]))
    return replace(source, format=nearest, columns=columns)


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
