# SPDX-License-Identifier: Apache-2.0
"""Values as a CSV file: a line for each thing by its name, a column for each field, exact both ways."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions, read, references, save
from shopwright_custom_fields.services.naming import find_all
from shopwright_custom_fields.services.read import Stored
from shopwright_custom_fields.services.save import Change
from shopwright_custom_fields.services.written import from_text, to_text
from shopwright_custom_fields.services.wrong import Wrong

NAME = "name"
LARGEST = 5 * 1024 * 1024
MOST_LINES = 5000
# A spreadsheet runs cells that begin with these; a quote before them is taken off again when the file is read.
_RISKY = ("=", "+", "-", "@", "'", "\t")
_NUMBERS = frozenset({"integer", "decimal", "money"})


async def export(ctx: Context, entity: str) -> str:
    """Give the values of all things of a kind that have some."""
    own = definitions.entity(ctx, entity)
    fields = await definitions.fields_of(ctx, entity, definitions.seen_by(ctx))
    others = [x for x in ctx.store.locales if x != ctx.store.default_locale]
    columns = [
        *((key, "") for key in fields),
        *((key, x) for key, field in fields.items() if field.translatable for x in others),
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([NAME, *(f"{key}@{locale}" if locale else key for key, locale in columns)])
    after = None
    while rows := await read.page(ctx, entity, after, save.MOST):
        names = await own.names(ctx, [row.id for row in rows])
        handles = await _handles(ctx, fields, rows)
        for row in rows:
            if row.id in names:
                cells = (_cell(fields[key], row, key, locale, handles) for key, locale in columns)
                writer.writerow([_guarded(names[row.id] or str(row.id)), *cells])
        after = rows[-1].id
    return out.getvalue()


async def take(ctx: Context, entity: str, text: str) -> int:
    """Save the values of a file, all or none of them; a column that is missing stays, an empty cell takes away.

    Raises:
        Invalid: names lines and columns, by pointers like ``/12/custom.material``.
    """
    own = definitions.entity(ctx, entity)
    fields = await definitions.fields_of(ctx, entity, definitions.seen_by(ctx))
    columns, lines = _parsed(ctx, text, fields)
    ids = await find_all(ctx, own, [line[0] for line in lines])
    errors: list[FieldError] = []
    changes = []
    seen = set()
    for number, line in enumerate(lines, 2):
        id_ = ids.get(line[0])
        if id_ is None or id_ in seen:
            words = ctx.gettext(translatable("There is nothing with this name or id, or it is there twice."))
            errors.append(FieldError(f"/{number}/{NAME}", "unknown", words))
            continue
        seen.add(id_)
        values, translations = _values(ctx, fields, columns, line, number, errors)
        changes.append((number, Change(id_, values, None, translations)))
    if errors:
        raise Invalid(errors=errors[:50])
    if changes:
        prefixes = [f"/{number}" for number, _ in changes]
        await save.save(ctx, entity, [change for _, change in changes], prefixes=prefixes)
    return len(changes)


def _parsed(
    ctx: Context, text: str, fields: Mapping[str, CustomField]
) -> tuple[list[tuple[str, str]], list[list[str]]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True) if any(row)]
    except csv.Error:
        words = translatable("This is no CSV file with commas between its cells.")
        raise Invalid(words, errors=[FieldError("/file", "not_csv", words)]) from None
    if not rows or rows[0][0].strip() != NAME or len(rows) > MOST_LINES:
        words = translatable("The first column is “name”, and there are at most 5,000 lines.")
        raise Invalid(words, errors=[FieldError("/file", "no_name", words)])
    columns = []
    for title in rows[0][1:]:
        key, _, locale = title.strip().partition("@")
        if key not in fields:
            words = ctx.gettext(translatable("There is no field %(key)s."), key=key[:80])
            raise Invalid(words, errors=[FieldError("/file", "unknown_field", words)])
        columns.append((key, locale))
    width = len(rows[0])
    return columns, [[_plain(x) for x in row + [""] * (width - len(row))][:width] for row in rows[1:]]


def _values(
    ctx: Context,
    fields: Mapping[str, CustomField],
    columns: Sequence[tuple[str, str]],
    line: Sequence[str],
    number: int,
    errors: list[FieldError],
) -> tuple[dict[str, Any], dict[str, dict[str, str | None]]]:
    values: dict[str, Any] = {}
    translations: dict[str, dict[str, str | None]] = {}
    for (key, locale), cell in zip(columns, line[1:], strict=True):
        if locale:
            translations.setdefault(locale, {})[key] = cell or None
            continue
        try:
            values[key] = from_text(fields[key], cell, ctx.store.currency)
        except Wrong as error:
            words = ctx.gettext(error.words, **error.values)
            errors.append(FieldError(f"/{number}/{key}", error.code, words))
    return values, translations


async def _handles(ctx: Context, fields: Mapping[str, CustomField], rows: Sequence[Stored]) -> dict[str, str]:
    keys = [key for key, field in fields.items() if field.kind == "product"]
    found = await references.summaries(ctx, [x.values[key] for x in rows for key in keys if key in x.values])
    return {id_: product.handle for id_, product in found.items()}


def _cell(field: CustomField, row: Stored, key: str, locale: str, handles: Mapping[str, str]) -> str:
    value = row.translations.get(locale, {}).get(key) if locale else row.values.get(key)
    if field.kind == "product":
        return _guarded(handles.get(value, "")) if isinstance(value, str) else ""
    text = to_text(field, value)
    return text if field.kind in _NUMBERS else _guarded(text)


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell
