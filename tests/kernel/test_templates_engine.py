# SPDX-License-Identifier: Apache-2.0
"""Where templates come from, how pages are arranged, and what slots and stores' own templates may break."""

import asyncio
import hashlib
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from shopwright.activation import switch_plugin
from shopwright.actor import SYSTEM
from shopwright.db import QueryLog
from shopwright.errors import Invalid, Unauthorized
from shopwright.money import Money
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.templating.overrides import remove_override, save_override
from shopwright.templating.pages import ThemeError
from shopwright.templating.slots import Fragment
from shopwright.testing.kernels import ALPHA, BETA

FILES = {
    "themes/base/theme.toml": 'name = "base"\n[settings.palette]\ntype = "choice"\nchoices = ["day", "night"]',
    "themes/base/layouts/base.html": "<title>{{ title | default(store.name) }}</title>{% block content %}{% endblock %}",
    "themes/base/layouts/page.html": '{% extends "layouts/base.html" %}{% block content %}{{ sections }}{% endblock %}',
    "themes/base/sections/hero.html": "<h1>{{ section.settings.heading }}{{ page.title }}</h1>{{ slot('hero', page) }}",
    "themes/base/sections/hero.toml": '[settings.heading]\ntype = "text"\n[settings.rows]\ntype = "number"\ndefault = 2\nmaximum = 4',
    "themes/base/snippets/cost.html": "{% macro cost(of) %}{{ of | money }} {{ _('tax') }}{% endmacro %}",
    "themes/base/templates/shelf/home.toml": '[[sections]]\ntype = "sections/hero.html"',
    "themes/base/locales/de/messages.po": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "tax"\nmsgstr "Steuer"\n',
    "themes/base/assets/theme.css": "body{}",
    "themes/atelier/theme.toml": 'name = "atelier"\nparent = "base"',
    "themes/atelier/snippets/mine.html": "of the theme",
    "themes/broken/theme.toml": "name =",
    "shelf/templates/shelf/book.html": '{% from "snippets/cost.html" import cost %}{{ book.title }} {{ cost(book.price) }}',
    "shelf/templates/shelf/slow.html": "{% for a in range(3000) %}{% for b in range(3000) %}{% endfor %}{% endfor %}",
    "shelf/templates/shelf/hero.html": "<p>{{ model.title }} {{ words }}</p>",
    "shelf/templates/shelf/broken.html": "{{ missing }}",
    "shelf/templates/shelf/loop.html": "{{ slot('loop') }}",
    "shelf/templates/shelf/admin/page.html": "admin",
    "shelf/templates/shelf/when.html": "{{ at | date }} {{ at | datetime }}",
}


@dataclass(frozen=True, slots=True)
class Book:
    title: str
    price: Money = field(default_factory=lambda: Money(900, "EUR"))


class Shelf(Plugin):
    manifest = Manifest(name="shelf", version="1", title="Shelf", summary="Books.")
    package = "shelf_for_templates.shelf"

    @hookimpl
    async def template_slot(self, ctx, slot, model):
        if slot == "hero":
            return [Fragment("shelf/hero.html", {"words": "<b>"}), Fragment("shelf/broken.html", priority=1)]
        return [Fragment("shelf/loop.html")] if slot == "loop" else []


