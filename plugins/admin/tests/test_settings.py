# SPDX-License-Identifier: Apache-2.0
"""The settings form that is made of a plugin's settings: saved, refused by field, secrets never shown."""

from typing import ClassVar, Literal

import pytest
from plugins.admin.tests.conftest import errors_on, notices_on
from pydantic import Field, SecretStr
from tests.shop import system

from shopwright.plugin import Manifest, Plugin, PluginSettings
from shopwright.testing.kernels import ALPHA, BETA

PAGE = "/admin/plugins/beacon/settings"
SECRET = "sk-very-secret-4711"


class BeaconSettings(PluginSettings):
    label: str = Field(default="Beacon", max_length=20, title="Label")
    flashes: int = Field(default=3, ge=1, le=10, title="Flashes")
    colour: Literal["red", "white"] = Field(default="white", title="Colour")
    token: SecretStr = Field(default=SecretStr(""), title="Token")
    harbours: list[str] = Field(default_factory=list, title="Harbours")
    depths: dict[str, str] = Field(default_factory=dict, title="Depths")
    is_lit: bool = Field(default=False, title="Lit")


class Beacon(Plugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="beacon", version="1.0", title="Beacon", summary="Shines.", settings=BeaconSettings
    )


@pytest.fixture
async def kernel(make_kernel, fake_clock):
    return await make_kernel(plugins=["admin", Beacon], stores=[ALPHA, BETA], clock=fake_clock)


@pytest.fixture
def saved(kernel):
    return lambda store="alpha": system(kernel, store).settings(BeaconSettings)


def filled(**change):
    fields = {"label": "Pier", "flashes": "5", "colour": "red", "token": "", "harbours": "Kiel\nWismar\n\n"}
    return fields | {"depths": "Kiel = 11 m\nWismar=9 m", "is_lit": "true"} | change


async def test_valid_settings_are_saved_for_this_store(ada, saved):
    listed = await (await ada.get("/admin/plugins")).text()

    sent = await ada.submit(PAGE, filled())
    page = await ada.get(PAGE)

    assert f'href="{PAGE}"' in listed
    assert (sent.status, sent.headers["Location"]) == (303, PAGE)
    assert await notices_on(page) == ["The settings are saved."]
    assert saved() == BeaconSettings(
        label="Pier",
        flashes=5,
        colour="red",
        harbours=["Kiel", "Wismar"],
        is_lit=True,
        depths={"Kiel": "11 m", "Wismar": "9 m"},
    )
    assert saved("beta") == BeaconSettings()
    text = await page.text()
    assert 'name="label" value="Pier"' in text
    assert '<option value="red" selected>' in text
    assert ">Kiel\nWismar</textarea>" in text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"flashes": "11"}, "flashes"),
        ({"flashes": "many"}, "flashes"),
        ({"flashes": ""}, "flashes"),
        ({"label": "x" * 21}, "label"),
        ({"colour": "green"}, "colour"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_typed_is_lost(ada, saved, change, field):
    refused = await ada.submit(PAGE, filled(**change))
    page = await refused.text()

    errors = await errors_on(refused)
    assert (refused.status, list(errors)) == (422, [field])
    assert errors[field]
    assert "Some fields need your attention." in page
    assert f'name="label" value="{filled(**change)["label"]}"' in page
    assert f'name="flashes" value="{filled(**change)["flashes"]}"' in page
    assert ">Kiel\nWismar</textarea>" in page
    assert ">Kiel = 11 m\nWismar = 9 m</textarea>" in page
    assert saved() == BeaconSettings()


async def test_a_secret_is_written_and_never_read_in_the_admin(ada, kernel, saved):
    before = await (await ada.get(PAGE)).text()
    await ada.submit(PAGE, filled(token=SECRET))
    after = await (await ada.get(PAGE)).text()
    refused = await (await ada.submit(PAGE, filled(token="another-one", flashes="99"))).text()
    kept = saved().token.get_secret_value()
    await ada.submit(PAGE, filled(token=""))
    pages = [await (await ada.get(path)).text() for path in (PAGE, "/admin/plugins", "/admin/audit")]
    stored = await kernel.db.fetch_rows(
        system(kernel, "alpha").store.id, "SELECT * FROM kernel_plugin_setting"
    )

    assert "Set. Leave empty to keep it." not in before
    assert "Set. Leave empty to keep it." in after
    assert kept == SECRET
    assert saved().token.get_secret_value() == SECRET
    assert not [page for page in [after, refused, *pages] if SECRET in page or "another-one" in page]
    assert SECRET not in str([dict(row) for row in stored])


async def test_who_may_not_change_settings_only_sees_them(hire, browser, saved):
    await hire("eve@example.com", role="customer_service")
    eve = await browser("eve@example.com")

    page = await (await eve.get(PAGE)).text()
    sent = await eve.submit("/admin/account", filled(), action=PAGE)

    assert ">Save</button>" not in page
    assert sent.status == 403
    assert saved() == BeaconSettings()


async def test_a_plugin_without_settings_has_no_such_page(ada):
    assert (await ada.get("/admin/plugins/admin/settings")).status == 404
    assert (await ada.get("/admin/plugins/nonesuch/settings")).status == 404
