# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
import time

import pytest
from tests.kernel.http.dummies import AlphaPages

from shopwright.testing.kernels import ALPHA

HEAD = b"GET /session HTTP/1.1\r\nHost: alpha.localhost\r\n"


@pytest.fixture
async def hasty(make_kernel):
    """A kernel that waits for nobody."""
    config = {"header_timeout": 0.3, "body_timeout": 0.4, "handler_timeout": 0.6, "keepalive_timeout": 0.8}
    return await make_kernel([AlphaPages], [ALPHA], config=config)


def post(
    length: int, body: bytes = b"", path: str = "/api/v1/orders", kind: str = "application/json"
) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    return head.encode() + body


async def read_all(reader: asyncio.StreamReader) -> tuple[bytes, float]:
    began = time.monotonic()
    async with asyncio.timeout(5):
        answer = await reader.read()
    return answer, time.monotonic() - began


async def test_a_connection_that_says_nothing_is_closed(hasty, wire):
    async with wire(hasty) as speak:
        reader, writer = await speak.open()
        answer, waited = await read_all(reader)
        writer.close()

    assert answer == b""
    assert 0.2 < waited < 0.75


async def test_headers_that_drip_are_cut_off(hasty, wire):
    async with wire(hasty) as speak:
        reader, writer = await speak.open()
        closed = asyncio.create_task(read_all(reader))
        for sent, byte in enumerate(HEAD * 3):  # noqa: B007
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)
            if closed.done():
                break
        answer, _ = await closed
        writer.close()

    assert answer == b""
    assert sent < 40


async def test_the_headers_of_a_second_request_have_a_limit_too(hasty, wire):
    async with wire(hasty) as speak:
        reader, writer = await speak.open()
        writer.write(HEAD + b"\r\n")
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        _, waited = await read_all(reader)
        writer.close()

    assert waited < 0.75


async def test_an_idle_connection_is_kept_for_a_while_only(hasty, wire):
    async with wire(hasty) as speak:
        reader, writer = await speak.open()
        writer.write(HEAD + b"\r\n")
        _, waited = await read_all(reader)
        writer.close()

    assert 0.5 < waited < 3


async def test_a_body_that_does_not_come_is_answered(hasty, wire):
    async with wire(hasty) as speak:
        for kind in (
            "application/json",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
        ):
            path = "/api/v1/orders" if "json" in kind else "/form"
            reader, writer = await speak.open()
            writer.write(post(100, b"{", path, kind))
            async with asyncio.timeout(3):
                answer = await reader.readuntil(b"\r\n\r\n")
            writer.close()
            assert answer.startswith(b"HTTP/1.1 408 "), kind
            assert b"Connection: close" in answer


async def test_a_slow_sender_has_its_own_time_beside_the_handlers(hasty, wire):
    body = json.dumps({"email": "a", "lines": [{"sku": "A", "quantity": 1}]}).encode()
    async with wire(hasty) as speak:
        reader, writer = await speak.open()
        writer.write(post(len(body), body[:5]))
        await asyncio.sleep(0.3)
        writer.write(body[5:])
        assert (await reader.readline()) == b"HTTP/1.1 201 Created\r\n"
        writer.close()


async def test_a_handler_that_hangs_is_answered(hasty, make_client):
    client = await make_client(hasty, "alpha")
    began = time.monotonic()

    response = await client.get("/slow")

    assert response.status == 503
    assert time.monotonic() - began < 3
    assert "This took too long. Please try again." in await response.text()


async def test_a_body_larger_than_its_route_takes_is_refused(client, wire, kernel):
    body = {"email": "a" * 100, "lines": [{"sku": "A", "quantity": 1}]}
    declared = await client.request("POST", "/api/v1/small", json=body)

    async def chunks():
        for _ in range(20):
            yield b"x" * 10

    streamed = await client.request(
        "POST", "/api/v1/small", data=chunks(), headers={"Content-Type": "application/json"}
    )

    for response in (declared, streamed):
        assert response.status == 413
        assert (await response.json())["detail"] == "Send at most 64 bytes."
    bomb = await client.request(
        "POST",
        "/api/v1/small",
        data=b"\0" * 100_000,
        compress="gzip",
        headers={"Content-Type": "application/json"},
    )
    assert bomb.status == 413


async def test_a_client_that_waits_for_permission_gets_it(kernel, wire):
    body = json.dumps({"email": "a", "lines": [{"sku": "A", "quantity": 1}]}).encode()
    async with wire(kernel) as speak:
        reader, writer = await speak.open()
        writer.write(post(len(body)).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        await reader.readline()
        writer.write(body)
        assert await reader.readline() == b"HTTP/1.1 201 Created\r\n"
        writer.close()


async def test_an_address_has_a_general_limit_that_files_and_health_do_not_use_up(make_kernel, make_client):
    kernel = await make_kernel([AlphaPages], [ALPHA], config={"requests_per_minute": 3})
    client = await make_client(kernel, "alpha")

    for path in ("/healthz", "/static/kernel/api-docs.js", "/static/nothing.css") * 3:
        assert (await client.get(path)).status in {200, 404}
    statuses = [(await client.get("/items/x")).status for _ in range(4)]
    last = await client.get("/api/v1/things")

    assert statuses == [200, 200, 200, 429]
    assert (last.status, (await last.json())["code"]) == (429, "too_many_requests")
    assert 1 <= int(last.headers["Retry-After"]) <= 20


async def test_a_route_has_a_limit_of_its_own_in_each_store(kernel, make_client):
    alpha, beta = await make_client(kernel, "alpha"), await make_client(kernel, "beta")

    assert [(await alpha.get("/limited")).status for _ in range(3)] == [200, 200, 429]
    assert (await beta.get("/limited")).status == 200
    assert (await alpha.get("/items/x")).status == 200
