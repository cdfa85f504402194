# SPDX-License-Identifier: Apache-2.0
"""The settings of a store's theme as a form, and back: only what differs from the theme is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit

from shopwright.context import Context
from shopwright.templating.overrides import Override, remove_override, save_override
from shopwright.templating.pages import THEME_FILE, Setting, ThemeError, read_theme

PREFIX = "theme."
"""Stands before the name of each setting, so that none is taken for another field of the form."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting as the form shows it."""

    setting: Setting
    label: str
    value: Any
    choices: tuple[tuple[str, str], ...]
    """Value and words of each choice."""
    error: str = ""


def schema_of(ctx: Context) -> dict[str, Setting]:
    """Give the settings of the store's theme, by name."""
    schema = ctx.kernel.themes.settings_of(ctx.store.theme)
    return {name: Setting.read(name, values) for name, values in schema.items()}


def chosen(ctx: Context, own: Override | None) -> tuple[Mapping[str, Any], str]:
    """Give the settings as they hold, and why what the store chose does not (when it does not)."""
    schema = ctx.kernel.themes.settings_of(ctx.store.theme)
    try:
        return read_theme(schema, own.source if own else ""), ""
    except ThemeError as error:
        return read_theme(schema, ""), str(error)


def fields(ctx: Context, values: Mapping[str, Any], errors: Mapping[str, str]) -> list[Field]:
    """Give what the form shows."""
    return [
        Field(
            setting,
            ctx.gettext(setting.label),
            _shown(values.get(name, setting.default)),
            tuple((choice, ctx.gettext(choice)) for choice in setting.choices),
            errors.get(name, ""),
        )
        for name, setting in schema_of(ctx).items()
    ]


def read(ctx: Context, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Give the values that were typed, and messages by setting."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, setting in schema_of(ctx).items():
        text = typed.get(f"{PREFIX}{name}", "").strip()
        if setting.type == "boolean":
            values[name] = f"{PREFIX}{name}" in typed
        elif setting.type == "number":
            values[name] = text
            errors |= _number(ctx, setting, text, values)
        else:
            values[name] = text
            if setting.type == "choice" and text not in setting.choices:
                errors[name] = ctx.gettext("Please choose one of the list.")
    return values, errors


async def save(ctx: Context, values: Mapping[str, Any], version: int) -> None:
    """Keep what differs from the theme; a store that differs in nothing keeps nothing.

    Raises:
        Forbidden: the actor may not.
        Conflict: somebody else has saved since ``version``.
        Invalid: the theme does not take a value.
    """
    schema = schema_of(ctx)
    own = {name: value for name, value in values.items() if value != schema[name].default}
    if own:
        text = tomlkit.dumps({"settings": own})
        await save_override(ctx, THEME_FILE, text, version=version)
    else:
        await remove_override(ctx, THEME_FILE, version=version)


def _number(ctx: Context, setting: Setting, text: str, values: dict[str, Any]) -> dict[str, str]:
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        return {setting.name: ctx.gettext("Please give a whole number.")}
    number = values[setting.name] = int(text)
    if setting.minimum is not None and number < setting.minimum:
        return {setting.name: ctx.gettext("Please give %(ge)s or more.", ge=setting.minimum)}
    if setting.maximum is not None and number > setting.maximum:
        return {setting.name: ctx.gettext("Please give %(le)s or less.", le=setting.maximum)}
    return {}


def _shown(value: Any) -> Any:
    """Give one text of a table with one for each language."""
    return next(iter(value.values()), "") if isinstance(value, dict) else value
