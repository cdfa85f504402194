# SPDX-License-Identifier: Apache-2.0
"""The form of a field: filled from one, and read back without losing what was typed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_custom_fields.api import Choice, CustomField, Kind, Visibility
from shopwright_custom_fields.services import kinds
from shopwright_custom_fields.services.check_definition import own_key
from shopwright_custom_fields.services.written import from_text, to_text
from shopwright_custom_fields.services.wrong import Wrong

_BOXES = ("required", "unique", "filterable", "translatable")


def visibilities(ctx: Context) -> list[tuple[str, str]]:
    return [
        ("storefront", ctx.gettext("Customers and staff")),
        ("staff", ctx.gettext("Staff only")),
        ("private", ctx.gettext("Staff who may declare fields")),
    ]


def of_field(field: CustomField) -> dict[str, str]:
    """Give the form of a field as texts."""
    typed = {
        "entity": field.entity, "key": field.key.removeprefix("custom."), "kind": field.kind, "label": field.label,
        "help": field.help, "pattern": field.pattern, "position": str(field.position),
        "visibility": field.visibility, "default": to_text(field, field.default),
        "minimum": "" if field.minimum is None else kinds.plain(field.minimum),
        "maximum": "" if field.maximum is None else kinds.plain(field.maximum),
        "choices": "\n".join(f"{x.code}: {x.label}" for x in field.choices),
    }  # fmt: skip
    typed |= {name: "true" for name in _BOXES if getattr(field, name)}
    for locale, texts in field.translations.items():
        typed |= {f"t.{locale}.label": texts.get("label", ""), f"t.{locale}.help": texts.get("help", "")}
        lines = [
            f"{x.code}: {texts[f'choice.{x.code}']}" for x in field.choices if texts.get(f"choice.{x.code}")
        ]
        typed[f"t.{locale}.choices"] = "\n".join(lines)
    return typed


def read(posted: Mapping[str, Any]) -> dict[str, str]:
    return {name: x.replace("\0", "").strip() for name, x in posted.items() if isinstance(x, str)}


def to_field(ctx: Context, typed: Mapping[str, str], before: CustomField | None) -> CustomField:
    """Make a field of the form; entity and key stay what they were.

    Raises:
        Invalid: bounds or default cannot be read.
    """
    kind: Kind = next((x for x in get_args(Kind) if x == typed.get("kind")), "text")
    visibility: Visibility = next((x for x in get_args(Visibility) if x == typed.get("visibility")), "staff")
    errors: list[FieldError] = []
    position = typed.get("position", "")
    plain = CustomField(
        entity=before.entity if before else typed.get("entity", ""),
        key=before.key if before else own_key(typed.get("key", "")),
        kind=kind,
        label=typed.get("label", ""),
        choices=tuple(Choice(code, label) for code, label in _lines(typed.get("choices", ""))),
    )
    default = None
    try:
        default = from_text(plain, typed.get("default", ""), ctx.store.currency)
    except Wrong as error:
        errors.append(FieldError("/default", error.code, ctx.gettext(error.words, **error.values)))
    bounds = {name: _bound(ctx, typed, name, errors) for name in ("minimum", "maximum")}
    if errors:
        raise Invalid(errors=errors)
    return CustomField(
        entity=plain.entity,
        key=plain.key,
        kind=kind,
        label=plain.label,
        choices=plain.choices,
        help=typed.get("help", ""),
        pattern=typed.get("pattern", ""),
        default=default,
        position=int(position) if position.isdecimal() and len(position) < 6 else 100,
        visibility=visibility,
        translations=_translations(ctx, typed),
        required="required" in typed,
        unique="unique" in typed,
        filterable="filterable" in typed,
        translatable="translatable" in typed,
        minimum=bounds["minimum"],
        maximum=bounds["maximum"],
    )


def _bound(ctx: Context, typed: Mapping[str, str], name: str, errors: list[FieldError]) -> Decimal | None:
    try:
        return kinds.read_decimal(typed.get(name, ""))
    except Wrong as error:
        errors.append(FieldError(f"/{name}", error.code, ctx.gettext(error.words, **error.values)))
        return None


def _translations(ctx: Context, typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found = {}
    for locale in ctx.store.locales:
        if locale == ctx.store.default_locale:
            continue
        texts = {name: typed.get(f"t.{locale}.{name}", "") for name in ("label", "help")}
        texts |= {f"choice.{code}": label for code, label in _lines(typed.get(f"t.{locale}.choices", ""))}
        kept = {name: text for name, text in texts.items() if text}
        if kept:
            found[locale] = kept
    return found


def _lines(text: str) -> list[tuple[str, str]]:
    """Read lines like ``oak: Oak``; a code alone is its own label."""
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    return [(code.strip(), label.strip() or code.strip()) for code, _, label in pairs]
