# SPDX-License-Identifier: Apache-2.0
import asyncio
import gzip
import logging
import re

import brotli
import pytest
from tests.kernel.http import dummies

from shopwright.http.security import placeholders
from shopwright.ids import new_id
from shopwright.testing.kernels import ALPHA, BETA


def nonce_of(response) -> str:
    return re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])[1]


async def test_a_hit_asks_the_database_nothing_with_or_without_a_session(
    client, kernel, make_client, query_log
):
    visitor = await make_client(kernel, "alpha")
    await visitor.request("POST", "/session/a/b")

    first = await client.get("/kept")
    with query_log.at_most(0):
        second = await client.get("/kept")
        third = await visitor.get("/kept")

    assert [r.headers["X-Cache"] for r in (first, second, third)] == ["miss", "hit", "hit"]
    assert dummies.ran == ["kept"]


async def test_each_reader_of_a_kept_page_gets_a_nonce_and_a_token_of_their_own(client, kernel, make_client):
    other = await make_client(kernel, "alpha")
    texts = []
    for reader in (client, client, other):
        response = await reader.get("/kept")
        text = await response.text()
        assert f"nonce='{nonce_of(response)}'" in text
        texts.append(re.sub(r"nonce='[^']+'|value=\"[^\"]+\"", "", text))
        names = placeholders(kernel.secret_keys[0])
        assert names.nonce not in text
        assert names.csrf not in text
    assert len(set(texts)) == 1
    for reader in (client, other):
        token = await reader.csrf_token("/kept")
        response = await reader.request("POST", "/form", data={"csrf_token": token, "name": "a", "age": "1"})
        assert response.status == 303


async def test_pages_differ_by_store_language_and_known_query_only(client, kernel, make_client):
    beta = await make_client(kernel, "beta")
    pages = [
        (client, "/kept"), (client, "/kept?page=2"), (client, "/de/kept"), (beta, "/kept"),
        (client, "/kept?utm=1"), (client, "/kept?page=2&x=1"), (client, "/kept?x=1&page=2"),
    ]  # fmt: skip
    found = [(await reader.get(path)).headers["X-Cache"] for reader, path in pages]

    assert found == ["miss", "miss", "miss", "miss", "hit", "hit", "hit"]
    assert (await (await client.get("/kept?page=2&x=1")).text()).endswith("['page']")


async def test_a_page_leaves_the_cache_when_its_tag_or_the_configuration_changes(client, kernel):
    store = kernel.directory.by_code("alpha")

    async def how() -> str:
        return (await client.get("/kept")).headers["X-Cache"]

    assert [await how(), await how()] == ["miss", "hit"]
    await kernel.backend.cache.invalidate_tags([f"{store.id}:alpha_pages.item:2"])
    assert await how() == "hit"
    await kernel.backend.cache.invalidate_tags([f"{store.id}:alpha_pages.item:1"])
    assert [await how(), await how()] == ["miss", "hit"]
    await kernel.backend.cache.invalidate_tags([f"{store.id}:*"])
    assert [await how(), await how()] == ["miss", "hit"]
    kernel.directory.version += 1
    assert [await how(), await how()] == ["miss", "hit"]


async def test_a_page_lives_as_long_as_its_route_says(client, fake_clock):
    await client.get("/kept")
    fake_clock.advance(599)
    assert (await client.get("/kept")).headers["X-Cache"] == "hit"
    fake_clock.advance(2)
    assert (await client.get("/kept")).headers["X-Cache"] == "miss"


async def test_many_who_want_one_page_wait_for_whoever_makes_it(client, kernel, make_client):
    readers = [await make_client(kernel, "alpha") for _ in range(5)]
    tasks = [asyncio.create_task(reader.get("/kept-slow")) for reader in readers]
    await dummies.entered.wait()
    await asyncio.sleep(0.1)
    dummies.gate.set()

    assert {await (await task).text() for task in tasks} == {"made 1"}
    assert dummies.ran == ["kept-slow"]


async def test_a_page_that_became_stale_while_it_was_made_is_not_kept(client, kernel):
    store = kernel.directory.by_code("alpha")
    dummies.gate.set()
    await client.get("/kept-slow")
    await kernel.backend.cache.invalidate_tags([f"{store.id}:alpha_pages.item:2"])
    dummies.gate.clear()
    dummies.entered.clear()

    task = asyncio.create_task(client.get("/kept-slow"))
    await dummies.entered.wait()
    await kernel.backend.cache.invalidate_tags([f"{store.id}:alpha_pages.item:2"])
    dummies.gate.set()
    await task

    assert (await client.get("/kept-slow")).headers["X-Cache"] == "miss"


async def test_what_is_no_page_for_all_is_not_kept(client):
    assert [(await client.get("/kept-missing")).status for _ in range(2)] == [404, 404]
    assert dummies.ran == ["kept-missing", "kept-missing"]


async def test_writing_a_session_on_a_kept_page_is_a_mistake_that_shows(client, caplog):
    assert (await client.get("/kept-writing")).status == 500
    assert "must not write their session" in caplog.text


async def test_a_waiting_message_gets_a_page_of_its_own(client):
    saved = await client.submit("/form", {"name": "Ada", "age": "36"})
    assert saved.cookies["flash"].value == "1"

    assert "X-Cache" not in (await client.get("/kept")).headers
    home = await client.get("/")
    assert "<p>success: Saved Ada</p>" in await home.text()
    assert home.cookies["flash"]["max-age"] == "0"
    assert "Saved Ada" not in await (await client.get("/")).text()
    assert "X-Cache" in (await client.get("/kept")).headers


