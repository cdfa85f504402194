# SPDX-License-Identifier: Apache-2.0
"""Prices of a list as a CSV file: out and in again, each refused row told by its line."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_pricing.services import prices
from shopwright_pricing.services.lists import SavedList
from shopwright_pricing.services.prices import MAX_AMOUNT, MAX_QUANTITY, PriceInput

COLUMNS = ("sku", "min_quantity", "amount", "compare_at")
MOST_ROWS = 50_000
_MOST_TOLD = 100
_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was written, and where."""

    line: int
    sku: str
    min_quantity: str = "1"
    amount: str = ""
    compare_at: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a row is not taken: ``message`` is to be translated, ``values`` fill it."""

    line: int
    column: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)


async def exported(ctx: Context, each: SavedList) -> str:
    """Give all prices of a list; what is taken in again changes nothing."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    after: tuple[UUID, int] | None = None
    while True:
        rows = await prices.page(ctx, each, after=after, limit=_PAGE)
        for row in rows:
            before = "" if row.compare_at is None else f"{row.compare_at.to_decimal():f}"
            writer.writerow([row.sku, row.min_quantity, f"{row.amount.to_decimal():f}", before])
        if len(rows) < _PAGE:
            return out.getvalue()
        after = (rows[-1].variant_id, rows[-1].min_quantity)


async def imported(
    ctx: Context, each: SavedList, content: bytes, *, replace: bool = False
) -> tuple[int, list[Refused]]:
    """Take in a file as a whole: give how many prices it has, or which rows are refused and why."""
    rows, refused = _rows(content)
    if refused:
        return 0, refused
    found, refused = await understood(ctx, each, rows)
    if not refused:
        await prices.change(ctx, each.id, found, replace=replace)
    return len(found), refused


async def understood(
    ctx: Context, each: SavedList, rows: Sequence[Row]
) -> tuple[list[PriceInput], list[Refused]]:
    """Make prices of rows; tell about up to a hundred that cannot be."""
    by_sku = await prices.by_sku(ctx, list({row.sku for row in rows if row.sku}))
    made: dict[tuple[UUID, int], PriceInput] = {}
    refused: list[Refused] = []
    for row in rows:
        ids = by_sku.get(row.sku, [])
        if len(ids) != 1:
            refused.append(Refused(row.line, "sku", SEVERAL if ids else UNKNOWN, {"sku": row.sku}))
            continue
        price, wrong = priced(row, ids[0], each.currency)
        refused += wrong
        if price is not None:
            if (price.variant_id, price.min_quantity) in made:
                refused.append(Refused(row.line, "sku", _TWICE))
            made[price.variant_id, price.min_quantity] = price
    return list(made.values()), refused[:_MOST_TOLD]


def priced(row: Row, variant_id: UUID, currency: str) -> tuple[PriceInput | None, list[Refused]]:
    """Make a price of a row of a known variant; an empty amount removes it."""
    refused = []
    quantity = quantity_of(row.min_quantity)
    if quantity is None:
        refused.append(Refused(row.line, "min_quantity", QUANTITY))
    amounts: dict[str, int | None] = {}
    for name in ("amount", "compare_at"):
        written: str = getattr(row, name).strip()
        try:
            amounts[name] = Money.from_decimal(written, currency).amount if written else None
        except ValueError:
            refused.append(Refused(row.line, name, _AMOUNT, {"currency": currency}))
        else:
            if not 0 <= (amounts[name] or 0) <= MAX_AMOUNT:
                refused.append(Refused(row.line, name, _AMOUNT, {"currency": currency}))
    if refused or quantity is None:
        return None, refused
    return PriceInput(variant_id, amounts["amount"], quantity, amounts["compare_at"]), []


def quantity_of(text: str) -> int | None:
    """Read a number of pieces, nothing is one; None when it is no number of pieces."""
    written = text.strip() or "1"
    is_number = written.isascii() and written.isdecimal() and len(written) < 10
    return int(written) if is_number and 1 <= int(written) <= MAX_QUANTITY else None


def _rows(content: bytes) -> tuple[list[Row], list[Refused]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        names = [name.strip().casefold() for name in reader.fieldnames or []]
        if "sku" not in names or "amount" not in names:
            return [], [Refused(1, "sku", _HEAD)]
        reader.fieldnames = names
        rows = []
        for cells in reader:
            values = {name: (cells.get(name) or "").strip() for name in COLUMNS}
            rows.append(Row(reader.line_num, **values))
            if len(rows) > MOST_ROWS:
                return [], [Refused(reader.line_num, "", _TOO_MANY)]
    except (UnicodeDecodeError, csv.Error):
        return [], [Refused(1, "", _UNREADABLE)]
    return rows, []


UNKNOWN = translatable("There is no variant with the SKU “%(sku)s”.")
SEVERAL = translatable("Several variants have the SKU “%(sku)s”. Give each its own first.")
_TWICE = translatable("The SKU and quantity is there twice. Leave one of them out.")
QUANTITY = translatable("Give a whole number of pieces from 1 to 1000000.")
_AMOUNT = translatable(
    "Give an amount in %(currency)s like 12.90, 0 or more, without more decimals than it has."
)
_HEAD = translatable("The first row must name the columns: sku, min_quantity, amount, compare_at.")
_TOO_MANY = translatable("There are more than 50000 rows. Split the file.")
_UNREADABLE = translatable("This is not a CSV file in UTF-8.")
