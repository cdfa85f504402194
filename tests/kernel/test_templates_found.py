# SPDX-License-Identifier: Apache-2.0
"""Where themes are found, and what becomes of those that are wrong: left out by name, and said so."""

import sys

import pytest

from shopwright.actor import SYSTEM
from shopwright.templating.themes import Themes
from shopwright.testing.kernels import ALPHA, BETA

SHIPPED = {"foundation", "atelier", "bazaar"}


def add_theme(folder, name, **lines):
    """Write a theme; ``toml`` replaces its whole theme.toml."""
    place = folder / name
    place.mkdir(parents=True)
    rest = "".join(f"{key} = {value}\n" for key, value in lines.items())
    (place / "theme.toml").write_text(lines.get("toml", f'name = "{name}"\n{rest}'))
    return place


def add_package(folder, theme, package):
    """Install a package as an index would: its metadata names the theme in an entry point."""
    info = folder / f"{package.partition('.')[0]}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package.partition('.')[0]}\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(f"[shopwright.themes]\n{theme} = {package}\n")


def problems_of(themes):
    return {problem.plugin: problem.message for problem in themes.problems}


def test_a_theme_in_a_folder_of_the_configuration_is_found(tmp_path):
    add_theme(tmp_path, "mist", title='"Mist"', parent='"foundation"')
    themes = Themes([tmp_path])

    assert {theme.name for theme in themes} == {*SHIPPED, "mist"}
    assert [theme.name for theme in themes.chain("mist")] == ["mist", "foundation"]
    assert themes.get("mist").title == "Mist"
    assert themes.problems == ()


def test_a_theme_of_a_package_is_found_and_nothing_of_the_package_is_run(tmp_path, monkeypatch):
    place = add_theme(tmp_path / "acme_themes", "mist", parent='"foundation"')
    (place / "__init__.py").write_text("raise RuntimeError('run')")
    add_package(tmp_path, "mist", "acme_themes.mist")
    monkeypatch.syspath_prepend(tmp_path)
    themes = Themes([])

    assert themes.get("mist").folder == place
    assert themes.problems == ()
    assert "acme_themes.mist" not in sys.modules


def test_a_folder_of_the_configuration_replaces_a_theme_of_a_package(tmp_path, monkeypatch):
    add_theme(tmp_path / "site" / "acme_themes", "mist")
    add_package(tmp_path / "site", "mist", "acme_themes.mist")
    mine = add_theme(tmp_path / "mine", "mist")
    monkeypatch.syspath_prepend(tmp_path / "site")

    assert Themes([tmp_path / "mine"]).get("mist").folder == mine


def test_a_package_without_its_theme_is_named(tmp_path, monkeypatch):
    add_package(tmp_path, "mist", "acme_nowhere.mist")
    monkeypatch.syspath_prepend(tmp_path)
    themes = Themes([])

    assert {theme.name for theme in themes} == SHIPPED
    assert "acme_nowhere.mist/theme.toml" in problems_of(themes)["mist"]


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("name =", "Invalid value"),
        ('title = "Mist"', "'name' must be a text"),
        ("name = 3", "'name' must be a text"),
        ('name = "../mist"', "the name '../mist' must be small letters, digits, _ and -"),
        ('name = "mist"\nparent = 3', "'parent' must be a text"),
        ('name = "mist"\nsettings = 3', "'settings' must be a table"),
        ('name = "mist"\nsettings.palette = 3', "setting 'palette' must be a table"),
        ('name = "mist"\nsettings.palette.type = "colour"', "setting 'palette' has the type 'colour'; use one of"),
        ('name = "mist"\n[settings.rows]\ntype = "number"\nmaximum = "many"', "not supported between"),
        ('name = "mist"\n[settings.rows]\nswatches = {a = ["red"]}', "colours like #1d1a1f"),
    ],
)  # fmt: skip
def test_a_theme_that_cannot_be_read_is_left_out_by_name_with_the_reason(tmp_path, caplog, toml, reason):
    place = add_theme(tmp_path, "mist", toml=toml)
    themes = Themes([tmp_path])

    assert {theme.name for theme in themes} == SHIPPED
    message = problems_of(themes)["mist"]
    assert message.startswith(f"The theme 'mist' is left out: {place / 'theme.toml'}: ")
    assert reason in message
    assert message in caplog.text


