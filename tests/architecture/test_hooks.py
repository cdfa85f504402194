# SPDX-License-Identifier: Apache-2.0
"""Hooks are documented with their exact signature, and each is implemented by somebody."""

import inspect
import tomllib

import pytest
from tests.architecture.conftest import PLUGINS, ROOT

from shopwright.registry import Registry

SPECS = sorted(Registry.load(PLUGINS).specs(), key=lambda spec: (spec.owner, spec.name))
EXAMPLES = [path.parent for path in (ROOT / "examples").glob("*/pyproject.toml")]


def signature(function: object) -> str:
    return str(inspect.signature(function)).split(" -> ")[0]


@pytest.fixture(scope="module")
def reference() -> str:
    return (ROOT / "docs" / "reference" / "hooks.md").read_text()


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_hook_is_documented_with_its_signature(spec, reference):
    names = ", ".join(inspect.signature(spec.function).parameters)

    assert f"### {spec.name}({names})" in reference


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_hook_says_what_it_is_for(spec):
    assert inspect.getdoc(spec.function)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_hook_is_implemented_by_a_plugin_or_an_example(spec, registry):
    ours = [impl.plugin_name for impl in registry.implementations(spec.function)]
    examples = [
        path.name
        for path in EXAMPLES
        for file in path.glob("shopwright_*/plugin.py")
        if f"def {spec.name}(" in file.read_text()
    ]

    assert ours + examples, f"nobody implements {spec.name}"


def test_examples_are_plugins_of_their_own():
    for path in EXAMPLES:
        project = tomllib.loads((path / "pyproject.toml").read_text())["project"]
        assert project["entry-points"]["shopwright.plugins"]
