# SPDX-License-Identifier: Apache-2.0
"""Finds what is missing or wrong in the translations of a package or theme folder."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from shopwright.i18n.catalogue import read_catalogue, texts

Kind = Literal["missing", "fuzzy", "placeholders"]

# The same mapping stands in babel.cfg for the pybabel command.
METHODS = [
    ("**/tests/**.py", "ignore"),
    ("**/migrations/**.py", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**/templates/**.xml", "jinja2"),
]
# A template that does not parse fails the check: passed over, its strings would silently never be translated.
OPTIONS = {pattern: {"silent": "false"} for pattern, method in METHODS if method == "jinja2"}
KEYWORDS = DEFAULT_KEYWORDS | {"translatable": None}

_PLACEHOLDER = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One string of one locale that a translator must see."""

    locale: str
    kind: Kind
    message: str
    places: tuple[str, ...]
    """Where the source uses it, as ``file:line``."""

    def __str__(self) -> str:
        return f"{self.locale}: {self.kind}: {self.message!r} ({', '.join(self.places)})"


def extract_messages(folder: Path) -> Catalog:
    """Collect the strings to translate from the Python files and templates under a folder."""
    catalogue = Catalog()
    found = extract_from_dir(
        folder, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for name, line, message, comments, context in found:
        catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def check_translations(folder: Path, locales: Sequence[str] | None = None) -> list[Finding]:
    """List what is missing, fuzzy or broken in ``locales/<locale>/messages.po``, in the order of the source.

    Without ``locales`` those that have a folder are checked; a named one without a file lacks everything.
    """
    source = extract_messages(folder)
    root = folder / "locales"
    names = sorted(path.parent.name for path in root.glob("*/messages.po")) if locales is None else locales
    findings: list[Finding] = []
    for locale in names:
        path = root / locale / "messages.po"
        translated = read_catalogue(path, locale) if path.exists() else Catalog()
        findings += _compare(source, translated, locale)
    return findings


def _compare(source: Catalog, translated: Catalog, locale: str) -> Iterator[Finding]:
    for message in sorted(source, key=lambda message: message.locations):
        if not message.id:
            continue
        singular = texts(message.id)[0]
        kind = _problem(message, translated.get(singular, message.context))
        if kind:
            places = tuple(f"{name}:{line}" for name, line in message.locations)
            yield Finding(locale, kind, singular, places)


def _problem(message: Message, translation: Message | None) -> Kind | None:
    if translation is None or not all(texts(translation.string)):
        return "missing"
    if message.pluralizable and not translation.pluralizable:
        return "missing"
    if translation.fuzzy:
        return "fuzzy"
    known = set(_PLACEHOLDER.findall(" ".join(texts(message.id))))
    for form in texts(translation.string):
        used = set(_PLACEHOLDER.findall(form))
        # A plural form may leave the number out ("one parcel"), but never name a value that is not given.
        if not used <= known | {"num"} or (not message.pluralizable and used != known):
            return "placeholders"
    return None
