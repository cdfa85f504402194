# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from tests.kernel.http import dummies

from shopwright.errors import BadRequest
from shopwright.http import strict_json

LINE = {"sku": "A", "quantity": 2}
ORDER = {"email": "a@b.example", "lines": [LINE]}


async def send(
    client, raw: bytes | str, content_type: str = "application/json", path: str = "/api/v1/orders"
):
    data = raw.encode() if isinstance(raw, str) else raw
    return await client.request("POST", path, data=data, headers={"Content-Type": content_type})


def order(**values) -> str:
    return json.dumps({**ORDER, **values})


async def test_a_good_body_reaches_the_handler(client):
    response = await send(client, order())

    assert (response.status, await response.json()) == (201, {"email": "a@b.example", "total": 2})
    assert dummies.ran == ["order"]


MALFORMED = {
    "": "Expecting value at line 1, column 1",
    '{"email": "a",\n "x": }': "Expecting value at line 2, column 7",
    order()[:-1]: "Expecting ',' delimiter at line 1, column 64",
    order() + "x": "Extra data at line 1, column 65",
    order(weight=float("nan")): "NaN is not a JSON number",
    order(weight=float("inf")): "Infinity is not a JSON number",
    order(weight=float("-inf")): "-Infinity is not a JSON number",
    order(weight=0).replace('"weight": 0', '"weight": 1e999'): "the number 1e999 is too large",
    '{"email": "a", "email": "b", "lines": []}': "the name 'email' is repeated",
    '{"email": "a", "lines": [{"sku": "a", "sku": "b"}]}': "the name 'sku' is repeated",
    '{"lines": ' + "[" * 32 + "]" * 32 + "}": "it is nested deeper than 32 levels",
    "[" * 100_000: "it is nested deeper than 32 levels",
    "{'email': 1}": "Expecting property name enclosed in double quotes at line 1, column 2",
    order(note="\ud800"): "it holds half of a surrogate pair",
}


async def test_a_malformed_body_is_refused_and_the_place_named(client):
    for raw, reason in MALFORMED.items():
        response = await send(client, raw)

        problem = await response.json()
        assert (response.status, problem["code"]) == (400, "malformed_json"), raw[:80]
        assert problem["detail"] == f"The body is not valid JSON: {reason}."
    for raw in (b"\xff", order().encode("utf-16"), b"\xef\xbb\xbf{}"):
        assert (await send(client, raw)).status == 400
    assert dummies.ran == []


def test_thirty_two_levels_are_fine():
    strict_json.check(b"[" * 32 + b"]" * 32)

    with pytest.raises(BadRequest):
        strict_json.check(b"[" * 33 + b"]" * 33)


REFUSED = {
    order(colour="red"): [("/colour", "unknown")],
    order(lines=[{**LINE, "price": 1}]): [("/lines/0/price", "unknown")],
    order(**{"a/b~c": 1}): [("/a~1b~0c", "unknown")],
    order(lines=[{"sku": "A", "quantity": "2"}]): [("/lines/0/quantity", "int_type")],
    order(lines=[{"sku": "A", "quantity": 1.0}]): [("/lines/0/quantity", "int_type")],
    order(lines=[{"sku": "A", "quantity": 1.5}]): [("/lines/0/quantity", "int_type")],
    order(lines=[{"sku": "A", "quantity": "٣"}]): [("/lines/0/quantity", "int_type")],
    order(lines=[{"sku": "A", "quantity": True}]): [("/lines/0/quantity", "int_type")],
    order(lines=[{"sku": "A", "quantity": None}]): [("/lines/0/quantity", "int_type")],
    order(lines=[{"sku": "A", "quantity": 0}]): [("/lines/0/quantity", "greater_than_equal")],
    order(lines=[{"sku": "A", "quantity": 10**30}]): [("/lines/0/quantity", "less_than_equal")],
    order(gift="yes"): [("/gift", "bool_type")],
    order(gift=1): [("/gift", "bool_type")],
    order(email=7): [("/email", "string_type")],
    order(id="7"): [("/id", "uuid_parsing")],
    order(note="a\0b"): [("/note", "nul_character")],
    "{}": [("/email", "required"), ("/lines", "required")],
    "[]": [("", "model_type")],
    '"text"': [("", "model_type")],
}


async def test_what_is_not_acceptable_is_named_by_pointer(client):
    for raw, expected in REFUSED.items():
        response = await send(client, raw)

        problem = await response.json()
        assert response.status == 422, raw
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == expected
    assert dummies.ran == []


async def test_only_json_is_taken(client):
    for content_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        response = await send(client, order(), content_type)
        assert response.status in {400, 415}
    assert (await send(client, order(), "application/json; charset=utf-8")).status == 201


QUERIES = {
    "limit=1.5": [("/limit", "int_parsing")],
    "limit=1.0": [("/limit", "int_parsing")],
    "limit=%D9%A3": [("/limit", "int_parsing")],
    "limit=1_0": [("/limit", "int_parsing")],
    "limit=": [("/limit", "int_parsing")],
    "limit=0": [("/limit", "greater_than_equal")],
    "limit=51": [("/limit", "less_than_equal")],
    "limit=1&limit=2": [("/limit", "repeated")],
    "colour=blue": [("/colour", "enum")],
    "colours=red": [("/colours", "unknown")],
    "x=1&y=2&limit=z": [("/limit", "int_parsing"), ("/x", "unknown"), ("/y", "unknown")],
}


async def test_a_query_is_as_strict_as_a_body(client):
    for query, expected in QUERIES.items():
        response = await client.get(f"/api/v1/things?{query}")

        problem = await response.json()
        assert response.status == 422, query
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == expected
    unknown = await (await client.get("/api/v1/things?nope=1")).json()
    assert unknown["errors"][0]["message"] == "Unknown parameter. There are: limit, colour, tag."
    found = await client.get_json("/api/v1/things?limit=7&colour=red&tag=a&tag=b&locale=de")
    assert found == [{"email": "de red ['a', 'b']", "total": 7}]


async def test_a_page_leaves_out_what_it_cannot_read_of_its_query(client):
    for query, shown in {
        "": "7 1",
        "page=2": "7 2",
        "page=x": "7 1",
        "page=0&utm=1": "7 1",
        "page=2.0": "7 1",
    }.items():
        assert await (await client.get(f"/numbers/7?{query}")).text() == shown


async def test_answers_are_what_the_handler_declares(client):
    raw, thing, gone = (
        await client.get("/api/v1/raw"),
        await client.get("/api/v1/things/01890000-0000-7000-8000-000000000000"),
        await client.request("DELETE", "/api/v1/things/01890000-0000-7000-8000-000000000000"),
    )

    assert (await raw.read(), raw.headers["Content-Type"]) == (b'{"a":1}', "application/json")
    assert await thing.json() == {"email": "01890000-0000-7000-8000-000000000000", "total": 1}
    assert (gone.status, await gone.read(), dummies.ran) == (204, b"", ["removed"])
