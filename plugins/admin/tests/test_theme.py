# SPDX-License-Identifier: Apache-2.0
"""The theme in the admin: which one a store uses, another one chosen, and its settings."""

import re
from html import unescape

import pytest
from plugins.admin.tests.conftest import errors_on, notices_on
from tests.shop import system

from shopwright.templating.overrides import read_overrides, save_override

THEME = "/admin/theme"
BEFORE = {"alpha": "atelier", "beta": "atelier"}
SCHEMA = """
name = "mist"
title = "Mist"
parent = "foundation"
[settings.palette]
type = "choice"
label = "Colours"
choices = ["grey", "blue"]
swatches = {grey = ["#ffffff", "#dddddd"], blue = ["#0000ff"]}
[settings.rows]
type = "number"
label = "Rows"
default = 2
minimum = 1
maximum = 4
[settings.words]
label = "Words"
default = "Hello"
[settings.version]
type = "boolean"
label = "Version"
"""


@pytest.fixture
async def kernel(make_kernel, fake_clock, tmp_path):
    from shopwright.testing.kernels import ALPHA, BETA

    folder = tmp_path / "themes"
    for name, text in {"mist": SCHEMA, "bare": 'name = "bare"', "broken": "name ="}.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "theme.toml").write_text(text)
    return await make_kernel(
        plugins=["storefront"], stores=[ALPHA, BETA], clock=fake_clock, config={"theme_dirs": (folder,)}
    )


@pytest.fixture
async def misty(ada):
    """The browser of the owner, whose store uses the theme mist."""
    assert (await ada.submit(f"{THEME}/mist", {})).status == 303
    return ada


async def saved(kernel, store="alpha"):
    own = (await read_overrides(system(kernel, store))).get("theme.toml")
    return own.source if own else None


async def used(kernel):
    return {store.code: store.theme for store in kernel.directory.all()}


async def test_the_page_shows_the_theme_in_use_the_others_and_those_left_out(ada):
    page = await (await ada.get(THEME)).text()

    assert '<h2 id="used">Atelier <span class="badge badge--on">in use' in page
    assert re.findall(r'href="/admin/theme/(\w+)">Choose', page) == ["bazaar", "foundation", "mist", "bare"]
    assert "The theme &#39;broken&#39; is left out" in page
    assert re.findall(r'type="radio" name="theme.palette" value="(\w+)"( checked)?', page) == [
        ("linen", " checked"),
        ("dusk", ""),
    ]
    assert '<rect x="0" width="24" height="24" fill="#fbf7f1"/>' in page


async def test_another_theme_is_chosen_after_a_question_and_holds_in_this_store_only(ada, kernel):
    page = await (await ada.get(f"{THEME}/bazaar")).text()
    assert "Use Bazaar?" in page
    assert await used(kernel) == BEFORE

    done = await ada.submit(f"{THEME}/bazaar", {})

    assert (done.status, done.headers["Location"]) == (303, THEME)
    assert await used(kernel) == {"alpha": "bazaar", "beta": "atelier"}
    assert (
        await notices_on(await ada.get(THEME))
        == [
            "The store now uses Bazaar. To go back, choose Atelier again: its settings are kept.",
            "The theme 'broken' is left out",
        ][:1]
    )
    entries = await kernel.auth.staff.all(system(kernel, "alpha"))
    assert entries
    assert "theme/bazaar/theme.css" in await (await ada.get("/")).text()


async def test_choosing_back_brings_the_settings_back(ada, kernel):
    await ada.submit(THEME, {"theme.palette": "dusk", "version": "0"})
    assert '<html lang="en" data-palette="dusk">' in await (await ada.get("/")).text()

    await ada.submit(f"{THEME}/bazaar", {})
    page = await (await ada.get(THEME)).text()
    assert "What was chosen before does not suit this theme" in page
    assert '<html lang="en" data-palette="harbour">' in await (await ada.get("/")).text()

    await ada.submit(f"{THEME}/atelier", {})
    assert '<html lang="en" data-palette="dusk">' in await (await ada.get("/")).text()


async def test_templates_that_the_other_theme_has_no_place_for_are_named(ada, kernel, tmp_path):
    (tmp_path / "themes" / "mist" / "snippets").mkdir()
    (tmp_path / "themes" / "mist" / "snippets" / "drop.html").write_text("drop")
    await ada.submit(f"{THEME}/mist", {})
    ctx = system(kernel, "alpha")
    await save_override(ctx, "snippets/drop.html", "mine")
    await save_override(ctx, "snippets/price.html", "mine")
    page = await (await ada.get(f"{THEME}/bazaar")).text()

    assert re.search(r"no place for these templates[^<]*<code>snippets/drop\.html</code></p>", page)
    assert re.search(r"stay in use[^<]*<code>snippets/price\.html</code></p>", page)


