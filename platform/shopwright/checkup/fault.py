# SPDX-License-Identifier: Apache-2.0
"""What is checked, and what a check finds."""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shopwright.plugin import Plugin
from shopwright.registry import Registry

_NOT_PLUGIN = {"migrations", "tests"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a plugin, and the way out."""

    plugin: str
    check: str
    message: str
    hint: str


@dataclass(frozen=True)
class Subject:
    """The plugin that is checked."""

    registry: Registry
    name: str
    plugin: Plugin
    locales: tuple[str, ...] | None = None

    @cached_property
    def folder(self) -> Path | None:
        """The folder of its package; a plugin of a test module may have none."""
        package = importlib.import_module(self.plugin.package)
        return Path(package.__file__).parent if package.__file__ else None

    @cached_property
    def sources(self) -> list[Path]:
        """Its Python files, without migrations and tests."""
        if self.folder is None:
            return []
        found = sorted(self.folder.rglob("*.py"))
        return [path for path in found if not _NOT_PLUGIN & set(path.relative_to(self.folder).parts)]

    @cached_property
    def broken_modules(self) -> dict[str, Exception]:
        """Import every module, so that models and routes are known; give those that cannot be."""
        broken: dict[str, Exception] = {}
        if self.folder is None:
            return broken
        for name in self._module_names(self.folder, self.plugin.package):
            try:
                importlib.import_module(name)
            except Exception as error:  # noqa: BLE001 - a module may fail in any way; it is named
                broken[name] = error
        return broken

    def _module_names(self, folder: Path, package: str) -> list[str]:
        names = []
        for found in pkgutil.iter_modules([str(folder)]):
            if found.name in _NOT_PLUGIN:
                continue
            names.append(f"{package}.{found.name}")
            if found.ispkg:
                names += self._module_names(folder / found.name, f"{package}.{found.name}")
        return names
