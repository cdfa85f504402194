# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import jinja2
import pytest
from babel.messages.frontend import parse_mapping_cfg

from shopwright.i18n.check import METHODS, OPTIONS, Finding, check_translations

ROOT = Path(__file__).parents[2]

SOURCE = """\
LABEL = translatable("Edit products")
def show(ctx, n):
    ctx.gettext("Hello %(name)s", name="Ada")
    ctx.pgettext("verb", "Order")
    ctx.ngettext("%(num)d parcel", "%(num)d parcels", n)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "views.py").write_text(SOURCE)
    (tmp_path / "templates" / "shop").mkdir(parents=True)
    (tmp_path / "templates" / "shop" / "cart.html").write_text("<h1>{{ gettext('Cart') }}</h1>")
    (tmp_path / "templates" / "shop" / "mail.txt").write_text("{% trans %}Thank you{% endtrans %}")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text('gettext("Only in a test")')
    return tmp_path


def translate(package: Path, locale: str, body: str) -> None:
    path = package / "locales" / locale / "messages.po"
    path.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(header + body, encoding="utf-8")


COMPLETE = """\
msgid "Edit products"
msgstr "Produkte bearbeiten"

msgid "Hello %(name)s"
msgstr "Hallo %(name)s"

msgctxt "verb"
msgid "Order"
msgstr "Bestellen"

msgid "%(num)d parcel"
msgid_plural "%(num)d parcels"
msgstr[0] "Ein Paket"
msgstr[1] "%(num)d Pakete"

msgid "Cart"
msgstr "Warenkorb"

msgid "Thank you"
msgstr "Danke"
"""


def test_a_complete_translation_has_no_findings(package: Path) -> None:
    translate(package, "de", COMPLETE)

    assert check_translations(package) == []


def test_missing_fuzzy_and_broken_strings_are_listed_with_their_places(package: Path) -> None:
    body = COMPLETE.replace('msgid "Cart"', '#, fuzzy\nmsgid "Cart"')
    body = body.replace("Hallo %(name)s", "Hallo %(nome)s").replace("Danke", "").replace("%(num)d Pakete", "")
    translate(package, "de", body)

    assert check_translations(package) == [
        Finding("de", "fuzzy", "Cart", ("templates/shop/cart.html:1",)),
        Finding("de", "missing", "Thank you", ("templates/shop/mail.txt:1",)),
        Finding("de", "placeholders", "Hello %(name)s", ("views.py:3",)),
        Finding("de", "missing", "%(num)d parcel", ("views.py:5",)),
    ]


def test_a_locale_asked_for_but_not_there_lacks_everything(package: Path) -> None:
    translate(package, "de", COMPLETE)

    findings = check_translations(package, ["de", "fr"])

    assert {finding.locale for finding in findings} == {"fr"}
    assert sorted(finding.message for finding in findings) == [
        "%(num)d parcel",
        "Cart",
        "Edit products",
        "Hello %(name)s",
        "Order",
        "Thank you",
    ]
    assert str(findings[0]) == "fr: missing: 'Cart' (templates/shop/cart.html:1)"


def test_a_template_that_does_not_parse_fails_the_check(package: Path) -> None:
    (package / "templates" / "shop" / "cart.html").write_text("{% if %}")

    with pytest.raises(jinja2.TemplateSyntaxError):
        check_translations(package, ["de"])


def test_the_command_line_extracts_what_the_check_extracts() -> None:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)

    assert methods == METHODS
    assert {pattern: values for pattern, values in options.items() if values} == OPTIONS


@pytest.mark.parametrize("locale", ["de", "es"])
def test_what_the_kernel_says_is_translated(locale):
    assert check_translations(ROOT / "platform" / "shopwright", [locale]) == []
