# SPDX-License-Identifier: Apache-2.0
"""Pages as data: a ``.toml`` file lists sections and their settings, and each section says what it takes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from shopwright.templating.loader import ChainLoader

THEME_FILE = "theme.toml"
"""The name of the template in which a store keeps the settings of its theme."""
DEFAULT_LAYOUT = "layouts/page.html"
_PAGE_KEYS = frozenset({"layout", "sections"})
_SECTION_KEYS = frozenset({"type", "settings"})
_KINDS: dict[str, tuple[type, ...]] = {"text": (str,), "boolean": (bool,), "number": (int,), "choice": (str,)}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_EMPTY: dict[str, Any] = {"text": "", "boolean": False, "number": 0}


class ThemeError(ValueError):
    """A file of a theme is wrong; says which, where, and what would be right."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set. A text may be one for all languages, or a table with one for each."""

    name: str
    type: str
    label: str
    default: Any
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    swatches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Colours that show what a choice looks like: ``#rrggbb`` each."""

    @classmethod
    def read(cls, name: str, values: Mapping[str, Any]) -> "Setting":
        kind = values.get("type", "text")
        if kind not in _KINDS:
            raise ThemeError(f"setting {name!r} has the type {kind!r}; use one of {', '.join(_KINDS)}")
        choices = tuple(values.get("choices", ()))
        if kind == "choice" and not choices:
            raise ThemeError(f"setting {name!r} needs choices")
        default = values.get("default", choices[0] if choices else _EMPTY.get(kind))
        limits = values.get("minimum"), values.get("maximum")
        swatches = {str(choice): tuple(colours) for choice, colours in values.get("swatches", {}).items()}
        if not all(_COLOUR.fullmatch(str(colour)) for colours in swatches.values() for colour in colours):
            raise ThemeError(f"the swatches of setting {name!r} are colours like #1d1a1f")
        setting = cls(name, kind, values.get("label", name), default, choices, *limits, swatches)
        setting.check(default)
        return setting

    def check(self, value: Any) -> Any:
        """Let a value pass.

        Raises:
            ThemeError: it is not one this setting takes.
        """
        texts = list(value.values()) if self.type == "text" and isinstance(value, dict) else [value]
        if any(not isinstance(text, _KINDS[self.type]) for text in texts) or (
            self.type == "number" and isinstance(value, bool)
        ):
            raise ThemeError(f"setting {self.name!r} takes a {self.type}, not {value!r}")
        if self.type == "choice" and value not in self.choices:
            raise ThemeError(f"setting {self.name!r} is {value!r}; use one of {', '.join(self.choices)}")
        too_small = self.minimum is not None and value < self.minimum
        if too_small or (self.maximum is not None and value > self.maximum):
            raise ThemeError(f"setting {self.name!r} takes {self.minimum} to {self.maximum}, not {value!r}")
        return value


@dataclass(frozen=True, slots=True)
class Section:
    """A section as a page uses it."""

    type: str
    settings: Mapping[str, Any]

    def in_language(self, *locales: str) -> "Section":
        """Choose the texts of the first of these languages that has one."""
        chosen = {name: _text(value, locales) for name, value in self.settings.items()}
        return Section(self.type, MappingProxyType(chosen))


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its layout, and the sections in it."""

    layout: str
    sections: tuple[Section, ...]


def read_settings(schema: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fill in defaults, and refuse what the schema does not have.

    Raises:
        ThemeError: a setting is unknown or wrong.
    """
    known = {name: Setting.read(name, field) for name, field in schema.items()}
    unknown = sorted(values.keys() - known.keys())
    if unknown:
        raise ThemeError(f"unknown setting {unknown[0]!r}; it takes: {', '.join(sorted(known)) or 'none'}")
    return {name: setting.check(values.get(name, setting.default)) for name, setting in known.items()}


def read_theme(schema: Mapping[str, Mapping[str, Any]], text: str) -> Mapping[str, Any]:
    """Read what a store chose for its theme; what it did not choose is as the theme has it.

    Raises:
        ThemeError: a setting is unknown or wrong.
    """
    return MappingProxyType(read_settings(schema, _table(text, frozenset({"settings"})).get("settings", {})))


def read_page(loader: ChainLoader, name: str) -> Page:
    """Read how a page is arranged.

    Raises:
        LookupError: nobody arranges this page.
        ThemeError: the page, or the schema of one of its sections, is wrong.
    """
    source = loader.read(f"{name}.toml")
    if source is None:
        raise LookupError(f"no theme or plugin arranges the page {name}")
    try:
        values = _table(source.text, _PAGE_KEYS)
        sections = tuple(_section(loader, section) for section in values.get("sections", ()))
    except ThemeError as error:
        raise ThemeError(f"{source.place}: {error}") from None
    return Page(values.get("layout", DEFAULT_LAYOUT), sections)


def _section(loader: ChainLoader, values: Mapping[str, Any]) -> Section:
    _refuse_unknown(values, _SECTION_KEYS)
    kind = values.get("type", "")
    if not kind.endswith(".html") or loader.read(kind) is None:
        raise ThemeError(f"there is no section {kind!r}")
    schema = loader.read(kind.removesuffix(".html") + ".toml")
    fields = _table(schema.text, frozenset({"settings"})).get("settings", {}) if schema else {}
    try:
        return Section(kind, read_settings(fields, values.get("settings", {})))
    except ThemeError as error:
        raise ThemeError(f"section {kind!r}: {error}") from None


def _table(text: str, keys: frozenset[str]) -> dict[str, Any]:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(str(error)) from None
    _refuse_unknown(values, keys)
    return values


def _refuse_unknown(values: Mapping[str, Any], keys: frozenset[str]) -> None:
    unknown = sorted(values.keys() - keys)
    if unknown:
        raise ThemeError(f"unknown key {unknown[0]!r}; use {', '.join(sorted(keys))}")


def _text(value: Any, locales: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return value
    for locale in locales:
        for tag in (locale, locale.partition("-")[0]):
            if tag in value:
                return value[tag]
    return next(iter(value.values()), "")
