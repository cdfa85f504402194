# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from tests.kernel.http import dummies

from shopwright.actor import SYSTEM
from shopwright.ids import new_id

FIELDS = {"name": "Ada", "age": "36"}
LINE = {"sku": "A", "quantity": 2}
ORDER = {"email": "a@b.example", "lines": [LINE]}


async def post(client, fields=FIELDS, **headers: str):
    return await client.request("POST", "/form", data=fields, headers=headers)


async def test_a_form_with_the_token_of_its_page_is_taken_as_field_or_header(client):
    token = await client.csrf_token("/form")

    assert (await post(client, {**FIELDS, "csrf_token": token})).status == 303
    assert (await post(client, **{"X-CSRF-Token": token})).status == 303


async def test_a_form_without_a_good_token_is_refused_in_words(client, kernel, make_client):
    token = await client.csrf_token("/form")
    other = await make_client(kernel, "alpha")
    foreign = await other.csrf_token("/form")
    other_store = await (await make_client(kernel, "beta")).csrf_token("/form")
    flipped = ("A" if token[0] != "A" else "B") + token[1:]

    for bad in ("", "x", token[:-2], flipped, foreign, other_store, "ü" * 43, token + "A"):
        response = await post(client, {**FIELDS, "csrf_token": bad})
        assert response.status == 403, bad
        assert "load the page again" in await response.text()
    assert (await client.get_json("/session"))["data"] == {}


async def test_no_cookie_no_form(client, kernel, make_client):
    token = await client.csrf_token("/form")
    stranger = await make_client(kernel, "alpha")

    assert (await post(stranger, {**FIELDS, "csrf_token": token})).status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://alpha.localhost"}, 303),
        ({"Origin": "http://alpha.localhost:81"}, 403),
        ({"Origin": "http://beta.localhost"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://alpha.localhost", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
async def test_a_form_of_another_site_is_refused_even_with_a_token(client, headers, status):
    token = await client.csrf_token("/form")

    assert (await post(client, {**FIELDS, "csrf_token": token}, **headers)).status == status


async def test_tokens_look_different_each_time_and_all_are_good(client):
    tokens = {await client.csrf_token("/form") for _ in range(3)}

    assert len(tokens) == 3
    assert {(await post(client, {**FIELDS, "csrf_token": token})).status for token in tokens} == {303}


async def test_a_page_opened_before_the_session_began_stays_good_until_somebody_signs_in(client):
    before = await client.csrf_token("/form")
    await client.request("POST", "/session/a/b")
    assert (await post(client, {**FIELDS, "csrf_token": before})).status == 303
    during = await client.csrf_token("/form")

    await client.request("POST", f"/enter/{new_id()}")

    for old in (before, during):
        assert (await post(client, {**FIELDS, "csrf_token": old})).status == 403
    assert (await post(client, {**FIELDS, "csrf_token": await client.csrf_token("/form")})).status == 303


async def test_a_token_cookie_comes_only_with_a_page_that_needs_it(client):
    assert "Set-Cookie" not in (await client.get("/items/x")).headers
    assert "Set-Cookie" not in (await client.get("/api/v1/things")).headers
    first = await client.get("/form")
    assert re.fullmatch(r"[\w-]{32}", first.cookies["csrf"].value)
    assert "Set-Cookie" not in (await client.get("/form")).headers


async def test_calls_need_a_token_only_when_a_session_speaks_for_them(client):
    async def call(**headers: str) -> int:
        return (await client.request("POST", "/api/v1/orders", json=ORDER, headers=headers)).status

    assert await call() == 201
    assert await call(Origin="http://elsewhere.example") == 201
    await client.request("POST", "/session/a/b")
    assert await call() == 403
    token = await client.csrf_token("/form")
    assert await call(**{"X-CSRF-Token": token}) == 201
    assert await call(**{"X-CSRF-Token": token, "Origin": "http://elsewhere.example"}) == 403
    assert await call(Authorization="Bearer nonsense") == 201
    assert await call(Authorization="Basic YTpi") == 403
    refused = await client.request("POST", "/api/v1/orders", json=ORDER)
    assert (await refused.json())["code"] == "csrf"


async def test_a_staff_session_needs_the_token_and_bearer_credentials_do_not(client, kernel):
    ctx = kernel.context(client.store, actor=SYSTEM)
    email, password = "ada@alpha.example", "correct horse battery staple"
    staff = await kernel.auth.staff.create(ctx, email=email, name="Ada", password=password, role="owner")
    signed_in = await client.request("POST", f"/enter-staff/{staff}")
    assert signed_in.status == 200

    async def add(**headers: str) -> int:
        return (await client.request("POST", "/api/admin/v1/numbers", json=LINE, headers=headers)).status

    assert await add() == 403
    assert await add(**{"X-CSRF-Token": await client.csrf_token("/form")}) == 200
    answer = await client.request(
        "POST", "/api/admin/v1/auth/token", json={"email": email, "password": password}
    )
    bearer = f"Bearer {(await answer.json())['access_token']}"
    assert await add(Authorization=bearer) == 200
    assert dummies.ran == ["number", "number"]


async def test_webhooks_are_judged_by_their_signature_alone(client):
    response = await client.request(
        "POST", "/webhooks/alpha_pages/in", data=b"raw \xff bytes", headers={"Origin": "https://pay.example"}
    )

    assert (response.status, await response.read()) == (200, b"raw \xff bytes")
