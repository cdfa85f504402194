# SPDX-License-Identifier: Apache-2.0
"""The language of the admin: the browser's, unless one of the store's is chosen."""

import re

ACCOUNT, CHANGE = "/admin/account", "/admin/account/language"
GERMAN = {"Accept-Language": "de-AT,de;q=0.9"}


async def shown(client, **headers):
    text = await (await client.get(ACCOUNT, headers=headers)).text()
    return re.search(r'<html lang="(\w+)">', text)[1], re.search(r"<h1>([^<]+)</h1>", text)[1]


async def test_the_admin_speaks_the_browser_s_language_when_the_store_has_it(ada):
    assert await shown(ada) == ("en", "Your account")
    assert await shown(ada, **GERMAN) == ("de", "Dein Konto")
    assert await shown(ada, **{"Accept-Language": "es"}) == ("en", "Your account")


async def test_a_chosen_language_holds_in_this_browser_only(ada, browser, hire):
    page = await (await ada.get(ACCOUNT)).text()
    assert re.findall(r'<option value="(\w*)"( selected)?>([^<]+)', page) == [
        ("", " selected", "As my browser asks"),
        ("en", "", "English"),
        ("de", "", "Deutsch"),
    ]

    done = await ada.submit(ACCOUNT, {"language": "de"}, action=CHANGE)
    assert (done.status, done.headers["Location"]) == (303, ACCOUNT)
    page = await (await ada.get(ACCOUNT)).text()
    assert "Die Sprache ist geändert." in page
    assert '<option value="de" selected>' in page
    assert await shown(ada, **{"Accept-Language": "en"}) == ("de", "Dein Konto")

    await hire("cy@example.com")
    assert await shown(await browser("cy@example.com")) == ("en", "Your account")

    await ada.submit(ACCOUNT, {"language": ""}, action=CHANGE)
    assert await shown(ada) == ("en", "Your account")


async def test_a_language_the_store_does_not_have_changes_nothing(ada):
    await ada.submit(ACCOUNT, {"language": "es"}, action=CHANGE)

    assert await shown(ada) == ("en", "Your account")


async def test_whoever_is_not_signed_in_chooses_no_language(browser):
    stranger = await browser()
    answer = await stranger.submit("/admin/login", {"language": "de"}, action=CHANGE)

    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/admin/login")
