# SPDX-License-Identifier: Apache-2.0
"""Whether a field can be declared as somebody wants it."""

import re

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright.i18n import translatable
from shopwright_custom_fields.api import OWN, CustomField
from shopwright_custom_fields.services import kinds, patterns
from shopwright_custom_fields.services.wrong import Wrong

_KEY = re.compile(r"custom\.[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_CHOICES = 200
_BOUNDED = frozenset({"text", "multiline", "rich_text", "integer", "decimal", "choices", "money"})


def check_definition(ctx: Context, field: CustomField) -> list[FieldError]:
    """Give what is wrong with a field of a merchant's."""
    errors = [*_names(ctx, field), *_choices(ctx, field), *_rules(ctx, field)]
    return errors or _default(ctx, field)


def _error(ctx: Context, name: str, code: str, words: str) -> FieldError:
    return FieldError(f"/{name}", code, ctx.gettext(words))


def _names(ctx: Context, field: CustomField) -> list[FieldError]:
    errors = []
    if not _KEY.fullmatch(field.key):
        words = translatable(
            "A key begins with a small letter and has small letters, digits and _ only, at most 40: material."
        )
        errors.append(_error(ctx, "key", "key_wrong", words))
    if not field.label.strip() or len(field.label) > 120:
        words = translatable("Give the field a name of up to 120 characters.")
        errors.append(_error(ctx, "label", "required", words))
    others = {x for x in ctx.store.locales if x != ctx.store.default_locale}
    errors += [
        _error(ctx, f"translations/{x}", "unknown", translatable("The store has no such other language."))
        for x in field.translations
        if x not in others
    ]
    return errors


def _choices(ctx: Context, field: CustomField) -> list[FieldError]:
    codes = [choice.code for choice in field.choices]
    if field.kind not in {"choice", "choices"}:
        words = translatable("Only a field of a list has choices.")
        return [_error(ctx, "choices", "not_allowed", words)] if codes else []
    if not codes or len(codes) > MOST_CHOICES:
        words = translatable("Give between 1 and 200 choices.")
        return [_error(ctx, "choices", "required", words)]
    if len(set(codes)) < len(codes) or not all(_CODE.fullmatch(code) for code in codes):
        words = translatable("Each choice needs a code of its own of small letters, digits, _ and -: oak.")
        return [_error(ctx, "choices", "code_wrong", words)]
    return []


def _rules(ctx: Context, field: CustomField) -> list[FieldError]:
    errors = []
    has_bounds = field.minimum is not None or field.maximum is not None
    if has_bounds and field.kind not in _BOUNDED:
        words = translatable("A field of this kind has no smallest and largest value.")
        errors.append(_error(ctx, "minimum", "not_allowed", words))
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        words = translatable("The largest value is below the smallest.")
        errors.append(_error(ctx, "maximum", "too_small", words))
    if field.pattern:
        try:
            if field.kind not in {"text", "multiline"}:
                raise Wrong("not_allowed", translatable("Only texts have a pattern."))
            patterns.check_pattern(field.pattern)
        except Wrong as error:
            errors.append(FieldError("/pattern", error.code, ctx.gettext(error.words, **error.values)))
    if field.translatable and field.kind not in kinds.TEXTS:
        words = translatable("Only texts can differ by language.")
        errors.append(_error(ctx, "translatable", "not_allowed", words))
    if field.filterable and field.kind not in kinds.INDEXED:
        words = translatable("Listings cannot be filtered by this kind.")
        errors.append(_error(ctx, "filterable", "not_allowed", words))
    if field.unique and (field.kind not in kinds.INDEXED or field.kind in {"choices", "boolean"}):
        words = translatable("Values of this kind cannot be unique.")
        errors.append(_error(ctx, "unique", "not_allowed", words))
    return errors


def _default(ctx: Context, field: CustomField) -> list[FieldError]:
    if field.default is None:
        return []
    if field.unique or field.kind in {"product", "picture", "file"}:
        words = translatable("A unique field, a product, a picture or a file has no default.")
        return [_error(ctx, "default", "not_allowed", words)]
    try:
        kinds.check(field, field.default)
    except Wrong as error:
        return [FieldError("/default", error.code, ctx.gettext(error.words, **error.values))]
    return []


def own_key(name: str) -> str:
    """Give the key of a merchant's field by its name, with the namespace or without."""
    return name if name.startswith(f"{OWN}.") else f"{OWN}.{name}"
