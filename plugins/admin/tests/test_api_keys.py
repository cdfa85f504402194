# SPDX-License-Identifier: Apache-2.0
"""API keys on pages: made and shown once, used, ended; and those of another store do not exist."""

import re
from datetime import timedelta

import pytest
from plugins.admin.tests.conftest import errors_on, notices_on
from tests.shop import system

from shopwright.ids import new_id

KEYS, NEW = "/admin/api-keys", "/admin/api-keys/new"
PLUGINS = "/api/admin/v1/plugins"


@pytest.fixture
def keys_of(kernel):
    async def read(store="alpha"):
        return await kernel.auth.api_keys.all(system(kernel, store))

    return read


@pytest.fixture
def call(browser):
    """Calls the API with a key; gives the status."""

    async def attempt(key, path=PLUGINS, *, store="alpha") -> int:
        client = await browser(store=store)
        return (await client.get(path, headers={"Authorization": f"Bearer {key}"})).status

    return attempt


async def key_on(response) -> str:
    return re.search(r'<code class="secret" id="key">([^<]+)</code>', await response.text())[1]


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="scopes" value="([^"]+)" checked', page))


async def test_a_store_without_keys_says_so(ada):
    page = await (await ada.get(KEYS)).text()

    assert "No program has a key to this store." in page
    assert f'href="{NEW}"' in page


async def test_a_key_is_shown_once_and_does_what_is_ticked(ada, call, keys_of):
    made = await ada.submit(NEW, {"name": "Warehouse <1>", "scopes": ["kernel.plugins.view"]})
    key = await key_on(made)
    listed = await (await ada.get(KEYS)).text()

    assert (made.status, made.headers["Cache-Control"]) == (200, "no-store")
    assert key.startswith("swk_")
    assert "Warehouse &lt;1&gt;" in listed
    assert f"{key[:8]}…" in listed
    assert key not in listed
    assert "See plugins" in listed
    assert "never used" in listed
    assert [(k.name, k.scopes, k.expires_at) for k in await keys_of()] == [
        ("Warehouse <1>", ("kernel.plugins.view",), None)
    ]
    assert (await call(key), await call(key, store="beta"), await call(f"{key}x")) == (200, 401, 401)
    assert "last used" in await (await ada.get(KEYS)).text()


async def test_a_key_works_to_the_end_of_its_last_day_where_the_store_is(ada, call, keys_of, fake_clock):
    today = fake_clock.now().date()
    made = await ada.submit(NEW, {"name": "Short", "scopes": ["kernel.plugins.view"], "expires": str(today)})
    key = await key_on(made)

    fake_clock.advance(timedelta(hours=11, minutes=59))
    last_minute = await call(key)
    fake_clock.advance(60)
    over = await call(key)

    assert (last_minute, over) == (200, 401)
    assert str((await keys_of())[0].expires_at) == "2026-01-16 00:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": ""}, {"name": "Say what the key is for."}),
        ({"name": "x" * 121}, {"name": "This is too long; use at most 120 characters."}),
        ({"scopes": []}, {"scopes": "Choose at least one thing the key may do."}),
        ({"scopes": ["kernel.fly"]}, {"scopes": "There is no permission 'kernel.fly'."}),
        ({"scopes": ["*"]}, {"scopes": "There is no permission '*'."}),
        ({"expires": "2026-01-14"}, {"expires": "Choose a day from today on."}),
        ({"expires": "0001-01-01"}, {"expires": "Choose a day from today on."}),
        ({"expires": "9999-12-31"}, {"expires": "Choose a day from today on."}),
        ({"expires": "soon"}, {"expires": "Please give a date."}),
    ],
)
async def test_a_wrong_key_is_named_and_nothing_typed_is_lost(ada, keys_of, change, errors):
    fields = {"name": "Program", "scopes": ["kernel.plugins.view"], "expires": "2026-02-01"} | change

    refused = await ada.submit(NEW, fields)
    page = await refused.text()

    assert (refused.status, await errors_on(refused)) == (422, errors)
    assert f'name="name" value="{fields["name"]}"' in page
    assert f'name="expires" value="{fields["expires"]}"' in page
    assert ticked(page) == set(fields["scopes"]) & {"kernel.plugins.view"}
    assert await keys_of() == []


async def test_a_key_never_does_more_than_its_maker(hire, browser, keys_of):
    await hire("bob@example.com", role="manager")
    bob = await browser("bob@example.com")
    form = await (await bob.get(NEW)).text()

    refused = await bob.submit(NEW, {"name": "Mine", "scopes": ["kernel.plugins.view", "kernel.staff.edit"]})

    assert re.search(r'value="kernel.staff.edit" disabled', form)
    message = "You can only give or take what you may do yourself."
    assert (refused.status, await errors_on(refused)) == (403, {"scopes": message})
    assert ticked(await refused.text()) == {"kernel.plugins.view", "kernel.staff.edit"}
    assert await keys_of() == []


async def test_a_key_is_revoked_after_a_question(ada, call, keys_of):
    key = await key_on(await ada.submit(NEW, {"name": "Old", "scopes": ["kernel.plugins.view"]}))
    (row,) = await keys_of()
    path = f"{KEYS}/{row.id}/revoke"

    asked = await (await ada.get(path)).text()
    still = await call(key)
    done = await ada.submit(path, {})
    page = await ada.get(KEYS)
    again = await ada.submit(NEW, {}, action=path)

    assert "Revoke the key Old?" in asked
    assert key not in asked
    assert (still, done.status, done.headers["Location"]) == (200, 303, KEYS)
    assert await notices_on(page) == ["The key is revoked."]
    text = await page.text()
    assert "No program has a key to this store." in text
    assert "1 key that does not work any more" in text
    assert f'href="{path}"' not in text
    assert (await call(key), again.status, (await ada.get(path)).status) == (401, 404, 404)


async def test_a_key_of_another_store_is_not_there(ada, kernel, keys_of):
    beta = system(kernel, "beta")
    theirs, _ = await kernel.auth.api_keys.create(beta, "Theirs", ["kernel.plugins.view"])

    for key_id in (theirs.id, new_id()):
        path = f"{KEYS}/{key_id}/revoke"
        assert (await ada.get(path)).status == 404
        assert (await ada.submit(NEW, {}, action=path)).status == 404
    assert "Theirs" not in await (await ada.get(KEYS)).text()
    assert [key.revoked_at for key in await keys_of("beta")] == [None]


async def test_who_only_sees_keys_makes_and_ends_none(ctx, hire, browser, keys_of):
    key, _ = await ctx.kernel.auth.api_keys.create(ctx, "Kept", ["kernel.plugins.view"])
    await ctx.kernel.auth.roles.save(ctx, "reader", "Reader", {"kernel.api_keys.view"})
    await hire("eve@example.com", role="reader")
    eve = await browser("eve@example.com")
    path = f"{KEYS}/{key.id}/revoke"

    page = await (await eve.get(KEYS)).text()
    made = await eve.submit("/admin/account", {"name": "x", "scopes": ["kernel.api_keys.view"]}, action=NEW)
    ended = await eve.submit("/admin/account", {}, action=path)

    assert "Kept" in page
    assert (NEW in page, path in page) == (False, False)
    assert (made.status, ended.status) == (403, 403)
    assert [key.revoked_at for key in await keys_of()] == [None]
