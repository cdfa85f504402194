# SPDX-License-Identifier: Apache-2.0
"""What a format of product files tells the importer: its columns, which rows belong together, what they mean."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from shopwright_importer.services.records import Group, Parsed, Row, Source


class Format(ABC):
    """One kind of product file. Reading, saving, going on and reporting are the importer's, the same for all."""

    code: ClassVar[str]
    """As in ``shopwright import <code>``."""
    title: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    """Columns without which a file is not of this kind."""
    columns: ClassVar[Mapping[str, str]] = {}
    """What the catalogue's fields are called in the file, for messages."""
    sidecars: ClassVar[bool] = False
    """Whether translations may lie beside the file."""
    scattered: ClassVar[bool] = True
    """Whether rows of a product refer to each other, so that ``index`` must see the file first."""

    def lacks(self, columns: Sequence[str]) -> list[str]:
        """Give the columns that a file of this kind must have and this one has not."""
        return [name for name in self.required if name not in columns]

    def cells(self, columns: tuple[str, ...], record: list[str]) -> dict[str, str]:
        """Give the cells of a record by column."""
        return dict(zip(columns, (cell.strip() for cell in record), strict=False))

    def index(self, rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
        """Read all rows once, and give what ``key`` needs to tell which product a row belongs to."""
        del rows
        return {}

    @abstractmethod
    def key(self, cells: Mapping[str, str], before: str, index: Mapping[str, str]) -> str:
        """Give what the rows of a product have in common; ``before`` is that of the row before."""

    @abstractmethod
    def pictures(self, row: Row) -> Sequence[str]:
        """Give the pictures that a row names, as they stand there."""

    @abstractmethod
    def parse(self, group: Group, source: Source) -> Parsed:
        """Make a product of its rows. Rows with a mistake are refused one by one; the others go on."""
