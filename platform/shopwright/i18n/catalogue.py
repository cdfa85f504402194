# SPDX-License-Identifier: Apache-2.0
"""Translated messages from gettext .po files of the kernel, plugins and themes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from shopwright.i18n.locales import fallback_chain, parse_locale

_Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    forms: tuple[str, ...]
    choose: Callable[[int], int] | None
    """Gives the form for a number; None when the message has no plural."""


def translatable(message: str) -> str:
    """Mark a constant for extraction; it is translated where it is shown."""
    return message


class Translator:
    """Messages in one language. Values fill ``%(name)s``; what is not translated appears as in the source.

    A text without values is returned as it is, so ``100 % cotton`` needs no doubled sign. Plural texts always
    get ``%(num)d``, so there a percent sign is written ``%%``.
    """

    def __init__(self, locale: str, messages: Mapping[_Key, _Entry]) -> None:
        self.locale = locale
        self._messages = messages

    def gettext(self, message: str, /, **values: object) -> str:
        return self._single(None, message, values)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """Translate a message that means different things in different places."""
        return self._single(context, message, values)

    def ngettext(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        return self._plural(None, singular, plural, number, values)

    def npgettext(self, context: str, singular: str, plural: str, number: int, /, **values: object) -> str:
        return self._plural(context, singular, plural, number, values)

    def _single(self, context: str | None, message: str, values: dict[str, object]) -> str:
        entry = self._messages.get((context, message))
        return _fill(entry.forms[0] if entry else message, message, values)

    def _plural(
        self, context: str | None, singular: str, plural: str, number: int, values: dict[str, object]
    ) -> str:
        source = singular if number == 1 else plural
        entry = self._messages.get((context, singular))
        text = source
        if entry and entry.choose:
            text = entry.forms[min(entry.choose(number), len(entry.forms) - 1)]
        return _fill(text, source, {"num": number, **values})


def _fill(text: str, source: str, values: dict[str, object]) -> str:
    if not values:
        return text
    try:
        return text % values
    except (KeyError, ValueError, TypeError):
        # A translator's slip in a placeholder must not break the page.
        return source % values


def texts(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Give the one or more forms of a message, or a single empty one."""
    return (value,) if isinstance(value, str) else tuple(value or ("",))


def read_catalogue(path: Path, locale: str) -> Catalog:
    """Read a .po file; ValueError names the file when it cannot be read."""
    try:
        with path.open("rb") as file:
            return read_po(file, locale=parse_locale(locale), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error


@lru_cache(maxsize=512)
def _entries(path: Path, locale: str, _changed: int) -> dict[_Key, _Entry]:
    """Read the messages of a file: once in a process, until it changes."""
    catalogue = read_catalogue(path, locale)
    try:
        choose = c2py(catalogue.plural_expr)
    except ValueError as error:
        raise ValueError(f"{path}: the Plural-Forms header is wrong: {error}") from error
    entries: dict[_Key, _Entry] = {}
    for message in catalogue:
        forms = texts(message.string)
        if message.id and not message.fuzzy and all(forms):
            key = (message.context, texts(message.id)[0])
            entries[key] = _Entry(forms, choose if message.pluralizable else None)
    return entries


class TranslationRegistry:
    """All translations of an installation, merged per locale: what is added later wins.

    So add the kernel first, then plugins in the order of `requires`, then the theme.
    """

    def __init__(self, default: str = "en") -> None:
        self.default = default
        self._by_locale: dict[str, dict[_Key, _Entry]] = {}
        self._origins: dict[str, list[str]] = {}
        self._translators: dict[str, Translator] = {}

    @property
    def locales(self) -> list[str]:
        """The locales that have translations, sorted."""
        return sorted(self._by_locale)

    def origins(self, locale: str) -> list[str]:
        """Who brought translations into this locale, the strongest last."""
        return list(self._origins.get(locale, ()))

    def add(self, directory: Path, origin: str) -> None:
        """Read every ``<directory>/<locale>/messages.po``; a folder that is not there brings nothing.

        Raises:
            ValueError: a folder is no language tag, or a file cannot be read; names the origin and the file.
        """
        for path in sorted(directory.glob("*/messages.po")):
            locale = path.parent.name
            try:
                entries = _entries(path, locale, path.stat().st_mtime_ns)
            except ValueError as error:
                raise ValueError(f"Translations of {origin}: {error}") from error
            self._by_locale.setdefault(locale, {}).update(entries)
            self._origins.setdefault(locale, []).append(origin)
        self._translators.clear()

    def for_locale(self, locale: str) -> Translator:
        """Give the translator of a locale; each message falls back: ``de-AT``, ``de``, the default."""
        known = self._translators.get(locale)
        if known is None:
            parse_locale(locale)
            messages: dict[_Key, _Entry] = {}
            for tag in reversed(fallback_chain(locale, self.default)):
                messages.update(self._by_locale.get(tag, {}))
            known = self._translators[locale] = Translator(locale, messages)
        return known