async def test_settings_are_a_form_made_of_the_theme_s_schema_and_keep_only_what_differs(misty, kernel):
    page = await (await misty.get(THEME)).text()
    assert re.findall(
        r'<input class="input" id="[^"]+" type="(\w+)" name="([^"]+)" value="([^"]*)"', page
    ) == [
        ("number", "theme.rows", "2"),
        ("text", "theme.words", "Hello"),
    ]

    values = {"theme.palette": "blue", "theme.rows": "2", "theme.words": 'A "B"\\ ä', "version": "0"}
    done = await misty.submit(THEME, {**values, "theme.version": "true"})

    assert done.status == 303
    assert await saved(kernel) == '[settings]\npalette = "blue"\nwords = "A \\"B\\"\\\\ ä"\nversion = true\n'
    assert await saved(kernel, "beta") is None
    page = await (await misty.get(THEME)).text()
    assert 'name="theme.words" value="A &#34;B&#34;\\ ä"' in page
    assert 'name="theme.version" value="true" checked' in page

    first = {"theme.palette": "grey", "theme.rows": "2", "theme.words": "Hello", "version": "1"}
    assert (await misty.submit(THEME, first)).status == 303
    assert await saved(kernel) is None


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"theme.rows": "many"}, {"theme.rows": "Please give a whole number."}),
        ({"theme.rows": ""}, {"theme.rows": "Please give a whole number."}),
        ({"theme.rows": "0"}, {"theme.rows": "Please give 1 or more."}),
        ({"theme.rows": "5"}, {"theme.rows": "Please give 4 or less."}),
        ({"theme.palette": "red"}, {"theme.palette": "Please choose one of the list."}),
    ],
)  # fmt: skip
async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(misty, kernel, fields, errors):
    good = {"theme.palette": "grey", "theme.rows": "2", "theme.words": "typed"}
    answer = await misty.submit(THEME, {**good, "version": "0", **fields})

    assert answer.status == 422
    assert await errors_on(answer) == errors
    text = await answer.text()
    assert 'value="typed"' in text
    assert f'value="{fields.get("theme.rows", "2")}"' in text
    assert await saved(kernel) is None


async def test_whoever_saves_settings_second_is_told_and_may_replace_them(misty, kernel):
    good = {"theme.palette": "grey", "theme.rows": "2"}
    await misty.submit(THEME, {**good, "theme.words": "first", "version": "0"})
    late = await misty.submit(THEME, {**good, "theme.words": "second", "version": "0"})

    assert late.status == 409
    text = unescape(await late.text())
    assert "Somebody else has changed this in the meantime." in text
    assert 'value="second"' in text
    assert 'name="version" value="1"' in text
    assert "first" in await saved(kernel)

    assert (await misty.submit(THEME, {**good, "theme.words": "second", "version": "1"})).status == 303
    assert "second" in await saved(kernel)


async def test_a_theme_that_is_not_installed_cannot_be_chosen(ada, kernel):
    assert (await ada.get(f"{THEME}/broken")).status == 404
    assert (await ada.submit(THEME, {}, action=f"{THEME}/nowhere")).status == 404
    assert await used(kernel) == BEFORE


async def test_a_store_whose_theme_is_gone_is_told_and_still_sells(ada, kernel):
    from sqlalchemy import text

    ctx = system(kernel, "alpha")
    await ctx.run(
        lambda session: session.execute(text("UPDATE kernel_store SET theme = 'gone' WHERE code = 'alpha'"))
    )
    await kernel.reload()

    assert "The theme gone is not installed." in await (await ada.get(THEME)).text()
    assert (await ada.get("/")).status == 200


async def test_whoever_may_only_look_sees_the_theme_and_changes_nothing(ctx, hire, browser, kernel):
    await kernel.auth.roles.save(ctx, "looks", "Looks", {"kernel.settings.view"})
    await hire("pat@example.com", role="looks")
    pat = await browser("pat@example.com")
    page = await (await pat.get(THEME)).text()

    assert ">Save</button>" not in page
    assert ">Choose" not in page
    assert (await pat.get(f"{THEME}/bazaar")).status == 403
    assert (await pat.submit(THEME, {"theme.palette": "dusk"})).status == 403
    assert (await pat.submit(THEME, {}, action=f"{THEME}/bazaar")).status == 403
    assert await used(kernel) == BEFORE
    assert await saved(kernel) is None


async def test_whoever_may_not_see_settings_sees_no_theme(ctx, hire, browser, kernel):
    await kernel.auth.roles.save(ctx, "jobs", "Jobs", {"kernel.jobs.view"})
    await hire("pat@example.com", role="jobs")
    pat = await browser("pat@example.com")

    assert [(await pat.get(path)).status for path in (THEME, "/admin/templates")] == [403, 403]
    assert 'href="/admin/theme"' not in await (await pat.get("/admin/")).text()
