# SPDX-License-Identifier: Apache-2.0
"""Settings of plugins: inherited from wide to narrow, validated, secrets kept unreadable."""

import asyncio
import logging
from typing import ClassVar, Literal

import orjson
import pytest
from pydantic import Field, SecretStr
from tests.shop import system

from shopwright.activation import switch_plugin
from shopwright.actor import SYSTEM
from shopwright.cli.rotation import rotate_secrets
from shopwright.errors import Invalid, NotFound
from shopwright.plugin import Manifest, Plugin, PluginSettings
from shopwright.secrets import generate_key
from shopwright.settings.fields import describe
from shopwright.testing.kernels import ALPHA, BETA, TEST_KEY

SECRET = "sk-very-secret-4711"
LANGUAGE = {"scope": "language"}
INSTALLATION = {"scope": "installation"}


class Settings(PluginSettings):
    greeting: str = Field(default="Hello", max_length=20, json_schema_extra=LANGUAGE)
    flashes: int = Field(default=3, ge=1, le=10)
    colour: Literal["red", "white"] = "white"
    licence: str = Field(default="", json_schema_extra=INSTALLATION)
    token: SecretStr = SecretStr("")
    key: SecretStr | None = Field(default=None, json_schema_extra=INSTALLATION)


class Beacon(Plugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="beacon", version="1.0", title="Beacon", summary="Shines.", settings=Settings
    )


class Shelf(Plugin):
    """A plugin without settings of its own."""

    manifest: ClassVar[Manifest] = Manifest(name="shelf", version="1.0", title="Shelf", summary="Holds.")


@pytest.fixture
async def kernel(make_kernel):
    return await make_kernel(plugins=[Beacon, Shelf], stores=[ALPHA, BETA])


def context(kernel, store="alpha", locale=None):
    return kernel.context(kernel.directory.by_code(store), actor=SYSTEM, locale=locale)


async def save(kernel, values, scope="store", *, store="alpha", locale=None):
    await kernel.settings.save(context(kernel, store, locale), "beacon", values, scope)


def held(kernel, store="alpha", locale=None):
    return context(kernel, store, locale).settings(Settings)


async def rows(kernel):
    found = await kernel.db.fetch_rows(
        None, "SELECT plugin, store_id IS NULL AS wide, locale, values FROM kernel_plugin_setting ORDER BY id"
    )
    return [(row["plugin"], row["wide"], row["locale"], orjson.loads(row["values"])) for row in found]


async def test_defaults_hold_before_anyone_edits_anything(kernel):
    assert held(kernel) == held(kernel, "beta", "es") == Settings()
    assert await rows(kernel) == []


async def test_each_value_comes_from_the_narrowest_scope_that_names_it(kernel):
    await save(kernel, {"greeting": "Hi", "flashes": 5, "licence": "L-1"}, "installation")
    await save(kernel, {"greeting": "Welcome", "colour": "red"})
    await save(kernel, {"greeting": "Moin"}, "language", locale="de")

    seen = {
        place: (held(kernel, *place).greeting, held(kernel, *place).flashes, held(kernel, *place).colour)
        for place in (("alpha", "en"), ("alpha", "de"), ("beta", "en"), ("beta", "es"))
    }
    assert seen == {
        ("alpha", "en"): ("Welcome", 5, "red"),
        ("alpha", "de"): ("Moin", 5, "red"),
        ("beta", "en"): ("Hi", 5, "white"),
        ("beta", "es"): ("Hi", 5, "white"),
    }
    assert {held(kernel, store).licence for store in ("alpha", "beta")} == {"L-1"}


async def test_what_is_not_named_stays_and_what_is_unset_falls_back(kernel):
    await save(kernel, {"flashes": 5}, "installation")
    await save(kernel, {"flashes": 6, "colour": "red"})
    await save(kernel, {"flashes": 7})
    between = held(kernel)
    await kernel.settings.unset(context(kernel), "beacon", ["flashes", "token"], "store")

    assert (between.flashes, between.colour) == (7, "red")
    assert (held(kernel).flashes, held(kernel).colour) == (5, "red")


@pytest.mark.parametrize(
    ("values", "scope", "pointers"),
    [
        ({"flashes": 11, "colour": "green"}, "store", ["/flashes", "/colour"]),
        ({"flashes": "many"}, "installation", ["/flashes"]),
        ({"greeting": "x" * 21}, "language", ["/greeting"]),
        ({"depth": 3}, "store", ["/depth"]),
        ({"licence": "L-2"}, "store", ["/licence"]),
        ({"flashes": 4, "greeting": "Hi"}, "language", ["/flashes"]),
        ({"licence": "L-2", "flashes": 0}, "store", ["/licence", "/flashes"]),
    ],
)
async def test_a_value_or_scope_that_is_wrong_is_named_and_nothing_is_saved(kernel, values, scope, pointers):
    with pytest.raises(Invalid) as refused:
        await save(kernel, values, scope)

    assert [error.pointer for error in refused.value.errors] == pointers
    assert all(error.message in refused.value.detail for error in refused.value.errors)
    assert await rows(kernel) == []


async def test_settings_of_nobody_are_not_found(kernel):
    with pytest.raises(NotFound, match="There is no plugin 'candle'"):
        await kernel.settings.save(context(kernel), "candle", {}, "store")
    with pytest.raises(NotFound, match="There is no plugin 'candle'"):
        await kernel.settings.unset(context(kernel), "candle", ["x"], "store")
    with pytest.raises(Invalid, match="depth: There is no such setting. There are: greeting, flashes"):
        await kernel.settings.unset(context(kernel), "beacon", ["depth"], "store")
    with pytest.raises(Invalid, match="This plugin has no settings"):
        await kernel.settings.unset(context(kernel), "shelf", ["depth"], "store")


