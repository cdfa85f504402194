# SPDX-License-Identifier: Apache-2.0
"""The loader chain: the store's overrides, the theme and its parents, the plugins that are on, the kernel."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import BaseLoader, Environment, TemplateNotFound

if TYPE_CHECKING:
    from shopwright.templating.themes import Theme

KERNEL_TEMPLATES = Path(__file__).parent.parent / "templates"
_SUFFIXES = frozenset({".html", ".toml", ".txt", ".xml"})
_THEME_ROOTS = ("layouts/", "sections/", "snippets/")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a template or page; ``place`` is its file, or says whose override it is."""

    text: str
    place: str


class ChainLoader(BaseLoader):
    """Finds a template by name in the sources of one store."""

    def __init__(
        self, store: str, overrides: Mapping[str, str], themes: Sequence["Theme"], folders: Sequence[Path]
    ) -> None:
        self._store = store
        self._overrides = overrides
        self._themes = tuple(themes)
        self._folders = tuple(folders)
        self.names: dict[str, str] = {}
        """Names of the templates read so far, by their place."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        del environment
        source = self.read(template)
        if source is None:
            raise TemplateNotFound(template)
        return source.text, source.place, None

    def read(self, name: str) -> Source | None:
        """Give a template or page by name; the nearest source wins."""
        source = self._override(name) or self._file(name)
        if source is not None:
            self.names[source.place] = name
        return source

    def files(self) -> dict[str, Path]:
        """Give the files of all templates and pages by name; the nearest one wins."""
        found: dict[str, Path] = {}
        for folder in (KERNEL_TEMPLATES, *reversed(self._folders)):
            found |= _named(folder)
        for theme in reversed(self._themes):
            inside = _named(theme.folder)
            found |= {name: path for name, path in inside.items() if name.startswith(_THEME_ROOTS)}
            found |= _named(theme.folder / "templates")
        return found

    def _override(self, name: str) -> Source | None:
        text = self._overrides.get(name)
        return None if text is None else Source(text, f"override:{self._store}/{name}")

    def _file(self, name: str) -> Source | None:
        if name.startswith("/") or any(part in {"", ".", ".."} for part in name.split("/")) or "\\" in name:
            return None
        for path in self._candidates(name):
            if path.is_file():
                return Source(path.read_text("utf-8"), str(path))
        return None

    def _candidates(self, name: str) -> list[Path]:
        in_theme = name if name.startswith(_THEME_ROOTS) else f"templates/{name}"
        found = [theme.folder / in_theme for theme in self._themes]
        return [*found, *(folder / name for folder in self._folders), KERNEL_TEMPLATES / name]


def _named(folder: Path) -> dict[str, Path]:
    files = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in files}


def template_folder(package: str) -> Path:
    """Give the folder of a plugin's templates."""
    module = importlib.import_module(package)
    return Path(str(module.__file__)).parent / "templates"
