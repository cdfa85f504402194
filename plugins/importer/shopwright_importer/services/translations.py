# SPDX-License-Identifier: Apache-2.0
"""Translations that lie beside a CSV: ``NAME.de.csv``, ``NAME.options.de.csv``, ``NAME.images.de.csv``."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopwright.i18n import translatable
from shopwright_importer.api import FileError
from shopwright_importer.services.read_csv import Group


@dataclass(frozen=True, slots=True)
class Translations:
    """By locale: texts of products by handle, words of options, alt texts by image source."""

    products: Mapping[str, Mapping[str, dict[str, str]]]
    words: Mapping[str, Mapping[str, str]]
    alts: Mapping[str, Mapping[str, str]]

    def of(self, group: Group) -> dict[str, dict[str, Any]]:
        """Give what ``ProductInput.translations`` takes: alt texts are translated by what stands in the rows."""
        used = {value for row in group.rows for value in row.values.values()}
        found: dict[str, dict[str, Any]] = {}
        for locale, products in self.products.items():
            texts = {word: other for word, other in self.words[locale].items() if word in used}
            alts = self.alts[locale]
            texts |= {r["Image Alt Text"]: alts[r["Image Src"]] for r in group.rows if r["Image Src"] in alts}
            if group.handle in products or texts:
                found[locale] = {**products.get(group.handle, {}), "texts": texts}
        return found


def read(path: Path, locales: Sequence[str]) -> Translations:
    """Read what lies beside a file.

    Raises:
        FileError: one of the files lacks a column.
    """
    return Translations(
        {locale: _products(path.with_suffix(f".{locale}.csv")) for locale in locales},
        {x: _pairs(path.with_suffix(f".options.{x}.csv"), "Text", "Translation") for x in locales},
        {x: _pairs(path.with_suffix(f".images.{x}.csv"), "Image Src", "Alt Text") for x in locales},
    )


def _products(path: Path) -> dict[str, dict[str, str]]:
    columns = {
        "title": "Title",
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
