# SPDX-License-Identifier: Apache-2.0
"""Translations that lie beside a CSV: ``NAME.de.csv``, ``NAME.options.de.csv``, ``NAME.images.de.csv``."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def read(path: Path, locales: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Give by handle and locale what ``ProductInput.translations`` takes."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for locale in locales:
        rows = _rows(path.with_suffix(f".{locale}.csv"))
        texts = {row["Text"]: row["Translation"] for row in _rows(path.with_suffix(f".options.{locale}.csv"))}
        for row in rows:
            found.setdefault(row["Handle"], {})[locale] = {
                "title": row["Title"],
                "description_html": row["Body (HTML)"],
                "seo_title": row.get("SEO Title", ""),
                "seo_description": row.get("SEO Description", ""),
                "texts": texts,
            }
    return found


def alt_texts(path: Path, locales: Sequence[str]) -> dict[str, dict[str, str]]:
    """Give by locale the alt text of each image source."""
    return {
        locale: {
            row["Image Src"]: row["Alt Text"] for row in _rows(path.with_suffix(f".images.{locale}.csv"))
        }
        for locale in locales
    }


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
