# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, and how far an account reaches."""

import pytest
from plugins.customers.tests.conftest import NEW, PASSWORD, notices_on, sid_of, without_tokens
from tests.shop import as_staff

PAGE = "/account/sign-in"
WRONG = "E-mail address or password is wrong."


async def test_the_right_password_opens_the_page_that_was_wanted(join, browser):
    await join()
    client = await browser()

    away = await client.get("/account/addresses?x=1")
    fields = {"email": "ada@example.com", "password": PASSWORD, "next": "/account/addresses?x=1"}
    entered = await client.submit(PAGE, fields)

    assert (away.status, away.headers["Location"]) == (303, f"{PAGE}?next=%2Faccount%2Faddresses%3Fx%3D1")
    assert (entered.status, entered.headers["Location"]) == (303, "/account/addresses?x=1")
    assert (await client.get("/account/addresses")).status == 200


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "evil", "", "/ä"],
)
async def test_signing_in_never_leads_out_of_the_store(join, browser, wanted):
    await join()
    client = await browser()

    fields = {"email": "ada@example.com", "password": PASSWORD, "next": wanted}
    assert (await client.submit(PAGE, fields)).headers["Location"] == "/account"
    shown = await client.get(PAGE, params={"next": wanted})
    assert (shown.status, shown.headers["Location"]) == (303, "/account")


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(join, browser):
    await join()
    client = await browser()

    wrong = await client.submit(PAGE, {"email": "ada@example.com", "password": "no"})
    unknown = await client.submit(PAGE, {"email": "eve@example.com", "password": "no"})

    assert (wrong.status, unknown.status) == (401, 401)
    assert WRONG in await notices_on(wrong)
    page = without_tokens(await wrong.text())
    assert page.replace("ada@", "eve@") == without_tokens(await unknown.text())


@pytest.mark.parametrize("email", ["ada@example.com", "eve@example.com"])
async def test_five_wrong_passwords_make_known_and_unknown_wait_alike(join, browser, email):
    await join("ada@example.com")
    client = await browser()

    statuses = [(await client.submit(PAGE, {"email": email, "password": "no"})).status for _ in range(5)]
    late = await client.submit(PAGE, {"email": email, "password": PASSWORD})

    assert (statuses, late.status) == ([401] * 5, 429)
    assert "Too many attempts. Please wait a while." in await notices_on(late)


async def test_the_wait_ends_and_the_failures_are_forgotten(join, browser, fake_clock, can_sign_in):
    await join()
    client = await browser()
    for _ in range(5):
        await client.submit(PAGE, {"email": "ada@example.com", "password": "no"})
    assert not await can_sign_in("ada@example.com", PASSWORD)

    fake_clock.advance(61)

    assert await can_sign_in("ada@example.com", PASSWORD)


async def test_failures_in_one_store_do_not_lock_the_account_of_the_other(join, browser, can_sign_in):
    await join(store="alpha")
    await join(store="beta")
    client = await browser(store="alpha")
    for _ in range(5):
        await client.submit(PAGE, {"email": "ada@example.com", "password": "no"})

    assert not await can_sign_in("ada@example.com", PASSWORD, store="alpha")
    assert await can_sign_in("ada@example.com", PASSWORD, store="beta")


async def test_an_empty_form_counts_against_nobody(browser):
    client = await browser()

    response = await client.submit(PAGE, {"email": "", "password": ""})

    assert response.status == 422
    assert (await response.text()).count("Please fill this in.") == 2


async def test_the_session_id_changes_with_signing_in_and_out(join, browser):
    client = await join()
    first = sid_of(client)

    await client.submit("/account", {}, action="/account/sign-out")
    second = sid_of(client)
    await client.submit(PAGE, {"email": "ada@example.com", "password": PASSWORD})
    third = sid_of(client)
    stale = await (await browser()).get("/account", headers={"Cookie": f"sid={first}"})
    live = await (await browser()).get("/account", headers={"Cookie": f"sid={third}"})

    assert len({first, second, third}) == 3
    assert (stale.status, live.status) == (303, 200)


async def test_signing_out_closes_the_account(ada):
    out = await ada.submit("/account", {}, action="/account/sign-out")
    shown = await ada.get(PAGE)

    assert (out.status, out.headers["Location"]) == (303, PAGE)
    assert "You are signed out." in await notices_on(shown)
    assert (await ada.get("/account")).status == 303
    assert (await ada.get("/api/v1/customers/me")).status == 401