@pytest.fixture
async def kernel(make_kernel, tmp_path, monkeypatch):
    root = tmp_path / "shelf_for_templates"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "__init__.py").touch()
    (root / "shelf" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield await make_kernel([Shelf], [ALPHA, BETA], config={"theme_dirs": (root / "themes",)})
    for name in [name for name in sys.modules if name.startswith("shelf_for_templates")]:
        del sys.modules[name]


def of(kernel, code="alpha", **options):
    return kernel.context(kernel.directory.by_code(code), **{"actor": SYSTEM, **options})


async def page(kernel, code="alpha", **options):
    return await of(kernel, code, **options).kernel.templates.page(
        of(kernel, code, **options), "shelf/home", Book("A & B"), {}
    )


async def test_templates_come_from_the_theme_its_parent_the_plugins_and_the_kernel(kernel):
    ctx = of(kernel)

    assert await ctx.render("snippets/mine.html") == "of the theme"
    assert await ctx.render("shelf/book.html", book=Book("Ä")) == "Ä €9.00 tax"
    assert "Request" in await ctx.render("errors/page.html", status=404, title="T", detail="", request_id="r")


async def test_templates_of_a_plugin_that_is_off_do_not_exist(kernel):
    await switch_plugin(of(kernel), "shelf", enabled=False)

    with pytest.raises(TemplateNotFound):
        await of(kernel).render("shelf/book.html", book=Book("A"))
    assert await of(kernel, "beta").render("shelf/book.html", book=Book("A")) == "A €9.00 tax"


async def test_no_name_leads_out_of_the_folders(kernel):
    for name in (
        "../conftest.py",
        "/etc/passwd",
        "shelf/../../x.html",
        "shelf//book.html",
        "shelf\\book.html",
    ):
        with pytest.raises(TemplateNotFound):
            await of(kernel).render(name)


async def test_texts_and_amounts_are_in_the_language_of_the_request(kernel):
    ctx = of(kernel, locale="de")

    assert await ctx.render("shelf/book.html", book=Book("A")) == "A 9,00\N{NO-BREAK SPACE}€ Steuer"
    assert await of(kernel).render("shelf/book.html", book=Book("A")) == "A €9.00 tax"


async def test_dates_are_in_the_store_s_time_zone_and_language(kernel):
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert (await of(kernel).render("shelf/when.html", at=at)).startswith("Mar 1, 2026 ")


async def test_a_page_is_its_sections_in_its_layout(kernel):
    assert await page(kernel) == "<title>Alpha</title><h1>A &amp; B</h1><p>A &amp; B &lt;b&gt;</p>"


async def test_rendering_reads_no_database_once_a_store_is_known(kernel):
    await page(kernel)
    with QueryLog().recording() as log:
        await page(kernel)

    assert log.statements == []


async def test_a_fragment_that_fails_is_left_out_and_becomes_a_problem(kernel, caplog):
    for _ in range(5):
        await page(kernel)

    problems = [(p.plugin, p.hook) for p in kernel.problems.for_store(of(kernel).store.id)]
    assert problems == [("broken", ""), ("shelf", "template shelf/broken.html")]
    assert [p.plugin for p in kernel.problems.for_store(of(kernel, "beta").store.id)] == ["broken"]
    caplog.clear()
    assert "<p>A &amp; B &lt;b&gt;</p>" in await page(kernel)
    assert caplog.records == []


async def test_slots_within_themselves_end(kernel):
    assert await of(kernel).render("shelf/loop.html") == ""


@pytest.mark.parametrize(
    ("arrangement", "message"),
    [
        ('[[sections]]\ntype = "sections/hero.html"\nsettings = {colour = "red"}',
         "section 'sections/hero.html': unknown setting 'colour'; it takes: heading, rows"),
        ('[[sections]]\ntype = "sections/hero.html"\nsettings = {rows = "3"}', "setting 'rows' takes a number, not '3'"),
        ('[[sections]]\ntype = "sections/hero.html"\nsettings = {rows = 9}', "setting 'rows' takes None to 4, not 9"),
        ('[[sections]]\ntype = "sections/none.html"', "there is no section 'sections/none.html'"),
        ('[[section]]\ntype = "sections/hero.html"', "unknown key 'section'; use layout, sections"),
        ("layout =", "Invalid value"),
    ],
)  # fmt: skip
async def test_what_a_page_gets_wrong_is_named(kernel, arrangement, message):
    with pytest.raises(Invalid) as refused:
        await save_override(of(kernel), "shelf/home.toml", arrangement)

    assert message in refused.value.detail
    assert refused.value.errors[0].pointer == "/source"


async def test_a_wrong_page_of_a_theme_is_named_with_its_file(kernel, tmp_path):
    file = tmp_path / "shelf_for_templates/themes/base/templates/shelf/home.toml"
    file.write_text('[[sections]]\ntype = "sections/hero.html"\nsettings = {colour = "red"}')

    with pytest.raises(
        ThemeError, match=r"home\.toml: section 'sections/hero\.html': unknown setting 'colour'"
    ):
        await page(kernel)


async def test_texts_of_a_page_may_be_one_for_each_language(kernel):
    words = '{en = "Hello ", de = "Hallo "}'
    await save_override(
        of(kernel),
        "shelf/home.toml",
        f'[[sections]]\ntype = "sections/hero.html"\nsettings.heading = {words}',
    )

    assert "<h1>Hello A" in await page(kernel)
    assert "<h1>Hallo A" in await page(kernel, locale="de")


async def test_a_store_chooses_the_settings_of_its_theme(kernel):
    shown = "{{ theme.name }} {{ theme.settings.palette }}"
    await save_override(of(kernel), "snippets/mine.html", shown)
    assert await of(kernel).render("snippets/mine.html") == "atelier day"

    await save_override(of(kernel), "theme.toml", 'settings.palette = "night"')
    assert await of(kernel).render("snippets/mine.html") == "atelier night"

    with pytest.raises(Invalid, match="setting 'palette' is 'noon'; use one of day, night"):
        await save_override(of(kernel), "theme.toml", 'settings.palette = "noon"')


async def test_settings_a_theme_does_not_have_any_more_are_left_out(kernel, caplog):
    await save_override(of(kernel), "theme.toml", 'settings.palette = "night"')
    kernel.templates.themes.get("base").settings.clear()
    await kernel.reload()

    assert "<h1>" in await page(kernel)
    assert "unknown setting 'palette'" in caplog.text


async def test_a_store_s_own_template_holds_in_that_store_from_the_next_request_on(kernel):
    await page(kernel)
    await save_override(of(kernel), "sections/hero.html", "<h2>{{ page.title }}</h2>")

    assert await page(kernel) == "<title>Alpha</title><h2>A &amp; B</h2>"
    assert "<h1>" in await page(kernel, "beta")

    await save_override(of(kernel), "sections/hero.html", "<h3>{{ page.title }}</h3>")
    assert "<h3>" in await page(kernel)
    await remove_override(of(kernel), "sections/hero.html")
    assert "<h1>" in await page(kernel)


async def test_other_processes_see_a_store_s_own_template(kernel, make_kernel, tmp_path):
    root = tmp_path / "shelf_for_templates"
    other = await make_kernel(
        [Shelf], [ALPHA, BETA], config={"theme_dirs": (root / "themes",)}, url=kernel.config.database_url
    )
    assert "<h1>" in await page(other)

    await save_override(of(kernel), "sections/hero.html", "<h2>{{ page.title }}</h2>")
    async with asyncio.timeout(5):
        while "<h2>" not in await page(other):  # noqa: ASYNC110 - the news come through the database
            await asyncio.sleep(0.02)


async def test_while_a_store_s_own_template_fails_customers_get_the_theme_s(kernel, caplog):
    await save_override(
        of(kernel), "sections/hero.html", "<h2>\n{% if page.title %}{{ page.format }}{% endif %}"
    )

    for _ in range(5):
        assert "<h1>A &amp; B</h1>" in await page(kernel)

    assert "sections/hero.html, line 2: 'format' of a Book is out of reach" in caplog.text
    problems = {p.hook: p for p in kernel.problems.for_store(of(kernel).store.id)}
    assert problems["shelf/home.toml of the store"].plugin == "templates"
    assert "sections/hero.html, line 2" in problems["shelf/home.toml of the store"].detail


async def test_a_store_s_own_template_that_is_too_much_does_not_keep_customers_waiting(kernel, caplog):
    await save_override(of(kernel), "sections/hero.html", FILES["shelf/templates/shelf/slow.html"])

    assert "<h1>" in await page(kernel)
    assert "sections/hero.html, line 1: it does more than 100000 steps" in caplog.text


async def test_limits_hold_for_a_page_with_all_its_slots(kernel, caplog):
    await save_override(of(kernel), "shelf/hero.html", "{% for a in range(60000) %}{% endfor %}")
    await save_override(
        of(kernel), "sections/hero.html", "own {{ slot('hero', page) }}{{ slot('hero', page) }}"
    )

    assert "<h1>" in await page(kernel)
    assert "it does more than 100000 steps" in caplog.text


async def test_many_slots_are_too_much_for_a_store_s_own_template(kernel, caplog):
    await save_override(
        of(kernel), "sections/hero.html", "{% for a in range(300) %}{{ slot('none') }}{% endfor %}"
    )

    assert "<h1>" in await page(kernel)
    assert "it does more than 100000 steps" in caplog.text


@pytest.mark.parametrize(
    ("path", "source", "message"),
    [
        ("sections/hero.html", "<p>\n{% if %}", "Line 2: Expected an expression, got 'end of statement block'"),
        ("sections/hero.html", "\n\n{{ 1 | safe }}", "Line 3: No filter named 'safe'."),
        ("sections/hero.html", "{% for a in [] recursive %}{% endfor %}", "Line 1: Recursive loops are not available."),
        ("sections/hero.html", "{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}", "nested too deeply"),
        ("sections/hero.html", "x" * 100_001, "A template has at most 100000 characters."),
        ("sections/other.html", "x", "There is no template sections/other.html."),
        ("shelf/admin/page.html", "x", "Templates of the admin cannot be changed by a store."),
        ("admin/frame.html", "x", "Templates of the admin cannot be changed by a store."),
    ],
)  # fmt: skip
async def test_a_template_that_cannot_work_is_not_saved(kernel, path, source, message):
    with pytest.raises(Invalid) as refused:
        await save_override(of(kernel), path, source)

    assert message in refused.value.detail
    assert await of(kernel).fetch_value("SELECT count(*) FROM kernel_template_override") == 0


async def test_only_staff_who_may_save_templates(kernel):
    ctx = kernel.context(kernel.directory.by_code("alpha"))

    with pytest.raises(Unauthorized):
        await save_override(ctx, "sections/hero.html", "x")
    with pytest.raises(Unauthorized):
        await remove_override(ctx, "sections/hero.html")


async def test_pages_of_the_admin_know_nothing_of_a_store_s_own_templates(kernel):
    await save_override(of(kernel), "layouts/base.html", "mine")

    assert await of(kernel).render("shelf/admin/page.html") == "admin"


async def test_an_error_in_a_file_says_where_it_is(kernel):
    with pytest.raises(UndefinedError) as failed:
        await of(kernel).render("shelf/broken.html")

    assert failed.value.__notes__ == ["In the template shelf/broken.html, line 1."]


async def test_addresses_of_files_carry_their_fingerprint(kernel):
    ctx = of(kernel)

    fingerprint = hashlib.sha256(b"body{}").hexdigest()[:10]
    assert kernel.templates.asset_url(ctx, "theme.css") == f"/static/theme/base/theme.css?v={fingerprint}"
    assert kernel.templates.asset_url(ctx, "none.css") == "/static/theme/atelier/none.css"


async def test_a_store_whose_theme_is_gone_is_shown_in_another_one(kernel):
    store = of(kernel).store
    await kernel.db.run(None, lambda s: _use_theme(s, store.id, "gone"))
    await kernel.reload()

    assert "<h1>A &amp; B</h1>" in await page(kernel)


async def _use_theme(session, store_id, theme):
    from sqlalchemy import text

    await session.execute(
        text("UPDATE kernel_store SET theme = :theme WHERE id = :id"), {"theme": theme, "id": store_id}
    )
