# SPDX-License-Identifier: Apache-2.0
"""Checking the new values of one thing against its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright.i18n import translatable
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import kinds
from shopwright_custom_fields.services.read import Stored
from shopwright_custom_fields.services.wrong import Wrong


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be kept of one thing, or what is wrong with it."""

    id: UUID
    values: dict[str, Any]
    translations: dict[str, dict[str, str]]
    errors: list[FieldError]


def check_change(
    ctx: Context,
    fields: Mapping[str, CustomField],
    known: Stored,
    given: Mapping[str, Any],
    translations: Mapping[str, Mapping[str, str | None]],
) -> Checked:
    """Put new values over those that are kept. Values of fields that are gone or archived stay as they are."""
    checked = Checked(known.id, dict(known.values), {x: dict(y) for x, y in known.translations.items()}, [])
    for key, value in given.items():
        _check(ctx, checked, fields.get(key), f"/values/{key}", key, value, checked.values)
    for locale, texts in translations.items():
        place = f"/translations/{locale}"
        if locale not in ctx.store.locales or locale == ctx.store.default_locale:
            words = ctx.gettext(translatable("The store has no such other language."))
            checked.errors.append(FieldError(place, "unknown", words))
            continue
        kept = checked.translations.setdefault(locale, {})
        for key, value in texts.items():
            field = fields.get(key)
            if field is not None and not field.translatable:
                words = ctx.gettext(translatable("This field is the same in every language."))
                checked.errors.append(FieldError(f"{place}/{key}", "not_translatable", words))
            else:
                _check(ctx, checked, field, f"{place}/{key}", key, value, kept)
    wrong = {error.pointer for error in checked.errors}
    for key, field in fields.items():
        pointer, is_missing = f"/values/{key}", field.default is None and key not in checked.values
        if field.required and is_missing and pointer not in wrong:
            words = ctx.gettext(translatable("Please fill this in."))
            checked.errors.append(FieldError(pointer, "required", words))
    return checked


def _check(
    ctx: Context,
    checked: Checked,
    field: CustomField | None,
    pointer: str,
    key: str,
    value: Any,
    kept: dict[str, Any],
) -> None:
    if field is None:
        words = ctx.gettext(translatable("There is no such field here; declare it first."))
        checked.errors.append(FieldError(pointer, "unknown", words))
        return
    if value is None or value in ("", []):
        kept.pop(key, None)
        return
    try:
        found = kinds.check(field, value)
    except Wrong as error:
        checked.errors.append(FieldError(pointer, error.code, ctx.gettext(error.words, **error.values)))
        return
    if found in ("", []):
        kept.pop(key, None)
    else:
        kept[key] = found
