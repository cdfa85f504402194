# SPDX-License-Identifier: Apache-2.0
from aiohttp import FormData


async def errors(client, **fields: str) -> dict[str, str]:
    token = await client.csrf_token("/form")
    response = await client.request("POST", "/form", data={"csrf_token": token, **fields})
    assert response.status == 422
    return (await response.json())["errors"]


async def test_errors_are_named_by_field_in_words(client):
    whole = "Please give a whole number."
    for fields, expected in (
        ({}, {"name": "Please fill this in.", "age": "Please fill this in."}),
        ({"name": "", "age": ""}, {"name": "Please fill this in.", "age": "Please fill this in."}),
        ({"name": "a" * 21, "age": "1"}, {"name": "This is too long; use at most 20 characters."}),
        ({"name": "a", "age": "x"}, {"age": whole}),
        ({"name": "a", "age": "1.0"}, {"age": whole}),
        ({"name": "a", "age": "1_0"}, {"age": whole}),
        ({"name": "a", "age": "٣"}, {"age": whole}),
        ({"name": "a", "age": "-1"}, {"age": "Please give 0 or more."}),
        ({"name": "a", "age": "151"}, {"age": "Please give 150 or less."}),
        ({"name": "a\0", "age": "1"}, {"name": "This holds a character that cannot be stored."}),
    ):
        assert await errors(client, **fields) == expected, fields


async def test_what_was_typed_comes_back_without_the_token(client):
    token = await client.csrf_token("/form")
    fields = {"csrf_token": token, "name": "", "age": "<b>"}
    response = await client.request("POST", "/form", data=fields)

    assert (await response.json())["raw"] == {"name": "", "age": "<b>"}


async def test_files_and_repeated_fields_are_read(client):
    data = FormData()
    data.add_field("csrf_token", await client.csrf_token("/form"))
    for name, value in (("name", "Ada"), ("age", "36"), ("tags", "a"), ("tags", "b")):
        data.add_field(name, value)
    data.add_field("file", b"the file", filename="a.txt", content_type="text/plain")

    response = await client.request("POST", "/form", data=data)

    assert await response.json() == {"files": {"file": "the file"}, "tags": ["a", "b"]}


async def test_an_empty_field_is_none_where_the_model_allows_that_and_takes_no_text(client):
    token = await client.csrf_token("/form")
    empty = {
        "csrf_token": token,
        "name": "Ada",
        "age": "36",
        "born": "",
        "limit": " ",
        "share": "",
        "nick": "",
    }
    filled = empty | {"born": "1815-12-10", "limit": "3", "share": "0.5"}
    answers = [await client.request("POST", "/form", data=data) for data in (empty, filled)]
    found = [await answer.json() for answer in answers]

    assert found[0] == {"born": None, "limit": None, "share": None, "nick": ""}
    assert found[1] == {"born": "1815-12-10", "limit": 3, "share": "0.5", "nick": ""}
    assert await errors(client, name="Ada", age="36", born="soon", limit="x", share="y") == {
        "born": "Please give a date.", "limit": "Please give a whole number.", "share": "Please give a number.",
    }  # fmt: skip


async def test_a_form_that_cannot_be_read_is_refused(client):
    for body, kind in (
        (b"--y\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"name=a", "multipart/form-data"),
        (b"name=%ff&age=1", "application/x-www-form-urlencoded; charset=nonsense"),
    ):
        response = await client.request("POST", "/form", data=body, headers={"Content-Type": kind})
        assert response.status in {400, 403}, kind
