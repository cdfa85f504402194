# SPDX-License-Identifier: Apache-2.0
"""What the readers of all formats do alike: collecting variants, and saying what is wrong with a row."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from shopwright.i18n import translatable
from shopwright_catalog.api import ImageInput, ProductInput, VariantInput
from shopwright_importer.api import Finding
from shopwright_importer.services import extra
from shopwright_importer.services.cells import RowError
from shopwright_importer.services.pictures import is_outside
from shopwright_importer.services.records import Category, Group, Parsed, Row


class Variants:
    """The variants of a product as they are read, each with its line, its stock, and its place."""

    def __init__(self) -> None:
        self.taken: list[VariantInput] = []
        self.on_hand: list[int | None] = []
        self.left_out: list[tuple[str, ...]] = []
        self._lines: dict[tuple[str, ...], int] = {}

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(self._lines.values())

    def has(self, options: tuple[str, ...]) -> bool:
        return options in self._lines

    def add(self, variant: VariantInput, on_hand: int | None, line: int) -> None:
        """Take a variant.

        Raises:
            RowError: another row has the same options.
        """
        if variant.options in self._lines:
            raise _repeated(variant, self._lines[variant.options])
        self._lines[variant.options] = line
        self.taken.append(variant)
        self.on_hand.append(on_hand)


class Parser:
    """What is said while the rows of one product are read."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.variants = Variants()
        self.refusals: list[Finding] = []
        self.notices: list[Finding] = []

    def refuse(self, row: Row, code: str, words: str, /, **values: str | int) -> None:
        self.refusals.append(Finding(row.line, self.group.handle, code, words, values))

    def tell(self, row: Row, code: str, words: str, /, **values: str | int) -> None:
        self.notices.append(Finding(row.line, self.group.handle, code, words, values))

    def attempt(self, row: Row, options: tuple[str, ...], work: Callable[[], None]) -> None:
        """Do something with a row; when it is refused, its options are left out."""
        try:
            if row.broken:
                code, words, values = row.broken
                raise RowError(code, words, **values)
            work()
        except RowError as error:
            self.refuse(row, error.code, error.words, **error.values)
            self.variants.left_out.append(options)

    def refuse_broken(self) -> None:
        """Refuse rows that cannot be read, unless that was said already."""
        known = {finding.line for finding in self.refusals}
        for row in self.group.rows:
            if row.broken and row.line not in known:
                code, words, values = row.broken
                self.refuse(row, code, words, **values)

    def parsed(
        self,
        head: Row,
        product: ProductInput | None,
        named: Iterable[tuple[str, int]],
        *,
        categories: Sequence[Category] = (),
    ) -> Parsed:
        """Put together what was read; ``named`` are the pictures the rows name, with their lines."""
        parsed = Parsed(
            self.group.handle, head.line, len(self.group.rows), self.group.end, product,
            self.variants.lines, tuple(self.variants.on_hand), tuple(self.variants.left_out),
            tuple(self.refusals), tuple(self.notices), outside(named), tuple(categories),
        )  # fmt: skip
        return extra.read(parsed, head)


def outside(named: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Give the addresses on other servers, each with the line where it stands first."""
    found: dict[str, int] = {}
    for address, line in named:
        if is_outside(address):
            found.setdefault(address, line)
    return tuple(found.items())


def images_of(listed: Iterable[tuple[str, str]], known: Mapping[str, ImageInput]) -> tuple[ImageInput, ...]:
    """Give each stored image once, in the order in which the file lists them with their alt texts."""
    images: dict[str, ImageInput] = {}
    for address, alt in listed:
        found = known.get(address)
        if found is not None and found.source not in images:
            images[found.source] = ImageInput(found.source, alt, len(images), found.width, found.height)
    return tuple(images.values())


def source_of(address: str, known: Mapping[str, ImageInput]) -> str:
    """Give where a picture is stored; empty when it was refused."""
    found = known.get(address)
    return found.source if found else ""


def _repeated(variant: VariantInput, line: int) -> RowError:
    if not variant.options:
        words = translatable("A variant without options is on line %(line)s already. Remove one of them.")
        return RowError("repeated_options", words, line=line)
    words = translatable("%(options)s is on line %(line)s already. Remove one of them.")
    return RowError("repeated_options", words, options=" / ".join(variant.options), line=line)
