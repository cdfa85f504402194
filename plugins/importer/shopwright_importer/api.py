# SPDX-License-Identifier: Apache-2.0
"""Taking in product files: what an import is given, and what it reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopwright.context import Context
from shopwright.errors import UsageError

Progress = Callable[[int, int], None]
"""Told bytes read and bytes in all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said about a row, or about the product that begins there. ``line`` counts from 1."""

    line: int
    handle: str
    code: str
    words: str
    """What to translate; ``values`` fill its ``%(name)s``."""
    values: Mapping[str, str | int] = field(default_factory=dict)
    """A value called ``problem`` is itself something to translate."""

    @property
    def message(self) -> str:
        """The message in the language of the source."""
        return self.words % self.values if self.values else self.words

    def text(self, ctx: Context) -> str:
        """Give the message in the context's language."""
        values = {k: ctx.gettext(str(v)) if k == "problem" else v for k, v in self.values.items()}
        return ctx.gettext(self.words, **values)


class FileError(UsageError):
    """A file cannot be read as a product CSV at all. ``words`` and ``values`` are as in ``Finding``."""

    def __init__(self, words: str, **values: str | int) -> None:
        super().__init__(words % values if values else words)
        self.words = words
        self.values = values


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. Refusals are what was not taken, notices what was taken otherwise than written."""

    rows: int = 0
    products_created: int = 0
    products_updated: int = 0
    products_unchanged: int = 0
    products_refused: int = 0
    variants: int = 0
    images: int = 0
    refusals: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()
    seconds: float = 0.0
    resumed_at_line: int = 1
    pictures_waiting: int = 0
    """Pictures of other servers that a worker fetches from now on."""

    @property
    def products(self) -> int:
        return self.products_created + self.products_updated + self.products_unchanged


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import. Without ``pictures`` local images are looked for beside the file."""

    pictures: Path | None = None
    categories_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Category handles by product type."""
    format: str = ""
    """As in ``shopwright import <format>``; without one the columns tell it."""
    restart: bool = False
    """Begin anew, even when an earlier import of this very file was interrupted."""


async def import_products(
    ctx: Context, path: Path, *, options: ImportOptions | None = None, progress: Progress | None = None
) -> ImportReport:
    """Take in a product CSV: streamed, each product whole or not at all, resumable, repeatable.

    Raises:
        FileError: the file cannot be read as such a CSV at all; says what is wrong with it.
    """
    from shopwright_importer.services import run

    return await run.import_file(ctx, path, options or ImportOptions(), progress)
