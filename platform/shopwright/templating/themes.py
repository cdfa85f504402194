# SPDX-License-Identifier: Apache-2.0
"""Finding themes: folders with a ``theme.toml``, of installed packages, the checkout or the configuration."""

import hashlib
import importlib.util
import logging
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from shopwright.http.static import digest
from shopwright.plugin import Problem
from shopwright.templating.pages import Setting, ThemeError

log = logging.getLogger(__name__)
ENTRY_POINT_GROUP = "shopwright.themes"
_CHECKOUT = Path(__file__).resolve().parents[3]
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: files only. ``parent`` fills in what it does not have; ``settings`` is the schema of its own."""

    name: str
    folder: Path
    title: str
    version: str
    parent: str
    settings: dict[str, Mapping[str, Any]]
    mark: str
    """Fingerprint of its files: another one whenever any of them changes."""


class Themes:
    """The themes of an installation, by name. A theme found later replaces one found before."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._installed = _of_packages(tuple(sys.path))
        self._themes: dict[str, Theme] = {}
        self.problems: tuple[Problem, ...] = ()
        """The themes that are left out, each with the reason."""
        self.look_again()

    def __iter__(self) -> Iterator[Theme]:
        return iter(self._themes.values())

    def get(self, name: str) -> Theme | None:
        return self._themes.get(name)

    def look_again(self) -> bool:
        """Read all themes anew and tell whether anything in their files has changed."""
        found: dict[str, Theme] = {}
        left_out: dict[str, str] = {}
        folders = [*_of_the_checkout(), *self._folders]
        files = [file for folder in folders for file in sorted(folder.glob("*/theme.toml"))]
        for name, file in [*self._installed.items(), *((file.parent.name, file) for file in files)]:
            try:
                theme = _read(file)
            except (ValueError, TypeError, OSError) as error:
                left_out[name] = f"{file}: {error}"
            else:
                found[theme.name] = theme
        while wrong := {name: reason for name in found if (reason := _wrong_parent(found, name))}:
            left_out |= wrong
            found = {name: theme for name, theme in found.items() if name not in wrong}
        # In a checkout its own themes stand in for the installed ones.
        missing = {name for name in self._installed if name in found and not self._installed[name].is_file()}
        problems = tuple(_problem(name, why) for name, why in left_out.items() if name not in missing)
        for problem in set(problems) - set(self.problems):
            log.error("%s", problem.message)
        is_other = found != self._themes
        self._themes, self.problems = found, problems
        return is_other

    def chain(self, name: str) -> list[Theme]:
        """Give a theme and its parents, nearest first.

        A store whose theme is not there is shown in the one most others are built on: plain, but whole.
        """
        parents = [theme.parent for theme in self]
        bare = sorted((-parents.count(theme.name), theme.name) for theme in self if not theme.parent)
        found: list[Theme] = []
        theme = self.get(name) or (self.get(bare[0][1]) if bare else None)
        while theme is not None:
            found.append(theme)
            theme = self.get(theme.parent)
        return found

    def settings_of(self, name: str) -> dict[str, Mapping[str, Any]]:
        """Give the schema of a theme's settings, its parents' included."""
        schema: dict[str, Mapping[str, Any]] = {}
        for theme in reversed(self.chain(name)):
            schema |= theme.settings
        return schema

    def mark(self, name: str) -> str:
        """Give the fingerprint of what a store with this theme is shown: it changes with any file of it."""
        return "-".join(theme.mark for theme in self.chain(name))


def _read(file: Path) -> Theme:
    values = {
        "title": "",
        "version": "0",
        "parent": "",
        "settings": {},
        **tomllib.loads(file.read_text("utf-8")),
    }
    for key in ("name", "title", "version", "parent"):
        if not isinstance(values.get(key), str):
            raise ThemeError(f"{key!r} must be a text")
    if not _NAME.fullmatch(values["name"]):
        raise ThemeError(f"the name {values['name']!r} must be small letters, digits, _ and -")
    if not isinstance(values["settings"], dict):
        raise ThemeError("'settings' must be a table")
    for name, fields in values["settings"].items():
        if not isinstance(fields, dict):
            raise ThemeError(f"setting {name!r} must be a table")
        Setting.read(name, fields)
    name, title, version, parent = (values[key] for key in ("name", "title", "version", "parent"))
    return Theme(name, file.parent, title or name, version, parent, values["settings"], _mark(file.parent))


def _mark(folder: Path) -> str:
    paths = sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)  # noqa: PTH118 - quicker
    found = [(path[len(str(folder)) + 1 :].replace(os.sep, "/"), Path(path)) for path in paths]
    parts = [(name, digest(path)) for name, path in found if "/." not in f"/{name}" and path.is_file()]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _wrong_parent(themes: Mapping[str, Theme], name: str) -> str:
    """Say what is wrong with the parents of a theme; nothing when they are all there and end."""
    seen = [name]
    while parent := themes[seen[-1]].parent:
        if parent not in themes:
            return f"{parent!r}, the parent of {seen[-1]!r}, is not there. Install it, or correct `parent` in theme.toml"
        seen.append(parent)
        if parent in seen[:-1]:
            return f"its parents lead in a circle: {' → '.join(seen)}. Correct `parent` in theme.toml"
    return ""


def _problem(name: str, reason: str) -> Problem:
    return Problem(name, "theme_left_out", f"The theme {name!r} is left out: {reason}.")


def _of_the_checkout() -> list[Path]:
    """Give the folder of themes beside the kernel's source, when it runs from there."""
    return [_CHECKOUT / "themes"] if (_CHECKOUT / "platform").is_dir() else []


@lru_cache(maxsize=4)
def _of_packages(_path: tuple[str, ...]) -> Mapping[str, Path]:
    """Give the themes that are installed packages: each entry point names a package whose folder is a theme.

    Nothing of the package is run: a theme is files only, and needs no Python of its own.
    """
    found = {}
    for point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        try:
            spec = importlib.util.find_spec(point.value)
        except (ImportError, ValueError):
            spec = None
        places = list(spec.submodule_search_locations or ()) if spec else []
        found[point.name] = Path(next(iter(places), point.value)) / "theme.toml"
    return found
