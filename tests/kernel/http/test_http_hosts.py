# SPDX-License-Identifier: Apache-2.0
import json

from tests.kernel.http.dummies import AlphaPages

from shopwright.testing.kernels import ALPHA


def request(
    target: str = "/session", *headers: str, method: str = "GET", host: str = "alpha.localhost"
) -> bytes:
    lines = [
        f"{method} {target} HTTP/1.1",
        *([f"Host: {host}"] if host else []),
        "Connection: close",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def header(answer: bytes, name: str) -> str | None:
    for line in answer.split(b"\r\n\r\n")[0].decode().split("\r\n")[1:]:
        key, _, value = line.partition(": ")
        if key.lower() == name.lower():
            return value
    return None


async def test_an_unknown_host_has_no_store(client):
    for host in ("other.example", "alpha.localhost.example", "127.0.0.1", "localhost"):
        response = await client.get("/", headers={"Host": host})
        assert response.status == 421
        assert "No store answers to this host." in await response.text()
    api = await client.get("/api/v1/things", headers={"Host": "other.example"})
    assert (api.status, (await api.json())["code"]) == (421, "unknown_host")


async def test_a_host_is_known_in_any_case_with_any_port_and_with_its_root(client):
    for host in ("alpha.localhost", "ALPHA.localhost:8000", "alpha.localhost.", "alpha.localhost.:80"):
        assert (await client.get("/session", headers={"Host": host})).status == 200


async def test_malformed_hosts_are_refused(wire, kernel):
    async with wire(kernel) as speak:
        for host in (
            "a b",
            "alpha.localhost@evil.example",
            "alpha.localhost/x",
            "alpha.localhost:99999999",
            ".",
        ):
            assert status(await speak.say(request(host=host))) == 400, host
        assert status(await speak.say(request(host=""))) == 400
        twice = await speak.say(request("/session", "Host: beta.localhost"))
        assert status(twice) == 400


async def test_an_absolute_target_does_not_override_the_host(wire, kernel):
    async with wire(kernel) as speak:
        same = await speak.say(request("http://alpha.localhost/"))
        other = await speak.say(request("http://beta.localhost/"))
        foreign = await speak.say(request("http://alpha.localhost/api/v1/things", host="other.example"))

    assert status(same) == 200
    assert b"<h1>alpha en</h1>" in same
    assert (status(other), status(foreign)) == (400, 400)
    assert json.loads(foreign.split(b"\r\n\r\n")[1])["code"] == "host_mismatch"


AMBIGUOUS = [
    b"GET / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    b"POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: +5\r\n\r\nhello",
    b"POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: alpha.localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: alpha.localhost\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: alpha.localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : alpha.localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\n Host: alpha.localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: alpha.localhost\r\nX: a\x00b\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: alpha.localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: alpha.localhost\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
    b"G@T / HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
]


async def test_what_could_be_read_in_two_ways_is_refused_and_the_connection_closed(wire, kernel):
    async with wire(kernel) as speak:
        for raw in AMBIGUOUS:
            answer = await speak.say(raw)

            assert (status(answer), answer.count(b"HTTP/1.")) == (400, 1), raw
            assert json.loads(answer.split(b"\r\n\r\n")[1])["detail"] == "The request is not valid HTTP."
            assert header(answer, "Content-Type") == "application/problem+json"
            assert header(answer, "X-Content-Type-Options") == "nosniff"


async def test_targets_that_are_no_path_are_refused(wire, kernel):
    async with wire(kernel) as speak:
        found = {
            target: status(await speak.say(request(target, method=method)))
            for method, target in (("OPTIONS", "*"), ("CONNECT", "evil.example:443"), ("GET", "/?a=%00"))
        }

    assert found == {"*": 400, "evil.example:443": 400, "/?a=%00": 400}


async def test_forwarding_headers_of_strangers_are_ignored(client):
    headers = {
        "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "beta.localhost", "X-Forwarded-Proto": "https",
        "X-Request-ID": "mine",
    }  # fmt: skip
    response = await client.get("/", headers=headers)

    assert "alpha en" in await response.text()
    assert response.headers["X-Request-ID"] != "mine"
    assert "Strict-Transport-Security" not in response.headers


async def test_forwarding_headers_of_our_proxies_are_believed(make_kernel, make_client):
    config = {"trusted_proxies": ["127.0.0.0/8", "10.0.0.0/8"], "requests_per_minute": 2}
    kernel = await make_kernel([AlphaPages], [ALPHA], config=config)
    client = await make_client(kernel, "alpha")

    async def ask(forwarded_for: str, **headers: str):
        return await client.get(
            "/", headers={"Host": "inner:8000", "X-Forwarded-Host": "alpha.localhost",
                          "X-Forwarded-For": forwarded_for, **headers},
        )  # fmt: skip

    first = await ask(
        "198.51.100.1, 203.0.113.9, 10.1.1.1", **{"X-Request-ID": "abc-1", "X-Forwarded-Proto": "https"}
    )
    assert (first.status, first.headers["X-Request-ID"]) == (200, "abc-1")
    assert first.headers["Strict-Transport-Security"].startswith("max-age=")
    # What the client itself wrote in front does not make it another visitor.
    assert (await ask("198.51.100.2, 203.0.113.9, 10.1.1.1")).status == 200
    assert (await ask("198.51.100.3, 203.0.113.9, 10.1.1.1")).status == 429
    assert (await ask("203.0.113.10:5123")).status == 200
    assert (await ask("[2001:db8::1]:80")).status == 200
    assert (await ask("2001:db8::2")).status == 200
    assert (await ask("2001:db8::3")).status == 429
    forged = await ask("203.0.113.11", **{"X-Request-ID": "a b\u00fc"})
    assert len(forged.headers["X-Request-ID"]) == 36


async def test_health_answers_on_any_host_and_tells_when_it_is_not_ready(client, kernel):
    for host in ("alpha.localhost", "10.0.0.1:8000", "other.example"):
        assert await (await client.get("/healthz", headers={"Host": host})).json() == {"status": "ok"}
        assert await (await client.get("/readyz", headers={"Host": host})).json() == {"status": "ready"}

    kernel.draining = True
    stopping = await client.get("/readyz")
    assert (stopping.status, await stopping.json()) == (503, {"status": "stopping"})
    assert stopping.headers["Connection"] == "close"
    kernel.draining = False
    await kernel.db.close()
    lost = await client.get("/readyz")
    assert (lost.status, await lost.json()) == (503, {"status": "database unreachable"})
    assert (await client.get("/healthz")).status == 200
