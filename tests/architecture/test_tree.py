# SPDX-License-Identifier: Apache-2.0
"""The tree of the repository, its sizes and its small print."""

import ast
import io
import re
import subprocess
import tokenize
import tomllib
from pathlib import Path

import pytest
from tests.architecture.conftest import PLUGINS, ROOT

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_KERNEL_LINES = 11_850  # see docs/adr/0011-the-size-of-the-kernel.md
OWN_LINE_BREAK = {"examples/catalogues"}
MARKERS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "HA" + "CK"]) + r")\b")


def tracked(*suffixes: str) -> list[Path]:
    """Files git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    paths = [ROOT / name for name in listed if name.endswith(suffixes)]
    return [path for path in paths if path.exists()]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_platform_is_a_folder_and_never_a_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_every_python_file_is_at_most_400_lines_long():
    long = {
        name(path): lines
        for path in tracked(".py")
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_every_function_of_the_product_is_short():
    product = [p for p in tracked(".py") if not {"tests", "migrations"} & set(p.parts)]
    long = {
        f"{name(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in product
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == {}


def test_every_python_file_names_its_licence_first():
    without = [
        name(path)
        for path in tracked(".py")
        if path.read_text().strip()
        and "SPDX-License-Identifier: Apache-2.0" not in path.read_text().splitlines()[0]
    ]

    assert without == []


def test_nothing_is_left_for_later():
    found = [
        f"{name(path)}:{number}"
        for path in tracked(".py", ".html", ".css", ".js", ".md", ".toml")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MARKERS.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_depends_on_what_its_manifest_requires(plugin, registry):
    project = tomllib.loads((ROOT / "plugins" / plugin / "pyproject.toml").read_text())["project"]
    needed = {
        f"shopwright-{other.replace('_', '-')}==0.1.0" for other in registry.plugins[plugin].manifest.requires
    }

    assert set(project["dependencies"]) - {
        d for d in project["dependencies"] if not d.startswith("shopwright")
    } == {
        "shopwright==0.1.0",
        *needed,
    }
    assert project["version"] == registry.plugins[plugin].manifest.version == "0.1.0"


def test_the_standard_distribution_brings_every_plugin():
    project = tomllib.loads((ROOT / "plugins" / "standard" / "pyproject.toml").read_text())["project"]

    brought = {d.split("==")[0].removeprefix("shopwright-") for d in project["dependencies"][1:]}
    assert brought == {plugin.replace("_", "-") for plugin in PLUGINS}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-tests.txt", "requirements-bootstrap.txt"])
def test_pins_have_hashes_and_name_no_host(lock):
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert text.count("--hash=sha256:") >= text.count("==")


def test_the_kernel_does_not_grow_unnoticed():
    """Lines of code without comments, docstrings and blank lines; the command, its checks and the test kit are not the kernel."""
    kernel = ROOT / "platform" / "shopwright"
    sizes = {
        part: sum(map(code_lines, kernel.glob(f"{part}/**/*.py" if (kernel / part).is_dir() else part)))
        for part in sorted(p.name for p in kernel.iterdir() if p.is_dir() or p.suffix == ".py")
        if part not in {"checkup", "cli", "testing"}
    }

    assert sum(sizes.values()) <= MOST_KERNEL_LINES, sizes


def code_lines(path: Path) -> int:
    source = path.read_text("utf-8")
    ignored = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    code = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in ignored
        for line in range(token.start[0], token.end[0] + 1)
    }
    words = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, node.end_lineno + 1)
    }
    return len(code - words)
