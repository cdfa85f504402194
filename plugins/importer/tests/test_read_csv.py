# SPDX-License-Identifier: Apache-2.0
"""Reading files: lines are told as a text editor counts them, and what is no product CSV is said in one line."""

import pytest

from shopwright.errors import UsageError
from shopwright_importer.services.read_csv import groups
from shopwright_importer.services.source_file import look

HEAD = "Handle,Title,Variant Price\n"


@pytest.fixture
def read(tmp_path):
    def run(content: str | bytes, after_line: int = 0):
        path = tmp_path / "products.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        source = look(path)
        return [
            (g.handle, [row.line for row in g.rows], g.end) for g in groups(source, after_line=after_line)
        ]

    return run


def test_a_row_begins_at_its_line_also_after_texts_of_several_lines(read):
    text = HEAD + 'a,"one\ntwo\nthree",1\n\nb,B,2\r\nb,,3\n'

    assert read(text) == [("a", [2], 4), ("b", [6, 7], 7)]


def test_rows_of_one_handle_in_several_places_are_one_product(read):
    text = HEAD + "a,A,1\nb,B,2\na,,3\nc,C,4\n"

    assert read(text) == [("b", [3], 3), ("a", [2, 4], 4), ("c", [5], 5)]


def test_reading_goes_on_after_a_line_without_losing_rows_that_wait(read):
    text = HEAD + "a,A,1\nb,B,2\na,,3\nc,C,4\n"

    assert read(text, after_line=3) == [("a", [2, 4], 4), ("c", [5], 5)]


def test_a_row_without_handle_and_title_goes_with_the_row_before(read):
    text = HEAD + "a,A,1\n,,2\n,Nameless,3\n"

    assert read(text) == [("a", [2, 3], 3), ("", [4], 4)]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ((HEAD + "a,Bänk,1\n").encode("utf-8-sig"), "utf-8-sig"),
        ((HEAD + "a,Bänk,1\n").encode("utf-8"), "utf-8-sig"),
        ((HEAD + "a,Bänk,1\n").encode("latin-1"), "cp1252"),
        ((HEAD + "a,Bänk,1\n").encode("utf-16"), "utf-16"),
    ],
)
def test_the_encoding_of_a_file_is_found(tmp_path, content, encoding):
    path = tmp_path / "products.csv"
    path.write_bytes(content)

    source = look(path)

    assert source.encoding == encoding
    assert [row["Title"] for group in groups(source) for row in group.rows] == ["Bänk"]


def test_a_character_of_two_bytes_at_the_end_of_a_block_is_still_utf8(tmp_path):
    path = tmp_path / "products.csv"
    start = HEAD.encode() + b"a,"
    path.write_bytes(start + b"x" * ((1 << 20) - len(start) - 1) + "ä,1\n".encode())

    assert look(path).encoding == "utf-8-sig"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "products.csv is empty; its first line must name the columns."),
        (b"\n\n", "products.csv is empty; its first line must name the columns."),
        (b"Handle,Title\n", "products.csv lacks the columns Variant Price."),
        (b"Handle;Title;Variant Price\n", "It is separated by semicolons: export it with commas."),
        (b"Handle\tTitle\tVariant Price\n", "It is separated by tabs: export it with commas."),
        (b"PK\x03\x04\x14\x00\x06\x00", "products.csv is not a text file. Export the products as CSV."),
        (b"Handle,Title,Title,Variant Price\n", "products.csv has the column 'Title' twice. Remove one of them."),
        (b'Handle,Title,Variant Price\na,"' + b"x" * (9 << 20) + b'",1\n', "products.csv is not a CSV file: line 2"),
    ],
)  # fmt: skip
def test_what_is_no_product_csv_is_said_in_one_line(read, content, message):
    with pytest.raises(UsageError) as told:
        read(content)
    assert message in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="There is no file .*gone.csv"):
        look(tmp_path / "gone.csv")


def test_a_quotation_mark_that_is_never_closed_is_found_at_its_line(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text(HEAD + 'a,A,1\nb,"B,2\nc,C,3\n')

    found = [(row.line, row.broken) for group in groups(look(path)) for row in group.rows]

    words = 'A quotation mark (") that begins here is not closed up to line %(last)s. Close it.'
    assert found == [(2, None), (3, ("open_quote", words, {"last": 4}))]
