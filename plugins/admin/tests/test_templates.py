# SPDX-License-Identifier: Apache-2.0
"""Templates in the admin: found, changed beside the original, shut in, and gone back from."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from plugins.admin.tests.conftest import errors_on
from tests.shop import system

from shopwright.templating.overrides import read_overrides, save_override
from shopwright.testing.kernels import ALPHA, BETA

LIST, EDIT, REMOVE = "/admin/templates", "/admin/templates/edit", "/admin/templates/remove"
HERO = f"{EDIT}?path=sections/hero.html"


@pytest.fixture
async def kernel(make_kernel, fake_clock):
    return await make_kernel(plugins=["storefront"], stores=[ALPHA, BETA], clock=fake_clock)


@pytest.fixture
def own(kernel):
    """The templates a store has of its own: text and version by name."""

    async def read(store="alpha"):
        found = await read_overrides(system(kernel, store))
        return {path: (override.source, override.version) for path, override in found.items()}

    return read


@pytest.fixture
async def cy(hire, browser):
    """Another owner of alpha."""
    await hire("cy@example.com")
    return await browser("cy@example.com")


async def source_on(response) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", await response.text(), re.DOTALL)
    return unescape(found[1])


async def version_on(response) -> int:
    return int(re.search(r'name="version" value="(\d+)"', await response.text())[1])


def rows(page: str) -> dict[str, tuple[str, str]]:
    found = re.findall(
        r'<code>([^<]+)</code></a></td><td>([^<]*)</td>\s*<td><span class="[^"]*">([^<]+)<', page
    )
    return {name: (origin, state) for name, origin, state in found}


async def test_the_list_has_what_can_be_overridden_with_where_it_comes_from(ada):
    found = rows(await (await ada.get(LIST)).text())

    assert found["sections/hero.html"] == ("Foundation", "original")
    assert found["storefront/home.toml"] == ("Atelier", "original")
    assert found["storefront/slots/categories.html"] == ("Storefront", "original")
    assert found["errors/page.html"] == ("Shopwright", "original")
    assert [name for name in found if "admin" in name or name.endswith((".css", ".po"))] == []


async def test_the_list_is_searched_and_narrowed_to_the_store_s_own(ada, kernel):
    await save_override(system(kernel, "alpha"), "snippets/price.html", "mine")
    await save_override(system(kernel, "beta"), "sections/hero.html", "theirs")

    assert list(rows(await (await ada.get(f"{LIST}?q=PRICE")).text())) == ["snippets/price.html"]
    assert rows(await (await ada.get(f"{LIST}?own=yes")).text()) == {
        "snippets/price.html": ("Foundation", "your own")
    }
    assert "Nothing was found" in await (await ada.get(f"{LIST}?q=nothing")).text()


async def test_the_editor_begins_with_the_original_and_shows_it_beside(ada, kernel):
    page = await ada.get(HERO)
    original = kernel.templates.originals(system(kernel, "alpha").store)["sections/hero.html"].read_text()

    assert await source_on(page) == original
    shown = re.search(r'aria-labelledby="original">([^<]*)</pre>', await page.text())
    assert unescape(shown[1]) == original
    assert "This is the original, unchanged." in await page.text()


async def test_a_saved_template_holds_in_this_store_only(ada, own, make_client, kernel):
    done = await ada.submit(HERO, {"source": "\r\n<h1>Mine</h1>\r\n<p>ä</p>", "version": "0"})
    beta = await make_client(kernel, "beta")

    assert (done.status, unquote(done.headers["Location"])) == (303, HERO)
    assert await own() == {"sections/hero.html": ("\n<h1>Mine</h1>\n<p>ä</p>", 1)}
    assert await own("beta") == {}
    assert await source_on(await ada.get(HERO)) == "\n<h1>Mine</h1>\n<p>ä</p>"
    assert "<h1>Mine</h1>" in await (await ada.get("/")).text()
    assert "<h1>Mine" not in await (await beta.get("/")).text()


async def test_what_differs_is_shown_before_anything_is_saved(ada, own):
    text = (await source_on(await ada.get(HERO))) + "<b>new</b>\n"
    answer = await ada.submit(HERO, {"source": text, "version": "0", "do": "compare"})

    assert answer.status == 200
    assert await source_on(answer) == text
    assert "<ins>+&lt;b&gt;new&lt;/b&gt;</ins>" in await answer.text()
    assert await own() == {}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<p>\n{% if %}", "Line 2: Expected an expression, got 'end of statement block'"),
        ("\n\n{{ 1 | safe }}", "Line 3: No filter named 'safe'."),
        ("{% autoescape false %}{{ x }}{% endautoescape %}", "Line 1: "),
        ("x" * 100_001, "A template has at most 100000 characters."),
        ("a\0b", "This holds a character that cannot be stored."),
    ],
)  # fmt: skip
async def test_an_error_names_the_line_and_nothing_typed_is_lost(ada, own, source, message):
    answer = await ada.submit(HERO, {"source": source, "version": "0"})

    assert answer.status == 422
    assert (await errors_on(answer))["source"].startswith(message)
    assert (await source_on(answer)).replace("\0", "") == source.replace("\0", "")
    assert await own() == {}


async def test_a_page_s_arrangement_is_checked_too(ada, own):
    address = f"{EDIT}?path=storefront/home.toml"
    answer = await ada.submit(
        address, {"source": '[[sections]]\ntype = "sections/none.html"', "version": "0"}
    )

    assert answer.status == 422
    assert "there is no section 'sections/none.html'" in (await errors_on(answer))["source"]
    assert await own() == {}


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ page.__init__.__globals__ }}",
    "{{ url.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ '%s' | format('x').__class__ }}",
    "{{ ''['__cla' ~ 'ss__'] }}",
    "{{ '' | attr('__class__') }}",
    "{{ ctx.kernel }}",
    "{{ store.kernel.config.secret_keys }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../theme.toml' %}",
    "{% include 'admin/frame.html' %}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
]


@pytest.mark.parametrize("source", ESCAPES)
async def test_nothing_typed_into_the_editor_leaves_the_sandbox(ada, browser, source):
    """Refused when it is saved, or else never shown: customers get the original."""
    customer = await browser()
    before = await (await customer.get("/")).text()
    answer = await ada.submit(HERO, {"source": f"<i>escaped</i>{source}", "version": "0"})
    assert answer.status in {303, 422}

    page = await customer.get("/")
    assert page.status == 200
    assert await page.text() == before


async def test_a_template_that_fails_is_shown_on_the_list_with_its_line(ada, browser):
    customer = await browser()
    for number in range(5):
        source = f"<p>{number}\n{{{{ ''.__class__ }}}}"
        assert (await ada.submit(HERO, {"source": source, "version": str(number)})).status == 303
        assert (await customer.get("/")).status == 200

    page = unescape(await (await ada.get(LIST)).text())
    assert "A template of your own fails" in page
    assert "sections/hero.html, line 2" in page


async def test_whoever_saves_second_is_told_sees_what_is_there_and_loses_nothing(ada, cy, own):
    version = str(await version_on(await ada.get(HERO)))
    await cy.submit(HERO, {"source": "theirs\nsame", "version": version})
    late = await ada.submit(HERO, {"source": "mine\nsame", "version": version})

    assert late.status == 409
    assert await source_on(late) == "mine\nsame"
    text = await late.text()
    assert "Somebody else has changed this in the meantime." in text
    assert "<del>-theirs</del>" in text
    assert await own() == {"sections/hero.html": ("theirs\nsame", 1)}

    again = await ada.submit(HERO, {"source": "mine\nsame", "version": str(await version_on(late))})
    assert again.status == 303
    assert await own() == {"sections/hero.html": ("mine\nsame", 2)}


async def test_whoever_saves_what_somebody_removed_is_told(ada, cy, own):
    await ada.submit(HERO, {"source": "mine", "version": "0"})
    await cy.submit(f"{REMOVE}?path=sections/hero.html", {"version": "1"})
    late = await ada.submit(HERO, {"source": "mine again", "version": "1"})

    assert late.status == 409
    assert "The original is in use again." in await late.text()
    assert await own() == {}
    assert (await ada.submit(HERO, {"source": "mine again", "version": "0"})).status == 303


async def test_the_original_comes_back_after_a_question(ada, own):
    await ada.submit(HERO, {"source": "<h1>Mine</h1>", "version": "0"})
    page = await (await ada.get(f"{REMOVE}?path=sections/hero.html")).text()
    assert "<del>-&lt;h1&gt;Mine&lt;/h1&gt;</del>" in page
    assert await own() != {}

    done = await ada.submit(f"{REMOVE}?path=sections/hero.html", {"version": "1"})

    assert (done.status, done.headers["Location"]) == (303, LIST)
    assert await own() == {}
    assert "Mine" not in await (await ada.get("/")).text()
    assert (await ada.get(f"{REMOVE}?path=sections/hero.html")).status == 404


async def test_what_was_saved_since_is_not_removed(ada, cy, own):
    await ada.submit(HERO, {"source": "mine", "version": "0"})
    await cy.submit(HERO, {"source": "theirs", "version": "1"})
    late = await ada.submit(f"{REMOVE}?path=sections/hero.html", {"version": "1"})

    assert late.status == 409
    assert await own() == {"sections/hero.html": ("theirs", 2)}


async def test_a_template_without_a_place_is_listed_first_and_can_only_be_removed(ada, kernel, own):
    await save_override(system(kernel, "alpha"), "storefront/home.toml", "sections = []")
    await ada.submit("/admin/plugins/storefront/switch?to=off", {"to": "off"})
    await ada.submit("/admin/theme/foundation", {})
    path = "storefront/slots/categories.html"
    assert path not in rows(await (await ada.get(LIST)).text())

    await ada.submit("/admin/plugins/storefront/switch?to=on", {"to": "on"})
    await ada.submit(f"{EDIT}?path={path}", {"source": "mine", "version": "0"})
    await ada.submit("/admin/plugins/storefront/switch?to=off", {"to": "off"})

    found = rows(await (await ada.get(LIST)).text())
    assert next(iter(found.items())) == (path, ("–", "without effect"))
    answer = await ada.submit(f"{EDIT}?path={path}", {"source": "again", "version": "1"})
    assert (await errors_on(answer))["source"] == f"There is no template {path}."
    assert (await ada.submit(f"{REMOVE}?path={path}", {"version": "1"})).status == 303
    assert path not in await own()


@pytest.mark.parametrize(
    "path",
    [
        "admin/frame.html",
        "catalog/admin/product.html",
        "../theme.toml",
        "/etc/passwd",
        "nowhere.html",
        "theme.toml",
    ],
)
async def test_only_templates_of_customers_pages_can_be_opened(ada, path, own):
    assert (await ada.get(EDIT, params={"path": path})).status == 404
    sent = await ada.submit(
        LIST + "/edit?path=sections/hero.html", {"source": "x"}, action=f"{EDIT}?path={path}"
    )
    assert sent.status == 404
    assert await own() == {}


async def test_whoever_may_only_look_reads_templates_and_changes_none(ctx, hire, browser, kernel, own, ada):
    await ada.submit(HERO, {"source": "mine", "version": "0"})
    await kernel.auth.roles.save(ctx, "looks", "Looks", {"kernel.settings.view"})
    await hire("pat@example.com", role="looks")
    pat = await browser("pat@example.com")
    page = await pat.get(HERO)

    assert " readonly>" in await page.text()
    assert ">Save</button>" not in await page.text()
    assert (await pat.submit(HERO, {"source": "theirs", "version": "1"})).status == 403
    assert (await pat.get(f"{REMOVE}?path=sections/hero.html")).status == 403
    assert (
        await pat.submit(HERO, {"version": "1"}, action=f"{REMOVE}?path=sections/hero.html")
    ).status == 403
    assert await own() == {"sections/hero.html": ("mine", 1)}
