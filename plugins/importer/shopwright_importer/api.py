# SPDX-License-Identifier: Apache-2.0
"""Taking in product files: what an import is given, and what it reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopwright.context import Context

Progress = Callable[[int, int], None]
"""Told bytes read and bytes in all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said about a row, or about the product that begins there. ``line`` counts from 1."""

    line: int
    handle: str
    code: str
    message: str


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

    @property
    def products(self) -> int:
        return self.products_created + self.products_updated + self.products_unchanged


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import. Without ``pictures`` local images are looked for beside the file."""

    pictures: Path | None = None
    categories_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Category handles by product type."""
    restart: bool = False
    """Begin anew, even when an earlier import of this very file was interrupted."""


async def import_shopify(
    ctx: Context, path: Path, *, options: ImportOptions | None = None, progress: Progress | None = None
) -> ImportReport:
    """Take in a Shopify product CSV: streamed, each product whole or not at all, resumable, repeatable.

    Raises:
        UsageError: the file cannot be read as such a CSV at all; says what is wrong with it.
    """
    from shopwright_importer.services import run

    return await run.import_file(ctx, path, options or ImportOptions(), progress)
