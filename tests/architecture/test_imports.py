# SPDX-License-Identifier: Apache-2.0
"""Who may import what."""

import ast
import functools
from pathlib import Path

import grimp
import pytest
from tests.architecture.conftest import PLUGINS, ROOT

PACKAGES = [f"shopwright_{plugin}" for plugin in PLUGINS]
PUBLIC = {"api", "hookspecs"}


@functools.cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("shopwright", *PACKAGES, include_external_packages=False, cache_dir=None)


def test_the_kernel_imports_no_plugin():
    wrong = [
        (module, imported)
        for module in graph().modules
        if module.split(".")[0] == "shopwright"
        for imported in graph().find_modules_directly_imported_by(module)
        if imported.startswith("shopwright_")
    ]

    assert wrong == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_imports_only_public_modules_of_what_it_requires(plugin, registry):
    own = f"shopwright_{plugin}"
    allowed = {
        f"shopwright_{other}.{module}"
        for other in registry.plugins[plugin].manifest.requires
        for module in PUBLIC
    }
    wrong = [
        (module, imported)
        for module in graph().modules
        if module.split(".")[0] == own
        for imported in graph().find_modules_directly_imported_by(module)
        if imported.startswith("shopwright_") and imported.split(".")[0] != own and imported not in allowed
    ]

    assert wrong == []


PUBLIC_FILES = sorted(p for module in PUBLIC for p in (ROOT / "plugins").glob(f"*/shopwright_*/{module}.py"))


@pytest.mark.parametrize("path", PUBLIC_FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_public_modules_load_nothing_private(path):
    package = path.parent.name

    private = [name for name in top_level_imports(path) if is_private(name, package)]

    assert private == []


def top_level_imports(path: Path) -> list[str]:
    """Imports that run when a module is loaded; one inside a function runs when it is called."""
    names = []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def is_private(name: str, package: str) -> bool:
    parts = name.split(".")
    return parts[0] == package and len(parts) > 1 and parts[1] not in PUBLIC


def test_examples_use_public_names_only():
    wrong = []
    for path in (ROOT / "examples").glob("*/shopwright_*/**/*.py"):
        for name in top_level_imports(path):
            parts = name.split(".")
            if parts[0] in PACKAGES and parts[1] not in PUBLIC:
                wrong.append((str(path.relative_to(ROOT)), name))

    assert wrong == []


def test_the_graph_sees_a_forbidden_import():
    modules = graph().modules

    assert "shopwright.kernel" in modules
    assert "shopwright_checkout.services.place_order" in modules
    assert "shopwright_orders.api" in graph().find_modules_directly_imported_by(
        "shopwright_checkout.services.place_order"
    )
