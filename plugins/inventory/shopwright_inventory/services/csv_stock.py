# SPDX-License-Identifier: Apache-2.0
"""Stock as a CSV file: its columns, writing all levels, and reading rows, each wrong cell told by its line."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog
from shopwright_inventory.services import stock, stock_take_scope
from shopwright_inventory.services.list_stock import title_of
from shopwright_inventory.services.rules import MOST as MOST_OF_RULE

KEYS = ("variant_id", "sku", "barcode")
RULES = ("policy", "safety_stock", "backorder_limit", "available_on", "low_stock_at")
COLUMNS = (
    *KEYS, "title", "location", "on_hand", "change", "reserved", "allocated", "available", "tracked", *RULES,
)  # fmt: skip
TAKEN = frozenset({"on_hand", "change", "tracked", *RULES})
MOST_ROWS = 50_000
_PAGE = 1_000
# A spreadsheet runs cells that begin with these; a quote before them is taken off again when the file is read.
_RISKY = ("=", "+", "-", "@", "'", "\t")
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_LEVELS = """
WITH page AS (
    SELECT v.store_id, v.id, v.sku, v.barcode, i.id IS NOT NULL AS known, i.tracked, i.policy, i.safety_stock,
        i.backorder_limit, i.available_on, i.low_stock_at
    FROM catalog_variant v JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
    LEFT JOIN inventory_item i ON i.store_id = v.store_id AND i.id = v.id
    WHERE ($1::uuid IS NULL OR v.id > $1)
        AND (i.id IS NOT NULL OR NOT v.archived AND p.kind <> ALL($2::text[]))
    ORDER BY v.id LIMIT $3
)
SELECT page.*, o.code AS location, l.on_hand, l.reserved, l.allocated FROM page
LEFT JOIN (inventory_level l JOIN inventory_location o ON o.store_id = l.store_id AND o.id = l.location_id)
    ON l.store_id = page.store_id AND l.variant_id = page.id
ORDER BY page.id, o.priority, o.code
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was understood; ``rules`` has those of the columns that are there."""

    line: int
    key: tuple[str, str]
    """The column that names the variant, and what stands in it."""
    location: str = ""
    on_hand: int | None = None
    change: int | None = None
    tracked: bool | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_stock(self) -> bool:
        return self.on_hand is not None or self.change is not None

    @property
    def says_something(self) -> bool:
        return self.is_stock or self.tracked is not None or bool(self.rules)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a row is not taken: ``message`` is to be translated, ``values`` fill it."""

    line: int
    column: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, ctx: Context) -> str:
        return ctx.gettext(self.message, **self.values)


async def exported(ctx: Context) -> AsyncIterator[bytes]:
    """Give all levels with the rules of their items, a piece at a time; taken in again it changes nothing."""
    unstocked = stock_take_scope.unstocked(ctx)
    yield _written([COLUMNS])
    after: UUID | None = None
    while rows := await ctx.fetch_rows(_LEVELS, after, unstocked, _PAGE):
        after = rows[-1]["id"]
        infos = await catalog.variants(ctx, list({row["id"] for row in rows}))
        yield _written([_cells(row, title_of(infos[row["id"]])) for row in rows])


def parsed(content: bytes) -> tuple[list[Row], list[Refused]]:
    """Read a file: its rows, or all that is wrong with it as a text."""
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        head = [name.strip().casefold() for name in next(reader, [])]
        if refused := _wrong_head(head):
            return [], refused
        rows: list[Row] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row, wrong = _row(reader.line_num, dict(zip(head, map(_plain, cells), strict=False)))
            refused += wrong
            if row is not None and row.says_something:
                rows.append(row)
            if len(rows) > MOST_ROWS:
                return [], [Refused(reader.line_num, "", _TOO_MANY)]
    except (UnicodeDecodeError, csv.Error):
        return [], [Refused(1, "", _UNREADABLE)]
    if not rows and not refused:
        return [], [Refused(1, "", _NOTHING)]
    return rows, refused


