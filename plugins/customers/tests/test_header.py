# SPDX-License-Identifier: Apache-2.0
"""The way to the account in the header of pages that are kept for all readers."""

import re

import pytest
from plugins.customers.tests.conftest import PASSWORD, without_tokens
from tests.shop import EVERYTHING, THEMES, add_product, furnish

from shopwright.testing.kernels import ALPHA

_LINK = re.compile(r'<a class="header-link" href="([^"]+)">([^<]+)</a>')


@pytest.fixture
async def kernel(make_kernel):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA], config=THEMES)
    await add_product(await furnish(kernel, "alpha"), "lamp")
    return kernel


@pytest.mark.parametrize(("prefix", "words"), [("", "Account"), ("/de", "Konto")])
async def test_the_link_says_the_same_to_all_and_leads_each_to_the_right_page(
    kernel, join, browser, prefix, words
):
    stranger, ada = await browser(), await join()
    await ada.get("/account")

    pages = [await client.get(f"{prefix}/products/lamp") for client in (stranger, await browser(), ada)]
    texts = [without_tokens(await page.text()) for page in pages]
    (link,) = _LINK.findall(texts[0])
    signed_in = await ada.get(link[0])
    outside = await stranger.get(link[0])

    assert [page.headers.get("X-Cache") for page in pages] == ["miss", "hit", None]
    assert len(set(texts)) == 1
    assert link == (f"{prefix}/account", words)
    assert signed_in.status == 200
    assert outside.headers["Location"].startswith(f"{prefix}/account/sign-in?next=")


async def test_pages_of_the_account_are_kept_by_nobody(kernel, join, browser):
    ada, stranger = await join(), await browser()

    for client, path in ((ada, "/account"), (ada, "/account/details"), (stranger, "/account/sign-in")):
        response = await client.get(path)
        assert (response.status, response.headers["Cache-Control"]) == (200, "private, no-cache")
        assert "X-Cache" not in response.headers


async def test_a_page_made_for_somebody_signed_in_is_not_kept_for_others(kernel, join, browser):
    ada = await join("ada@example.com", name="Ada Lovelace")
    await ada.get("/account")

    made = await ada.get("/products/lamp")
    seen = await (await (await browser()).get("/products/lamp")).text()

    assert "X-Cache" not in made.headers
    assert "Ada" not in seen
    assert "ada@" not in seen


async def test_the_cart_goes_on_through_signing_in_and_a_new_password(kernel, join, browser):
    client = await join()
    await client.submit("/account", {}, action="/account/sign-out")
    variant = await kernel.db.fetch_value(
        kernel.directory.by_code("alpha").id, "SELECT id FROM catalog_variant LIMIT 1"
    )
    await client.submit("/products/lamp", {"variant_id": str(variant), "quantity": "1"}, action="/cart/add")
    await client.submit("/account/sign-in", {"email": "ada@example.com", "password": PASSWORD})
    signed_in = await (await client.get("/cart")).text()
    fields = {"current_password": PASSWORD, "new_password": "quite another set of words"}
    await client.submit("/account/details", fields, action="/account/details/password")
    changed = await (await client.get("/cart")).text()

    assert ("Lamp" in signed_in, "Lamp" in changed) == (True, True)


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", ["Your orders", "Addresses", "Name, e-mail address and password", "Your data"]),
        ("/de", ["Deine Bestellungen", "Adressen", "Name, E-Mail-Adresse und Passwort", "Deine Daten"]),
    ],
)
async def test_the_account_leads_to_orders_addresses_and_details(kernel, join, prefix, words):
    ada = await join()

    text = await (await ada.get(f"{prefix}/account")).text()
    links = re.findall(r'<a class="btn btn--block" href="([^"]+)">([^<]+)</a>', text)

    pages = ["orders", "addresses", "details", "privacy"]
    wanted = [(f"{prefix}/account/{page}", word) for page, word in zip(pages, words, strict=True)]
    assert [link for link in links if link in wanted] == wanted
    assert {(await ada.get(path)).status for path, _ in links} == {200}
