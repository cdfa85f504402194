# SPDX-License-Identifier: Apache-2.0
"""What the admin shows of what plugins and themes declare is there in every language we ship."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from shopwright.i18n.catalogue import read_catalogue, texts
from shopwright.registry import Registry
from shopwright.settings.fields import SettingField, describe
from shopwright.templating.pages import Setting
from shopwright.templating.themes import Themes
from shopwright_orders.api import OrderStatus, PaymentStatus

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = Registry.load(None)
PLUGINS = sorted(name for name in REGISTRY.plugins if (ROOT / "plugins" / name).is_dir())
STATES = {
    "approvals": ("pending", "approved", "declined", "lapsed", "withdrawn", "ordered"),
    "catalog": (
        *("published", "scheduled", "draft", "archived", "hidden"),
        *("waiting", "finished", "changed", "unchanged", "refused"),
    ),
    "custom_fields": ("active", "archived"),
    "discounts": ("active", "scheduled", "ended", "off"),
    "gift_cards": ("active", "disabled"),
    "inventory": ("counting", "applying", "applied", "cancelled", "waiting", "finished", "refused", "failed"),
    "orders": (
        *get_args(OrderStatus),
        *get_args(PaymentStatus),
        "placed",
        "payment paid",
        "payment declined",
    ),
    "stock_notices": ("waiting", "unconfirmed"),
}
languages = pytest.mark.parametrize("locale", ["de", "es"])


def translated(folder: Path, locale: str) -> set[str]:
    path = folder / "locales" / locale / "messages.po"
    found = read_catalogue(path, locale) if path.exists() else ()
    return {texts(entry.id)[0] for entry in found if entry.id and all(texts(entry.string))}


def words_of(fields: Iterable[SettingField]) -> Iterator[str]:
    for field in fields:
        yield from (field.label, field.help)
        yield from (choice.replace("_", " ") for choice in field.choices)
        yield from words_of(field.fields)


@languages
@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_translates_what_it_declares_and_its_states(name, locale):
    manifest = REGISTRY.plugins[name].manifest
    labels = [permission.label for permission in manifest.permissions]
    declared = {manifest.title, manifest.summary, *labels, *words_of(describe(manifest.settings, {}))}
    package = ROOT / "plugins" / name / f"shopwright_{name}"

    assert (declared | set(STATES.get(name, ()))) - translated(package, locale) - {""} == set()


@languages
@pytest.mark.parametrize("theme", list(Themes([])), ids=lambda theme: theme.name)
def test_a_theme_translates_its_settings(theme, locale):
    settings = [Setting.read(name, values) for name, values in theme.settings.items()]
    declared = {word for setting in settings for word in (setting.label, *setting.choices)}

    assert declared - translated(theme.folder, locale) == set()
