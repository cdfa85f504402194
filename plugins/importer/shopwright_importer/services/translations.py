# SPDX-License-Identifier: Apache-2.0
"""Translations that lie beside a CSV: ``NAME.de.csv``, ``NAME.options.de.csv``, ``NAME.images.de.csv``."""

import csv
from collections.abc import Sequence
from pathlib import Path

from shopwright.i18n import translatable
from shopwright_importer.api import FileError
from shopwright_importer.services.records import Group, Texts, Translations


def beside(texts: Texts, group: Group) -> Translations:
    """Give what ``ProductInput.translations`` takes: alt texts are translated by what stands in the rows."""
    used = {value for row in group.rows for value in row.values.values()}
    found: Translations = {}
    for locale, products in texts.products.items():
        translated = {word: other for word, other in texts.words[locale].items() if word in used}
        alts = texts.alts[locale]
        translated |= {
            r["Image Alt Text"]: alts[r["Image Src"]] for r in group.rows if r["Image Src"] in alts
        }
        if group.handle in products or translated:
            found[locale] = {**products.get(group.handle, {}), "texts": translated}
    return found


def read(path: Path, locales: Sequence[str]) -> Texts:
    """Read what lies beside a file.

    Raises:
        FileError: one of the files lacks a column.
    """
    return Texts(
        {locale: _products(path.with_suffix(f".{locale}.csv")) for locale in locales},
        {x: _pairs(path.with_suffix(f".options.{x}.csv"), "Text", "Translation") for x in locales},
        {x: _pairs(path.with_suffix(f".images.{x}.csv"), "Image Src", "Alt Text") for x in locales},
    )


def _products(path: Path) -> dict[str, dict[str, str]]:
    columns = {
        "title": "Title",
        "handle": "Translated Handle",
        "description_html": "Body (HTML)",
        "seo_title": "SEO Title",
        "seo_description": "SEO Description",
    }
    return {
        row["Handle"]: {name: row[column] for name, column in columns.items() if row.get(column)}
        for row in _rows(path, "Handle", "Title")
    }


def _pairs(path: Path, key: str, value: str) -> dict[str, str]:
    return {row[key]: row[value] for row in _rows(path, key, value) if row[key] and row[value]}


def _rows(path: Path, *needed: str) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            words = translatable("%(file)s lacks the columns %(columns)s.")
            raise FileError(words, file=path.name, columns=", ".join(missing))
        return list(reader)
