# SPDX-License-Identifier: Apache-2.0
"""Which migrations there are: the kernel's, then each loaded plugin's in the order of ``requires``."""

import importlib
from pathlib import Path

from shopwright.db.migrate import MigrationSource, kernel_migrations
from shopwright.registry import Registry


def sources(registry: Registry) -> list[MigrationSource]:
    """Give the folders to migrate from, in order."""
    found = [kernel_migrations()]
    for name, plugin in registry.plugins.items():
        # A plugin in a plain folder of modules, as in tests, has a package without a file of its own.
        package = importlib.import_module(plugin.package)
        folder = Path(package.__file__ or "").parent / "migrations"
        if package.__file__ and (folder / "versions").is_dir():
            found.append(MigrationSource(name, folder))
    return found
