# SPDX-License-Identifier: Apache-2.0
"""``shopwright config``."""

import pytest
from tests.shop import EVERYTHING

from shopwright.secrets import generate_key
from shopwright.testing.kernels import TEST_KEY

SECRET = "sk-very-secret-4711"
BEACON = """
from typing import ClassVar

from pydantic import Field, SecretStr

from shopwright.plugin import Manifest, PluginSettings
from shopwright.plugin import Plugin as BasePlugin


class Settings(PluginSettings):
    flashes: int = Field(default=3, ge=1, le=10, json_schema_extra={"scope": "language"})
    harbours: tuple[str, ...] = ()
    token: SecretStr = SecretStr("")
    licence: str = Field(default="", json_schema_extra={"scope": "installation"})


class Plugin(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="beacon", version="0.1.0", title="Beacon", summary="Shines.", settings=Settings
    )
"""
DEFAULTS = {"flashes": 3, "harbours": [], "token": None, "licence": ""}


@pytest.fixture
def shop(install, shop):
    install("beacon", BEACON)
    return shop


def settings_of(shop, store, *more):
    return shop("config", "get", "beacon", "--store", store, "--json", *more).document


def test_settings_are_set_and_unset_in_one_store(shop):
    before = settings_of(shop, "alpha")
    done = shop("config", "set", "beacon", "flashes=5", 'harbours=["Kiel","Wismar"]', "--store", "alpha")
    between = settings_of(shop, "alpha")
    undone = shop("config", "unset", "beacon", "flashes", "--store", "alpha")

    assert before == settings_of(shop, "beta") == DEFAULTS
    assert (done.code, done.out) == (0, "Saved.\n")
    assert between == DEFAULTS | {"flashes": 5, "harbours": ["Kiel", "Wismar"]}
    assert (undone.code, undone.out) == (0, "Unset.\n")
    assert settings_of(shop, "alpha") == DEFAULTS | {"harbours": ["Kiel", "Wismar"]}


def test_wider_scopes_hold_where_narrower_ones_say_nothing(shop):
    shop("config", "set", "beacon", "flashes=4", "--store", "alpha", "--scope", "installation")
    shop("config", "set", "beacon", "flashes=5", "--store", "alpha")
    german = ("--scope", "language", "--locale", "de")
    shop("config", "set", "beacon", "flashes=6", "--store", "alpha", *german)
    three = [
        settings_of(shop, "beta"),
        settings_of(shop, "alpha"),
        settings_of(shop, "alpha", "--locale", "de"),
    ]
    shop("config", "unset", "beacon", "flashes", "--store", "alpha", *german)

    assert [found["flashes"] for found in three] == [4, 5, 6]
    assert settings_of(shop, "alpha", "--locale", "de")["flashes"] == 5


def test_a_secret_is_never_printed(shop, tamper):
    saved = shop("config", "set", "beacon", f"token={SECRET}", "--store", "alpha")
    shown = shop("config", "get", "beacon", "--store", "alpha")
    document = settings_of(shop, "alpha")
    refused = shop("config", "set", "beacon", f"token={SECRET}", "flashes=99", "--store", "alpha")
    shop("config", "unset", "beacon", "token", "--store", "alpha")

    assert document["token"] == "set"
    assert settings_of(shop, "alpha")["token"] is None
    assert (saved.code, shown.code, refused.code) == (0, 0, 2)
    assert not [done for done in (saved, shown, refused) if SECRET in done.out + done.err]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("set", "beacon", "flashes=99"), "flashes: Input should be less than or equal to 10"),
        (("set", "beacon", "flashes=many"), "flashes: Input should be a valid integer"),
        (("set", "beacon", "colour=red"), "colour: Extra inputs are not permitted"),
        (("set", "beacon", "licence=x"), "licence: This is set for the whole installation."),
        (("set", "beacon", "flashes"), "Write name=value, not 'flashes'."),
        (("set", "beacon", "flashes=5", "--scope", "planet"), "The scope is installation, store, language"),
        (
            ("set", "beacon", "flashes=5", "--scope", "language", "--locale", "fr"),
            "The store alpha has no language 'fr'. It has: en, de.",
        ),
        (("unset", "beacon", "colour"), "colour: There is no such setting. There are: flashes, harbours,"),
        (("get", "candle"), "There is no plugin 'candle'."),
    ],
)
def test_what_cannot_be_set_is_named_in_one_line(shop, arguments, line):
    refused = shop("config", *arguments, "--store", "alpha")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"Error: {line}")
    assert refused.err.count("\n") == 1
    assert settings_of(shop, "alpha") == DEFAULTS


def test_the_configuration_is_shown_without_its_secrets(cli, database_of_all, surroundings):
    (surroundings / "shopwright.toml").write_text('port = 8123\nhost = "0.0.0.0"\n')
    shown = cli("config", "show", "--json")
    table = cli("config", "show").out

    assert (shown.document["port"], shown.document["host"]) == (8123, "0.0.0.0")
    assert shown.document["plugins"] == list(EVERYTHING)
    assert (shown.document["database_url"], shown.document["secret_keys"]) == ("set", "set")
    assert database_of_all not in shown.out + table


def test_secrets_move_to_a_new_key_and_the_old_one_can_go(shop, monkeypatch):
    new = generate_key()
    shop("config", "set", "beacon", f"token={SECRET}", "--store", "alpha")
    monkeypatch.setenv("SHOPWRIGHT_SECRET_KEYS", new)
    too_early = shop("config", "rotate-secrets", "--json")
    monkeypatch.setenv("SHOPWRIGHT_SECRET_KEYS", f"{new},{TEST_KEY}")
    turned, again = shop("config", "rotate-secrets"), shop("config", "rotate-secrets", "--json")
    monkeypatch.setenv("SHOPWRIGHT_SECRET_KEYS", new)

    assert (too_early.code, too_early.document) == (1, {"rotated": 0, "unreadable": ["beacon.token"]})
    assert (turned.code, turned.out) == (0, "1 secrets are encrypted with the first key now.\n")
    assert (again.code, again.document) == (0, {"rotated": 0, "unreadable": []})
    assert settings_of(shop, "alpha")["token"] == "set"