async def test_an_unchanged_page_is_not_sent_again_and_keeps_its_policy(client, kernel, make_client):
    first = await client.get("/kept")
    tag = first.headers["ETag"]
    # The token of the stored copy is this reader's; for somebody else it is another page.
    again = await client.get("/kept", headers={"If-None-Match": f'"other", {tag}'})
    head = await client.request("HEAD", "/kept", headers={"If-None-Match": tag})
    stranger = await (await make_client(kernel, "alpha")).get("/kept", headers={"If-None-Match": tag})

    assert (again.status, await again.read(), head.status) == (304, b"", 304)
    assert again.headers["ETag"] == tag
    assert "Content-Security-Policy" not in again.headers
    assert "Set-Cookie" not in again.headers
    assert (stranger.status, stranger.headers["ETag"] != tag) == (200, True)


async def test_calls_and_plain_pages_have_validators_too(client):
    for path in ("/api/v1/things", "/kept-plain"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        changed = await client.get(path, headers={"If-None-Match": '"x"'})
        assert (again.status, changed.status) == (304, 200)


async def test_who_may_keep_an_answer(client, kernel, make_client):
    known = await make_client(kernel, "alpha")
    await known.request("POST", "/session/a/b")
    found = {
        path: (await client.get(path)).headers["Cache-Control"]
        for path in (
            "/",
            "/kept",
            "/kept-plain",
            "/api/v1/things",
            "/api/v1/raw",
            "/nothing",
            "/api/v1/nothing",
        )
    }

    assert found == {
        "/": "private, no-cache", "/kept": "private, no-cache", "/kept-plain": "public, max-age=30",
        "/api/v1/things": "public, max-age=5", "/api/v1/raw": "private, no-cache", "/nothing": "no-store",
        "/api/v1/nothing": "no-store",
    }  # fmt: skip
    assert (await known.get("/api/v1/things")).headers["Cache-Control"] == "private, max-age=5"
    assert (await client.get("/api/v1/things")).headers["Vary"] == "Accept-Language"


async def test_a_change_in_the_store_is_seen_at_once_by_a_second_process(
    make_kernel, make_client, valkey_url
):
    first = await make_kernel([dummies.AlphaPages], [ALPHA, BETA], redis_url=valkey_url)
    second = await make_kernel(
        [dummies.AlphaPages], url=first.config.database_url, redis_url=valkey_url, enable=False
    )
    one, two = await make_client(first, "alpha"), await make_client(second, "alpha")
    query = f"/kept?page={new_id().int % 10**6 + 1}"

    assert [(await c.get(query)).headers["X-Cache"] for c in (one, two)] == ["miss", "hit"]
    await first.backend.cache.invalidate_tags([f"{one.store.id}:alpha_pages.item:1"])
    assert (await two.get(query)).headers["X-Cache"] == "miss"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0.5, gzip", "gzip"), ("br;q=0, gzip;q=0", None),
        ("*", "br"), ("*;q=0", None), ("identity", None), ("", None), ("br;q=x, gzip;q=0.1", "gzip"),
    ],
)  # fmt: skip
async def test_compression_is_negotiated(client, accepted, encoding):
    response = await client.get("/big", headers={"Accept-Encoding": accepted})

    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"


async def test_what_does_not_pay_or_does_not_want_it_is_not_compressed(client):
    for path in ("/", "/big-raw", "/streamed"):
        response = await client.get(path, headers={"Accept-Encoding": "br"})
        assert "Content-Encoding" not in response.headers


async def test_compressed_bytes_are_the_page(wire, kernel):
    packed = {}
    async with wire(kernel) as speak:
        for encoding in ("br", "gzip"):
            head = f"GET /big HTTP/1.1\r\nHost: alpha.localhost\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
            packed[encoding] = (await speak.say(head.encode())).split(b"\r\n\r\n", 1)[1]

    page = b"compress me " * 500
    assert brotli.decompress(packed["br"]) == gzip.decompress(packed["gzip"]) == page


async def test_every_answer_has_the_security_headers(client):
    for path in ("/", "/kept", "/nothing", "/broken", "/api/v1/things", "/streamed", "/api/v1/nothing"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Permissions-Policy"].startswith("camera=()")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert re.fullmatch(r"[0-9a-f-]{36}", headers["X-Request-ID"])
        assert headers["Server"] == "Shopwright"
    policy = (await client.get("/")).headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    assert policy == (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


async def test_with_tls_cookies_are_bound_to_the_host_and_browsers_stay_on_tls(make_kernel, make_client):
    kernel = await make_kernel([dummies.AlphaPages], [ALPHA], config={"public_scheme": "https"})
    client = await make_client(kernel, "alpha")

    page = await client.get("/form")
    session = await client.request("POST", "/session/a/b")

    assert page.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert {*page.cookies, *session.cookies} == {"__Host-csrf", "__Host-sid"}
    for cookie in (page.cookies["__Host-csrf"], session.cookies["__Host-sid"]):
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
            True, True, "Lax", "/", "",
        )  # fmt: skip


async def test_each_request_leaves_a_line_with_its_fields(client, caplog):
    with caplog.at_level(logging.INFO, "shopwright.access"):
        response = await client.get("/items/x%0Ay?secret=1")

    record = next(found for found in caplog.records if found.name == "shopwright.access")
    assert (record.store, record.method, record.path, record.status) == ("alpha", "GET", "/items/x%0Ay", 200)
    assert record.request_id == response.headers["X-Request-ID"]
    assert record.getMessage().startswith("alpha GET /items/x%0Ay 200 ")