def test_a_theme_in_place_of_another_one_that_cannot_be_read_is_named_too(tmp_path):
    add_theme(tmp_path, "atelier", toml="name =")
    themes = Themes([tmp_path])

    assert {theme.name for theme in themes} == SHIPPED
    assert set(problems_of(themes)) == {"atelier"}


def test_a_theme_whose_parent_is_not_there_is_left_out_with_its_children(tmp_path):
    add_theme(tmp_path, "mist", parent='"fog"')
    add_theme(tmp_path, "drizzle", parent='"mist"')
    themes = Themes([tmp_path])

    assert {theme.name for theme in themes} == SHIPPED
    assert problems_of(themes) == {
        "mist": "The theme 'mist' is left out: 'fog', the parent of 'mist', is not there. Install it, or correct `parent` in theme.toml.",
        "drizzle": "The theme 'drizzle' is left out: 'fog', the parent of 'mist', is not there. Install it, or correct `parent` in theme.toml.",
    }


def test_themes_that_are_each_other_s_parents_are_left_out(tmp_path):
    add_theme(tmp_path, "mist", parent='"fog"')
    add_theme(tmp_path, "fog", parent='"mist"')
    add_theme(tmp_path, "self", parent='"self"')
    themes = Themes([tmp_path])

    assert {theme.name for theme in themes} == SHIPPED
    assert {name: message.split(": ")[1].split(".")[0] for name, message in problems_of(themes).items()} == {
        "mist": "its parents lead in a circle",
        "fog": "its parents lead in a circle",
        "self": "its parents lead in a circle",
    }
    assert "mist → fog → mist" in problems_of(themes)["mist"]


def test_a_store_whose_theme_is_gone_is_shown_in_the_one_most_others_are_built_on(tmp_path):
    add_theme(tmp_path, "alone")

    assert [theme.name for theme in Themes([tmp_path]).chain("gone")] == ["foundation"]


def test_the_mark_of_a_theme_changes_with_any_of_its_files_and_its_parents_only(tmp_path):
    base = add_theme(tmp_path, "base")
    mist = add_theme(tmp_path, "mist", parent='"base"')
    add_theme(tmp_path, "other")
    themes = Themes([tmp_path])
    marks = {name: themes.mark(name) for name in ("base", "mist", "other")}
    assert themes.look_again() is False

    (mist / "snippets").mkdir()
    (mist / "snippets" / "price.html").write_text("<b>")
    assert themes.look_again() is True
    assert themes.mark("mist") != marks["mist"]
    assert [themes.mark(name) for name in ("base", "other")] == [marks["base"], marks["other"]]

    (mist / "snippets" / "price.html").unlink()
    themes.look_again()
    assert themes.mark("mist") == marks["mist"]
    (base / "theme.css").write_text("b{}")
    themes.look_again()
    assert themes.mark("mist") != marks["mist"]


async def test_a_theme_left_out_is_a_problem_card_in_the_admin_of_every_store(
    make_kernel, make_client, tmp_path
):
    add_theme(tmp_path, "mist", toml="name =")
    kernel = await make_kernel(["admin"], [ALPHA, BETA], config={"theme_dirs": (tmp_path,)})
    for code in ("alpha", "beta"):
        ctx = kernel.context(kernel.directory.by_code(code), actor=SYSTEM)
        await kernel.auth.staff.create(
            ctx, email=f"ada@{code}.example", name="Ada", password="correct horse battery 9", role="owner"
        )
        client = await make_client(kernel, code)
        await client.sign_in_staff(f"ada@{code}.example", "correct horse battery 9")

        assert "The theme &#39;mist&#39; is left out" in await (await client.get("/admin/")).text()
