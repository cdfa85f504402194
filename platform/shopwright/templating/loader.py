# SPDX-License-Identifier: Apache-2.0
"""The loader chain: the store's overrides, the theme and its parents, the plugins that are on, the kernel."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound

from shopwright.templating.themes import Theme

KERNEL_TEMPLATES = Path(__file__).parent.parent / "templates"
_THEME_ROOTS = ("layouts/", "sections/", "snippets/")


class ChainLoader(BaseLoader):
    """Finds a template by name in the sources of one store."""

    def __init__(
        self, overrides: Mapping[str, str], themes: Sequence[Theme], plugin_folders: Sequence[Path]
    ) -> None:
        self._overrides = overrides
        self._themes = tuple(themes)
        self._plugin_folders = tuple(plugin_folders)

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template in self._overrides:
            return self._overrides[template], None, None
        path = self.find(template)
        if path is None:
            raise TemplateNotFound(template)
        return path.read_text("utf-8"), str(path), None

    def find(self, name: str) -> Path | None:
        """Give the file of a template or page by name; the nearest source wins."""
        if ".." in name.split("/") or name.startswith("/"):
            return None
        for path in self._candidates(name):
            if path.is_file():
                return path
        return None

    def _candidates(self, name: str) -> list[Path]:
        in_theme = name if name.startswith(_THEME_ROOTS) else f"templates/{name}"
        found = [theme.folder / in_theme for theme in self._themes]
        return [*found, *(folder / name for folder in self._plugin_folders), KERNEL_TEMPLATES / name]


def template_folder(package: str) -> Path:
    """Give the folder of a plugin's templates."""
    module = importlib.import_module(package)
    return Path(str(module.__file__)).parent / "templates"