async def test_signing_in_and_out_needs_the_token_of_the_page(join, browser):
    ada = await join()
    stranger = await browser()
    await stranger.get(PAGE)

    fields = {"email": "ada@example.com", "password": PASSWORD}
    entered = await stranger.request("POST", PAGE, data=fields)
    left = await ada.request("POST", "/account/sign-out")

    assert (entered.status, left.status) == (403, 403)
    assert (await stranger.get("/account")).status == 303
    assert (await ada.get("/account")).status == 200


async def test_a_customer_of_one_store_is_nobody_in_the_other(join, browser, can_sign_in):
    ada = await join(store="alpha")
    beta = await browser(store="beta")

    cookie = {"Cookie": f"sid={sid_of(ada)}"}
    assert (await (await browser()).get("/account", headers=cookie)).status == 200
    assert (await beta.get("/account", headers=cookie)).status == 303
    assert (await beta.get("/api/v1/customers/me", headers=cookie)).status == 401
    assert await can_sign_in("ada@example.com", PASSWORD, store="alpha")
    assert not await can_sign_in("ada@example.com", PASSWORD, store="beta")


async def test_a_password_of_one_store_does_not_open_the_other(join, browser, can_sign_in):
    ada = await join(store="alpha")
    await join(store="beta")

    fields = {"current_password": PASSWORD, "new_password": NEW}
    await ada.submit("/account/details", fields, action="/account/details/password")

    assert await can_sign_in("ada@example.com", NEW, store="alpha")
    assert not await can_sign_in("ada@example.com", NEW, store="beta")
    assert await can_sign_in("ada@example.com", PASSWORD, store="beta")


async def test_the_api_signs_in_and_out_with_the_same_answers(join, browser):
    await join()
    client = await browser()

    async def attempt(email, password):
        body = {"email": email, "password": password}
        return await client.send("POST", "/api/v1/customers/sign-in", body)

    wrong = await attempt("ada@example.com", "no")
    unknown = await attempt("eve@example.com", "no")
    right = await attempt("ada@example.com", PASSWORD)
    inside = await client.get("/api/v1/customers/me")
    out = await client.send("POST", "/api/v1/customers/sign-out")
    outside = await client.get("/api/v1/customers/me")

    assert (wrong.status, unknown.status, right.status) == (401, 401, 204)
    assert (await wrong.json())["detail"] == (await unknown.json())["detail"] == WRONG
    assert (inside.status, out.status, outside.status) == (200, 204, 401)


async def test_the_api_refuses_a_signed_in_call_without_its_token(ada):
    body = {"name": "Eve"}

    forged = await ada.request("PATCH", "/api/v1/customers/me", json=body)
    meant = await ada.send("PATCH", "/api/v1/customers/me", body)

    assert ((await forged.json())["code"], forged.status) == ("csrf", 403)
    assert ((await meant.json())["name"], meant.status) == ("Eve", 200)


async def test_the_api_throttles_guesses(browser):
    client = await browser()
    body = {"email": "eve@example.com", "password": "no"}

    statuses = [(await client.send("POST", "/api/v1/customers/sign-in", body)).status for _ in range(6)]

    assert statuses == [401] * 5 + [429]


async def test_the_page_and_its_answers_are_german_in_german(browser):
    client = await browser()

    shown = await (await client.get("/de/account/sign-in")).text()
    wrong = await client.submit("/de/account/sign-in", {"email": "eve@example.com", "password": "no"})

    assert "<h1>Anmelden</h1>" in shown
    assert 'href="/de/account/forgot">Passwort vergessen?</a>' in shown
    assert "E-Mail-Adresse oder Passwort ist falsch." in await notices_on(wrong)


async def test_a_shopkeeper_is_asked_to_sign_in_as_a_customer_and_stays_in_the_admin(ctx, make_client):
    client = await as_staff(ctx, make_client)

    away = await client.get("/account")
    api = await client.get("/api/v1/customers/me")
    fields = {"email": "ada@example.com", "password": PASSWORD}
    await client.submit("/account/sign-up", fields)
    inside = await client.get("/account")
    admin = await client.get("/admin/account")
    await client.submit("/account", {}, action="/account/sign-out")

    assert (away.status, away.headers["Location"]) == (303, f"{PAGE}?next=%2Faccount")
    assert api.status == 401
    assert (inside.status, "ada@example.com" in await inside.text()) == (200, True)
    assert (admin.status, "staff@example.com" in await admin.text()) == (200, True)
    assert (await client.get("/admin/account")).status == 200
