# SPDX-License-Identifier: Apache-2.0
"""The addresses a customer keeps, and that nobody else finds them."""

import pytest
from plugins.customers.tests.conftest import HOME, errors_on, notices_on

from shopwright.ids import new_id
from shopwright_customers import api as customers
from shopwright_customers.services import addresses

PAGE = "/account/addresses"
API = "/api/v1/customers/me/addresses"
WORK = HOME | {"line1": "Kontorweg 1", "line2": "Haus B", "region": "SH", "phone": "+49 451 12-34"}


@pytest.fixture
def kept(ada):
    """Keeps an address over the API; gives its id."""

    async def keep(client=None, values=HOME):
        return (await (client or ada).post_json(API, values))["id"]

    return keep


async def lines(client) -> list[str]:
    return [found["line1"] for found in await client.get_json(API)]


async def test_an_address_is_kept_changed_and_removed(ada, ctx, id_of):
    added = await ada.submit(PAGE, {**HOME, "country": "de"})
    (address,) = await ada.get_json(API)
    path = f"{PAGE}/{address['id']}"
    form = await (await ada.get(path)).text()
    changed = await ada.submit(path, WORK)
    listed = await (await ada.get(PAGE)).text()
    asked = await (await ada.get(f"{path}/remove")).text()
    still = await lines(ada)
    removed = await ada.submit(f"{path}/remove", {})

    assert address == {"id": address["id"], **HOME}
    assert [r.headers["Location"] for r in (added, changed, removed)] == [PAGE] * 3
    assert 'value="Hafenstraße 7"' in form
    assert '<option value="DE" selected>Germany</option>' in form
    assert "Kontorweg 1<br>Haus B<br>23552 Lübeck, SH<br>Germany<br>+49 451 12-34" in listed
    assert "Remove this address?" in asked
    assert still == ["Kontorweg 1"]
    assert await customers.addresses(ctx, await id_of()) == []
    assert await notices_on(await ada.get(PAGE)) == ["The address is removed."]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"name": " "}, {"name": "Please fill this in."}),
        ({"line1": ""}, {"line1": "Please fill this in."}),
        ({"city": "x" * 121}, {"city": "This is too long; use at most 120 characters."}),
        ({"country": "XX"}, {"country": "Use the two letters of a country, like DE or US."}),
        ({"phone": "call me"}, {"phone": "This is not in the expected form."}),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(ada, kept, fields, errors):
    address_id = await kept()

    added = await ada.submit(PAGE, HOME | fields)
    changed = await ada.submit(f"{PAGE}/{address_id}", WORK | fields)

    assert (added.status, await errors_on(added)) == (422, errors)
    assert (changed.status, await errors_on(changed)) == (422, errors)
    assert await lines(ada) == ["Hafenstraße 7"]


@pytest.mark.parametrize("whose", ["another customer's", "another store's", "nobody's"])
async def test_an_address_of_somebody_else_is_not_there(ada, join, kept, whose):
    owner = None
    if whose == "another customer's":
        owner = await join("bob@example.com")
    elif whose == "another store's":
        owner = await join("ada@example.com", store="beta")
    address_id = await kept(owner) if owner else new_id()
    token = await ada.csrf_token(PAGE)

    async def post(path):
        return (await ada.request("POST", path, data={"csrf_token": token, **WORK})).status

    page, call = f"{PAGE}/{address_id}", f"{API}/{address_id}"
    pages = [(await ada.get(path)).status for path in (page, f"{page}/remove")]
    posts = [await post(page), await post(f"{page}/remove")]
    calls = [
        (await ada.get(call)).status,
        (await ada.send("PUT", call, WORK)).status,
        (await ada.send("DELETE", call)).status,
    ]

    assert pages + posts + calls == [404] * 7
    if owner:
        assert await lines(owner) == ["Hafenstraße 7"]


async def test_each_sees_their_own(ada, join, kept):
    bob, twin = await join("bob@example.com"), await join("ada@example.com", store="beta")
    await kept()
    await kept(bob, WORK)

    assert [await lines(client) for client in (ada, bob, twin)] == [["Hafenstraße 7"], ["Kontorweg 1"], []]


async def test_addresses_need_a_customer_and_the_token_of_the_page(ada, browser, kept):
    address_id = await kept()
    stranger = await browser()

    forged = [
        (await ada.request("POST", path, data=WORK)).status
        for path in (PAGE, f"{PAGE}/{address_id}", f"{PAGE}/{address_id}/remove")
    ]
    outside = [(await stranger.get(path)).status for path in (PAGE, f"{PAGE}/{address_id}", API)]

    assert forged == [403] * 3
    assert outside == [303, 303, 401]
    assert await lines(ada) == ["Hafenstraße 7"]


async def test_the_api_keeps_changes_and_removes(ada, kept):
    address_id = await kept()
    path = f"{API}/{address_id}"

    again = await ada.send("POST", API, HOME, key="one")
    replayed = await ada.send("POST", API, HOME, key="one")
    changed = await ada.send("PUT", path, WORK)
    wrong = await ada.send("PUT", path, {**WORK, "country": "Germany", "nick": "x"})
    one = await ada.get_json(path)
    removed = await ada.send("DELETE", path)

    assert (again.status, await again.read()) == (201, await replayed.read())
    assert await changed.json() == one == {"id": address_id, **WORK}
    assert sorted(e["pointer"] for e in (await wrong.json())["errors"]) == ["/country", "/nick"]
    assert (removed.status, (await ada.get(path)).status) == (204, 404)
    assert await lines(ada) == ["Hafenstraße 7"]


async def test_the_book_has_a_last_page(ada, kept, monkeypatch):
    monkeypatch.setattr(addresses, "MOST", 2)
    await kept()
    await kept()

    response = await ada.submit(PAGE, HOME)

    assert response.status == 409
    assert await errors_on(response) == {"name": "You keep very many addresses already: remove one first."}
    assert (await ada.send("POST", API, HOME)).status == 409


async def test_the_book_is_german_in_german(ada, kept):
    address_id = await kept()

    book = await (await ada.get("/de/account/addresses")).text()
    asked = await (await ada.get(f"/de/account/addresses/{address_id}/remove")).text()

    assert "<h1>Deine Adressen</h1>" in book
    assert "23552 Lübeck<br>Deutschland</address>" in book
    assert "<h1>Diese Adresse entfernen?</h1>" in asked
