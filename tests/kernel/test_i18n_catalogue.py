# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from shopwright.i18n import TranslationRegistry

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plural}\\n"\n\n'
TWO_FORMS = "nplurals=2; plural=(n != 1);"
POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


def write(folder: Path, locale: str, body: str, plural: str = TWO_FORMS) -> Path:
    path = folder / locale / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(plural=plural) + body, encoding="utf-8")
    return folder


def pair(source: str, target: str) -> str:
    return f'msgid "{source}"\nmsgstr "{target}"\n\n'


@pytest.fixture
def registry(tmp_path: Path) -> TranslationRegistry:
    registry = TranslationRegistry()
    kernel = write(tmp_path / "kernel", "de", pair("Cart", "Warenkorb") + pair("Save", "Speichern"))
    write(kernel, "de-AT", pair("January", "Jänner"))
    write(kernel, "en", pair("Shipping", "Delivery"))
    registry.add(kernel, "kernel")
    return registry


def test_a_message_falls_back_from_region_to_language_to_default_to_source(
    registry: TranslationRegistry,
) -> None:
    austrian = registry.for_locale("de-AT")

    assert [austrian.gettext(text) for text in ("January", "Cart", "Shipping", "Unheard of")] == [
        "Jänner",
        "Warenkorb",
        "Delivery",
        "Unheard of",
    ]
    assert registry.for_locale("de").gettext("January") == "January"
    assert registry.for_locale("fr").gettext("Shipping") == "Delivery"


def test_what_is_added_later_wins_message_by_message(registry: TranslationRegistry, tmp_path: Path) -> None:
    before = registry.for_locale("de")
    registry.add(write(tmp_path / "theme", "de", pair("Cart", "Korb")), "theme")
    after = registry.for_locale("de")

    assert (before.gettext("Cart"), after.gettext("Cart"), after.gettext("Save")) == (
        "Warenkorb",
        "Korb",
        "Speichern",
    )
    assert registry.origins("de") == ["kernel", "theme"]


def test_a_later_text_for_a_language_does_not_hide_the_regional_one(
    registry: TranslationRegistry, tmp_path: Path
) -> None:
    registry.add(write(tmp_path / "theme", "de", pair("January", "Januar")), "theme")

    assert registry.for_locale("de-AT").gettext("January") == "Jänner"


def test_values_fill_named_places_and_a_text_without_values_stays_as_it_is(tmp_path: Path) -> None:
    registry = TranslationRegistry()
    body = pair("Hello %(name)s", "Hallo %(name)s") + pair("100 % cotton", "100 % Baumwolle")
    registry.add(write(tmp_path, "de", body), "kernel")
    german = registry.for_locale("de")

    assert german.gettext("Hello %(name)s", name="Ada") == "Hallo Ada"
    assert german.gettext("100 % cotton") == "100 % Baumwolle"


@pytest.mark.parametrize("broken", ["Hallo %(nam)s", "Hallo %(name)", "Hallo %(name)d", "100 % %(name)s"])
def test_a_broken_placeholder_shows_the_source_instead_of_failing(tmp_path: Path, broken: str) -> None:
    registry = TranslationRegistry()
    registry.add(write(tmp_path, "de", pair("Hello %(name)s", broken)), "kernel")

    assert registry.for_locale("de").gettext("Hello %(name)s", name="Ada") == "Hello Ada"


def test_plural_forms_follow_each_language(tmp_path: Path) -> None:
    registry = TranslationRegistry()
    body = (
        'msgid "%(num)d parcel"\nmsgid_plural "%(num)d parcels"\n'
        'msgstr[0] "%(num)d paczka"\nmsgstr[1] "%(num)d paczki"\nmsgstr[2] "%(num)d paczek"\n'
    )
    registry.add(write(tmp_path, "pl", body, POLISH), "kernel")
    japanese = 'msgid "%(num)d parcel"\nmsgid_plural "%(num)d parcels"\nmsgstr[0] "荷物%(num)d個"\n'
    registry.add(write(tmp_path / "ja", "ja", japanese, "nplurals=1; plural=0;"), "kernel")

    def say(locale: str, number: int) -> str:
        return registry.for_locale(locale).ngettext("%(num)d parcel", "%(num)d parcels", number)

    assert [say("pl", n) for n in (1, 2, 5, 22)] == ["1 paczka", "2 paczki", "5 paczek", "22 paczki"]
    assert [say("ja", n) for n in (1, 2)] == ["荷物1個", "荷物2個"]
    assert [say("fr", n) for n in (0, 1, 2)] == ["0 parcels", "1 parcel", "2 parcels"]


def test_a_context_tells_equal_words_apart(tmp_path: Path) -> None:
    registry = TranslationRegistry()
    body = (
        'msgctxt "verb"\nmsgid "Order"\nmsgstr "Bestellen"\n\n'
        'msgctxt "noun"\nmsgid "Order"\nmsgid_plural "Orders"\n'
        'msgstr[0] "Bestellung"\nmsgstr[1] "Bestellungen"\n'
    )
    registry.add(write(tmp_path, "de", body), "kernel")
    german = registry.for_locale("de")

    assert german.pgettext("verb", "Order") == "Bestellen"
    assert german.npgettext("noun", "Order", "Orders", 2) == "Bestellungen"
    assert german.gettext("Order") == "Order"


def test_fuzzy_and_empty_translations_are_not_shown(tmp_path: Path) -> None:
    registry = TranslationRegistry()
    registry.add(write(tmp_path, "de", pair("Cart", "") + "#, fuzzy\n" + pair("Save", "Retten")), "kernel")
    german = registry.for_locale("de")

    assert [german.gettext(text) for text in ("Cart", "Save")] == ["Cart", "Save"]


def test_the_locales_at_hand_are_listed_and_a_missing_folder_brings_nothing(
    registry: TranslationRegistry, tmp_path: Path
) -> None:
    registry.add(tmp_path / "nowhere", "plugin")

    assert registry.locales == ["de", "de-AT", "en"]


def test_a_translator_is_made_once(registry: TranslationRegistry) -> None:
    assert registry.for_locale("de") is registry.for_locale("de")


def test_bad_files_are_refused_by_origin_and_file(tmp_path: Path) -> None:
    registry = TranslationRegistry()

    with pytest.raises(ValueError, match=r"Translations of loyalty: .*messages.po cannot be read"):
        registry.add(write(tmp_path / "a", "de", 'msgid "Cart"\nmsgstr "unfinished\nnonsense\n'), "loyalty")
    with pytest.raises(ValueError, match="Translations of loyalty: Unknown locale 'klingon'"):
        registry.add(write(tmp_path / "b", "klingon", pair("a", "b")), "loyalty")
    with pytest.raises(ValueError, match=r"Translations of loyalty: .*Plural-Forms header is wrong"):
        registry.add(write(tmp_path / "c", "de", pair("a", "b"), "nplurals=2; plural=exit(n);"), "loyalty")
    with pytest.raises(ValueError, match=r"Unknown locale '\.\./etc'"):
        registry.for_locale("../etc")
