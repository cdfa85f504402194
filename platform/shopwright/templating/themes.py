# SPDX-License-Identifier: Apache-2.0
"""Finding themes: folders with a ``theme.toml``, of the configuration, the checkout, or a package."""

import importlib
import importlib.metadata as metadata
import logging
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
ENTRY_POINT_GROUP = "shopwright.themes"
_CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: files only. ``parent`` fills in what it does not have; ``settings`` is the schema of its own."""

    name: str
    folder: Path
    title: str
    version: str
    parent: str = ""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Themes:
    """The themes of an installation, by name. A theme found later replaces one found before."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._themes: dict[str, Theme] = {}
        for file in [*_of_the_checkout(), *_of_packages()]:
            self._add(file)
        for folder in folders:
            for file in sorted(folder.glob("*/theme.toml")):
                self._add(file)

    def __iter__(self) -> Iterator[Theme]:
        return iter(self._themes.values())

    def get(self, name: str) -> Theme | None:
        return self._themes.get(name)

    def chain(self, name: str) -> list[Theme]:
        """Give a theme and its parents, nearest first; an unknown theme gives none, and the kernel's layout holds."""
        found: list[Theme] = []
        theme = self._themes.get(name)
        while theme is not None and theme not in found:
            found.append(theme)
            theme = self._themes.get(theme.parent)
        return found

    def settings_of(self, name: str) -> dict[str, Mapping[str, Any]]:
        """Give the schema of a theme's settings, its parents' included."""
        schema: dict[str, Mapping[str, Any]] = {}
        for theme in reversed(self.chain(name)):
            schema |= theme.settings
        return schema

    def _add(self, file: Path) -> None:
        try:
            values = tomllib.loads(file.read_text("utf-8"))
            theme = Theme(
                name=values["name"],
                folder=file.parent,
                title=values.get("title", values["name"]),
                version=values.get("version", "0"),
                parent=values.get("parent", ""),
                settings=values.get("settings", {}),
            )
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, OSError) as error:
            log.error("the theme in %s is left out: %s", file.parent, error)
        else:
            self._themes[theme.name] = theme


def _of_the_checkout() -> list[Path]:
    """Give the themes beside the kernel's source, when it runs from there."""
    return sorted((_CHECKOUT / "themes").glob("*/theme.toml")) if (_CHECKOUT / "platform").is_dir() else []


def _of_packages() -> list[Path]:
    """Give the themes that are installed packages: each entry point names a package whose folder is a theme."""
    found = []
    for point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        try:
            module = importlib.import_module(point.value)
        except Exception:
            log.exception("the theme %s is left out", point.name)
        else:
            found.append(Path(str(module.__file__)).parent / "theme.toml")
    return found