async def test_a_secret_is_unreadable_in_the_table_and_in_the_audit_log(kernel):
    await save(kernel, {"token": SECRET, "flashes": 5})
    stored = (await rows(kernel))[0][3]
    entries = await kernel.audit.entries(context(kernel), subject=("kernel.plugin", "beacon"))

    assert stored["flashes"] == 5
    assert stored["token"] != SECRET
    assert SECRET not in str(stored) + str(entries) + repr(held(kernel))
    assert entries[0].data == {"scope": "store", "changed": ["flashes", "token"]}
    assert held(kernel).token.get_secret_value() == SECRET


async def test_an_empty_secret_keeps_the_old_one_and_only_unset_removes_it(kernel):
    await save(kernel, {"token": SECRET})
    await save(kernel, {"token": "", "flashes": 4})
    kept = held(kernel).token.get_secret_value()
    await kernel.settings.unset(context(kernel), "beacon", ["token"], "store")

    assert kept == SECRET
    assert held(kernel).token.get_secret_value() == ""
    assert (await rows(kernel))[0][3] == {"flashes": 4}


async def test_a_form_is_told_that_a_secret_is_set_and_never_which(kernel):
    await save(kernel, {"token": SECRET})
    fields = {field.name: field for field in kernel.settings.describe("beacon", context(kernel))}

    assert {name: (f.kind, f.scope, f.is_set) for name, f in fields.items() if f.kind == "secret"} == {
        "token": ("secret", "store", True),
        "key": ("secret", "installation", False),
    }
    assert [f.value for f in fields.values() if f.kind == "secret"] == [None, None]
    assert fields["colour"].choices == ("red", "white")
    assert [f.is_set for f in describe(Settings, {}) if f.kind == "secret"] == [False, False]


async def test_secrets_outlive_a_new_key_and_rotation_lets_the_old_one_go(kernel, make_kernel):
    await save(kernel, {"token": SECRET})
    await save(kernel, {"key": "k-1"}, "installation")
    new, url = generate_key(), kernel.config.database_url

    async def restarted(*keys, plugins=(Beacon, Shelf)):
        return await make_kernel(plugins=plugins, url=url, config={"secret_keys": keys})

    # The plugin is not even loaded where its secrets are rotated.
    turning = await restarted(new, TEST_KEY, plugins=[Shelf])
    found = [await rotate_secrets(turning), await rotate_secrets(turning)]
    after = await restarted(new)

    assert [(rotation.rotated, rotation.unreadable) for rotation in found] == [(2, ()), (0, ())]
    assert held(after).token.get_secret_value() == SECRET
    assert held(after, "beta").key.get_secret_value() == "k-1"


async def test_a_secret_no_key_fits_is_left_out_and_told_and_all_else_holds(kernel, make_kernel, caplog):
    await save(kernel, {"token": SECRET, "flashes": 5})
    with caplog.at_level(logging.ERROR):
        stranger = await make_kernel(
            plugins=[Beacon], url=kernel.config.database_url, config={"secret_keys": (generate_key(),)}
        )
        seen = held(stranger)
    rotation = await rotate_secrets(stranger)

    assert (seen.token.get_secret_value(), seen.flashes) == ("", 5)
    assert "the secret token of plugin beacon cannot be read" in caplog.text
    assert SECRET not in caplog.text
    assert (rotation.rotated, rotation.unreadable) == (0, ("beacon.token",))


async def test_settings_stay_while_a_plugin_is_off_and_can_be_edited(kernel):
    await save(kernel, {"flashes": 5, "token": SECRET})
    await switch_plugin(context(kernel), "beacon", enabled=False)
    off = held(kernel)
    await save(kernel, {"flashes": 6})
    await switch_plugin(context(kernel), "beacon", enabled=True)

    assert off.flashes == 5
    assert (held(kernel).flashes, held(kernel).token.get_secret_value()) == (6, SECRET)


async def test_settings_that_no_longer_fit_are_left_out_and_told(kernel, caplog):
    store = context(kernel).store.id
    async with kernel.db.transaction(None) as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "INSERT INTO kernel_plugin_setting (id, plugin, store_id, values) "
            "VALUES (gen_random_uuid(), 'beacon', $1, "
            '\'{"flashes": 99, "gone": true, "colour": "red"}\')',
            (store,),
        )
    await kernel.reload()
    with caplog.at_level(logging.ERROR):
        seen = held(kernel)

    assert seen == Settings(colour="red")
    assert "settings ['flashes', 'gone'] of Settings are left out" in caplog.text


async def test_another_process_hears_of_a_change(kernel, make_kernel):
    other = await make_kernel(plugins=[Beacon, Shelf], url=kernel.config.database_url)
    before = held(other).flashes
    await save(kernel, {"flashes": 8})

    for _ in range(1000):
        await asyncio.sleep(0.01 if held(other).flashes == before else 0)
    assert (before, held(other).flashes) == (3, 8)
    assert system(other, "beta").settings(Settings).flashes == 3


async def test_two_who_save_at_once_both_have_their_say(kernel):
    await asyncio.gather(
        save(kernel, {"flashes": 7}), save(kernel, {"colour": "red"}), save(kernel, {"greeting": "Hi"})
    )

    assert held(kernel) == Settings(flashes=7, colour="red", greeting="Hi")
