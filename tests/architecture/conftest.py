# SPDX-License-Identifier: Apache-2.0
"""What the architecture tests look at: the tree, the installed plugins, the registry."""

from pathlib import Path

import pytest

from shopwright.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.parent.name for path in (ROOT / "plugins").glob("*/shopwright_*/") if path.is_dir())


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The registry with every first-party plugin."""
    registry = Registry.load(PLUGINS)
    assert registry.problems == []
    return registry
