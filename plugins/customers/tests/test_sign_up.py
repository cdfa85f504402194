# SPDX-License-Identifier: Apache-2.0
"""Making an account on the page and over the API."""

import pytest
from plugins.customers.tests.conftest import PASSWORD, errors_on, notices_on, sid_of

PAGE = "/account/sign-up"
TAKEN = "This address has an account already. Please sign in."


async def test_a_new_account_is_signed_in_at_once(browser, id_of):
    client = await browser()

    fields = {"email": " Ada@Example.com ", "password": PASSWORD, "name": " Ada "}
    made = await client.submit(PAGE, fields)
    account = await client.get("/account")

    assert (made.status, made.headers["Location"]) == (303, "/account")
    assert account.status == 200
    assert "Ada<br>Ada@example.com" in await account.text()
    assert await notices_on(account) == ["Welcome! Your account is ready."]
    assert await id_of("ADA@EXAMPLE.COM") is not None


async def test_only_the_hash_of_a_password_is_stored(ada, ctx):
    stored = await ctx.fetch_value("SELECT password_hash FROM customers_customer")

    assert stored.startswith("$argon2id$")


async def test_an_address_has_one_account_in_a_store_however_it_is_written(join, browser, ctx):
    await join("ada@example.com")
    client = await browser()

    again = await client.submit(PAGE, {"email": "ADA@example.com", "password": PASSWORD})

    assert (again.status, await errors_on(again)) == (422, {"email": TAKEN})
    assert 'value="ADA@example.com"' in await again.text()
    assert (await client.get("/account")).status == 303
    assert await ctx.fetch_value("SELECT count(*) FROM customers_customer") == 1


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"password": "short"}, {"password": "Use at least 10 characters."}),
        (
            {"password": "ada@example.com"},
            {"password": "Choose a password that is not your e-mail address."},
        ),
        (
            {"password": "aaaaaaaaaaaa"},
            {"password": "This password is easy to guess. Choose another one, such as four unrelated words."},
        ),
        ({"email": "no address"}, {"email": "Enter an e-mail address like name@example.com."}),
        (
            {"email": "", "password": ""},
            {"email": "Please fill this in.", "password": "Please fill this in."},
        ),
        ({"name": "x" * 121}, {"name": "This is too long; use at most 120 characters."}),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(browser, ctx, fields, errors):
    client = await browser()

    response = await client.submit(PAGE, {"email": "ada@example.com", "password": PASSWORD} | fields)

    assert (response.status, await errors_on(response)) == (422, errors)
    assert await ctx.fetch_value("SELECT count(*) FROM customers_customer") == 0


async def test_a_password_is_never_shown_again(browser):
    response = await (await browser()).submit(PAGE, {"email": "wrong", "password": PASSWORD})

    assert PASSWORD not in await response.text()


async def test_a_form_without_its_token_makes_no_account(browser, ctx):
    client = await browser()
    await client.get(PAGE)

    fields = {"email": "ada@example.com", "password": PASSWORD}
    response = await client.request("POST", PAGE, data=fields)

    assert response.status == 403
    assert await ctx.fetch_value("SELECT count(*) FROM customers_customer") == 0


async def test_whoever_is_signed_in_makes_no_second_account(ada):
    shown = await ada.get(PAGE)

    assert (shown.status, shown.headers["Location"]) == (303, "/account")


async def test_the_same_address_has_an_account_in_each_store(join, id_of, can_sign_in):
    await join("ada@example.com", store="alpha")
    await join("ada@example.com", store="beta")

    assert await id_of(store="alpha") != await id_of(store="beta")
    assert await can_sign_in("ada@example.com", PASSWORD, store="beta")


async def test_the_api_makes_an_account_once_for_a_key(browser, ctx):
    client = await browser()
    body = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}

    made = await client.post_json("/api/v1/customers", body, key="one")
    me = await client.get_json("/api/v1/customers/me")
    taken = await (await browser()).send("POST", "/api/v1/customers", body)
    keyless = await (await browser()).request("POST", "/api/v1/customers", json=body)

    assert (made["email"], made["name"], made["disabled_at"]) == ("ada@example.com", "Ada", None)
    assert me == made
    assert sid_of(client)
    assert (taken.status, keyless.status) == (422, 400)
    problem = await taken.json()
    assert problem["errors"] == [{"pointer": "/email", "code": "taken", "message": TAKEN}]
    assert await ctx.fetch_value("SELECT count(*) FROM customers_customer") == 1


async def test_the_page_speaks_german_and_so_does_what_is_wrong(browser):
    client = await browser()

    shown = await (await client.get("/de/account/sign-up")).text()
    response = await client.submit("/de/account/sign-up", {"email": "ada@example.com", "password": "kurz"})

    assert "<h1>Konto anlegen</h1>" in shown
    assert "Mindestens 10 Zeichen. Gut sind vier Wörter ohne Zusammenhang." in shown
    assert await errors_on(response) == {"password": "Nimm mindestens 10 Zeichen."}