def _wrong_head(head: list[str]) -> list[Refused]:
    unknown = [name for name in head if name not in COLUMNS]
    if unknown or len(set(head)) < len(head):
        name = unknown[0] if unknown else next(x for x in head if head.count(x) > 1)
        words = _UNKNOWN_COLUMN if unknown else _COLUMN_TWICE
        return [Refused(1, name[:80], words, {"column": name[:80]})]
    if not set(head) & set(KEYS) or not set(head) & TAKEN:
        return [Refused(1, "sku", _HEAD)]
    return []


def _row(line: int, cells: Mapping[str, str]) -> tuple[Row | None, list[Refused]]:
    wrong: list[Refused] = []
    key = next(((name, cells[name]) for name in KEYS if cells.get(name)), None)
    if key is None:
        wrong.append(Refused(line, "sku", _NO_KEY))
    on_hand = _number(line, cells, "on_hand", stock.MAX_ON_HAND, wrong)
    change = _number(line, cells, "change", stock.MAX_ON_HAND, wrong, signed=True)
    if on_hand is not None and change is not None:
        wrong.append(Refused(line, "change", _BOTH))
    said = cells.get("tracked", "").casefold()
    if said and said not in _YES | _NO:
        wrong.append(Refused(line, "tracked", _YES_OR_NO))
    rules = _rules(line, cells, wrong)
    if wrong or key is None:
        return None, wrong
    tracked = said in _YES if said else None
    return Row(line, key, cells.get("location", ""), on_hand, change, tracked, rules), []


def _rules(line: int, cells: Mapping[str, str], wrong: list[Refused]) -> dict[str, Any]:
    """Read the rules of a row; when none of its cells says something, they stay."""
    there = [name for name in RULES if name in cells]
    if not any(cells[name] for name in there):
        return {}
    found: dict[str, Any] = {}
    for name in there:
        if name == "policy":
            found[name] = cells[name] or "deny"
        elif name == "available_on":
            found[name] = _day(line, cells[name], wrong)
        else:
            number = _number(line, cells, name, MOST_OF_RULE, wrong)
            found[name] = 0 if number is None and name == "safety_stock" else number
    return found


def _number(
    line: int, cells: Mapping[str, str], name: str, most: int, wrong: list[Refused], *, signed: bool = False
) -> int | None:
    text = cells.get(name, "")
    digits = text[1:] if signed and text[:1] in {"+", "-", "−"} else text
    if not text:
        return None
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 11 and int(digits) <= most):
        wrong.append(Refused(line, name, _CHANGE if signed else _WHOLE, {"most": most}))
        return None
    return -int(digits) if text[0] in "-−" else int(digits)


def _day(line: int, text: str, wrong: list[Refused]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        wrong.append(Refused(line, "available_on", _DATE))
        return None


def _cells(row: Any, title: str) -> list[Any]:
    left = "" if row["location"] is None else row["on_hand"] - row["reserved"] - row["allocated"]
    values = {
        "variant_id": row["id"], "sku": _guarded(row["sku"]), "barcode": _guarded(row["barcode"]),
        "title": _guarded(title), "available": left, "change": "",
        "tracked": ("yes" if row["tracked"] else "no") if row["known"] else "",
    }  # fmt: skip
    return [values.get(name, row[name] if name not in values else "") for name in COLUMNS]


def _written(rows: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell


_HEAD = translatable(
    "The first row names the columns: sku, variant_id or barcode, and what is to change, like on_hand."
)
_UNKNOWN_COLUMN = translatable("There is no column “%(column)s”. Take it out, or name it as in an export.")
_COLUMN_TWICE = translatable("The column “%(column)s” is there twice.")
_NO_KEY = translatable("Say which item is meant: by sku, variant_id or barcode.")
_BOTH = translatable("Give either on_hand or change: the new number, or by how many it changes.")
_YES_OR_NO = translatable("Write yes or no.")
_WHOLE = translatable("Give a whole number from 0 to %(most)s.")
_CHANGE = translatable("Give a whole number like 5 or -3.")
_DATE = translatable("Give a day like 2027-01-31.")
_TOO_MANY = translatable("There are more than 50000 rows. Split the file.")
_NOTHING = translatable("No row says what is to change.")
_UNREADABLE = translatable("This is not a CSV file in UTF-8 with commas between its cells.")
