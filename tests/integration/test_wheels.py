# SPDX-License-Identifier: Apache-2.0
"""What is built from this repository and installed elsewhere has all it needs, without the repository."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [ROOT, *sorted(file.parent for file in (ROOT / "plugins").glob("*/pyproject.toml"))]
THEMES = ("atelier", "bazaar", "foundation")
ASK = """
import json
from shopwright.db.migrate import kernel_migrations
from shopwright.templating.engine import _KERNEL
from shopwright.templating.themes import Themes
themes = Themes([])
print(json.dumps({
    "themes": {theme.name: str(theme.folder) for theme in themes},
    "problems": [problem.message for problem in themes.problems],
    "chain": [theme.name for theme in themes.chain("bazaar")],
    "migrations": str(kernel_migrations().directory),
    "kernel": str(_KERNEL),
}))
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    return {
        project.name: Path(next(WheelBuilder(str(project)).build(directory=str(folder))))
        for project in PROJECTS
    }


@pytest.fixture(scope="module")
def installed(wheels, tmp_path_factory) -> Path:
    """A folder in which all wheels are installed, and nothing else is."""
    target = tmp_path_factory.mktemp("installed")
    command = [
        str(Path(sys.executable).with_name("uv")), "pip", "install", "-q", "--offline", "--no-deps",
        "--python", sys.executable, "--target", str(target), *map(str, wheels.values()),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=60)
    return target


def run(installed: Path, *arguments: str, cwd: Path) -> str:
    """Run Python with the installed wheels and the libraries of this environment, which it knows nothing else of."""
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    # Without -S the links to this checkout in the environment would be followed.
    return subprocess.run(
        [sys.executable, "-S", *arguments], check=True, capture_output=True, text=True, timeout=60, cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
    ).stdout  # fmt: skip


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def tracked(folder: Path) -> set[str]:
    """The files of the repository under a folder, as seen from there."""
    found = subprocess.run(["git", "ls-files", "."], cwd=folder, check=True, capture_output=True, text=True)
    return set(found.stdout.splitlines())


@pytest.mark.parametrize("project", PROJECTS[1:], ids=lambda project: project.name)
def test_the_wheel_of_a_plugin_has_every_file_of_its_package(wheels, project):
    package = f"shopwright_{project.name}/"
    expected = {name for name in tracked(project) if name.startswith(package)}

    assert expected or project.name == "standard"
    assert expected - names_in(wheels[project.name]) == set()


def test_the_wheel_of_the_kernel_has_its_templates_texts_and_migrations(wheels):
    names = names_in(wheels[ROOT.name])
    migrations = {f"shopwright/_migrations/{name}" for name in tracked(ROOT / "migrations")}

    assert "shopwright/templates/layouts/base.html" in names
    assert "shopwright/locales/de/messages.po" in names
    assert "shopwright/_migrations/versions/0001_stores.py" in migrations
    assert tracked(ROOT / "platform") | migrations <= names


def test_the_wheel_of_the_whole_has_every_file_of_the_themes_and_no_code(wheels):
    names = names_in(wheels["standard"])
    expected = {
        f"shopwright_themes/{theme}/{name}" for theme in THEMES for name in tracked(ROOT / "themes" / theme)
    }

    assert {name for name in names if name.startswith("shopwright_themes/")} == expected
    assert [name for name in names if name.endswith(".py")] == []


def test_an_installation_from_wheels_has_the_themes_and_the_kernel_s_own_files(installed, tmp_path):
    found = json.loads(run(installed, "-c", ASK, cwd=tmp_path))

    assert found["themes"] == {name: str(installed / "shopwright_themes" / name) for name in THEMES}
    assert found["problems"] == []
    assert found["chain"] == ["bazaar", "foundation"]
    assert found["migrations"] == str(installed / "shopwright" / "_migrations")
    assert found["kernel"] == str(installed / "shopwright")


def test_an_installation_from_wheels_has_every_plugin(installed, tmp_path):
    code = (
        "import json; from shopwright.registry import Registry; registry = Registry.load(None);"
        "print(json.dumps([sorted(registry.plugins), [p.message for p in registry.problems]]))"
    )
    plugins, problems = json.loads(run(installed, "-c", code, cwd=tmp_path))

    assert {project.name for project in PROJECTS[1:]} - {"standard"} <= set(plugins)
    examples = ("care_labels", "ecb_rates", "house_rules", "loyalty")
    assert [message for message in problems if not any(name in message for name in examples)] == []
