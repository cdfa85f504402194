# SPDX-License-Identifier: Apache-2.0
"""Finding themes: folders with a ``theme.toml``, named in the configuration or brought by a package."""

import importlib
import importlib.metadata as metadata
import logging
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
ENTRY_POINT_GROUP = "shopwright.themes"


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: files only. ``parent`` fills in what it does not have."""

    name: str
    folder: Path
    title: str
    version: str
    parent: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


class Themes:
    """The themes of an installation, by name."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._themes: dict[str, Theme] = {}
        for folder in [*_packaged(), *folders]:
            for file in sorted(folder.glob("*/theme.toml")):
                self._add(file)

    def __iter__(self) -> Any:
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
        except (tomllib.TOMLDecodeError, KeyError, OSError) as error:
            log.error("the theme in %s is left out: %s", file.parent, error)
        else:
            self._themes[theme.name] = theme


def _packaged() -> list[Path]:
    """Give the folders that hold themes of installed packages: each entry point names a package that is a theme."""
    folders = []
    for point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        module = importlib.import_module(point.value)
        folders.append(Path(str(module.__file__)).parent.parent)
    return folders
