# SPDX-License-Identifier: Apache-2.0
"""Fetching from addresses that a file names: bounded in every way, and never from inside the network."""

import asyncio
import time
from ipaddress import ip_address

import pytest
from plugins.importer.tests.pictures import PictureServer, png

from shopwright_importer.services.fetch import FetchError, fetch, is_public

HERE = ("127.0.0.1",)


@pytest.fixture
async def server():
    async with PictureServer() as found:
        yield found


async def refusal(address: str, **options) -> tuple[str, bool, str]:
    """Give code, whether it is tried again, and the message."""
    with pytest.raises(FetchError) as caught:
        await fetch(address, **options)
    error = caught.value
    return error.code, error.again, error.words % {**error.values, "address": "It"}


async def test_what_lies_there_is_given(server):
    assert await fetch(server.url("good/a b.png"), private_hosts=HERE) == png()


async def test_three_redirects_are_followed_and_a_fourth_is_not(server):
    found = await fetch(server.url("hop/2"), private_hosts=HERE)
    refused = await refusal(server.url("hop/3"), private_hosts=HERE)

    assert found == png()
    assert refused == ("picture_redirects", False, "It is forwarded more than 3 times.")


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("gone/a.png", ("picture_status", False, "It: the server answers 404.")),
        ("broken/a.png", ("picture_status", True, "It: the server answers 500.")),
        ("large/a.png", ("picture_too_large", False, "It is larger than 10 MB. Make it smaller.")),
        ("endless/a.png", ("picture_too_large", False, "It is larger than 10 MB. Make it smaller.")),
    ],
)
async def test_a_bad_answer_is_told(server, path, refused):
    assert await refusal(server.url(path), private_hosts=HERE) == refused


async def test_a_slow_server_is_left_after_the_deadline(server):
    began = time.monotonic()

    refused = await refusal(server.url("slow/a.png"), private_hosts=HERE, seconds=0.5)

    assert refused == ("picture_slow", True, "It did not arrive within 0 seconds.")
    assert time.monotonic() - began < 5


async def test_a_server_that_is_not_there_may_be_there_later(server):
    await server.__aexit__()

    refused = await refusal(server.url("good/a.png"), private_hosts=HERE)

    assert refused == ("picture_unreachable", True, "It: the server cannot be reached.")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f000001", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_nothing_is_fetched_from_this_machine(server, host):
    refused = await refusal(server.url("good/a.png", host))

    assert refused[:2] == ("picture_private", False)
    assert server.asked == {}


@pytest.mark.parametrize("host", ["127.1", "2130706433"])
async def test_numbers_that_hide_an_address_are_none(server, host):
    refused = await refusal(server.url("good/a.png", host))

    assert refused == ("picture_address", False, "It does not lead to an http or https address.")
    assert server.asked == {}


async def test_a_redirect_to_this_machine_is_refused(server):
    inside = server.url("good/secret.png", "localhost")

    refused = await refusal(server.url(f"to/x?url={inside}"), private_hosts=HERE)

    assert refused[:2] == ("picture_private", False)
    assert "(localhost)" in refused[2]
    assert server.asked == {"to/x": 1}


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://img.example/a.png", "gopher://x/", "http://[x/"]
)
async def test_only_http_is_spoken_also_after_a_redirect(server, target):
    refused = ("picture_address", False, "It does not lead to an http or https address.")

    assert await refusal(target) == refused
    assert await refusal(server.url(f"to/x?url={target}"), private_hosts=HERE) == refused
    assert server.asked == {"to/x": 1}


async def test_servers_learn_nothing_of_the_shop(server):
    await fetch(server.url("good/a.png"), private_hosts=HERE)

    assert set(server.seen[0].headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


async def test_a_proxy_of_the_environment_is_no_way_inside(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url(""))
    monkeypatch.setenv("http_proxy", server.url(""))

    assert (await refusal("http://10.0.0.1/a.png"))[0] == "picture_private"
    assert server.asked == {}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.215.14", True), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("127.8.9.10", False), ("0.0.0.0", False),
        ("224.0.0.1", False), ("240.0.0.1", False), ("255.255.255.255", False), ("192.0.2.1", False),
        ("2606:2800:220:1::1", True), ("::1", False), ("::", False), ("fe80::1", False), ("fc00::1", False),
        ("fec0::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False), ("::ffff:93.184.215.14", False),
        ("64:ff9b::a00:1", False), ("64:ff9b::5db8:d70e", True), ("2002:a00:1::1", False), ("2001:db8::1", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
    ],
)  # fmt: skip
def test_public_addresses_are_told_from_all_others(address, expected):
    assert is_public(ip_address(address)) is expected


async def test_one_slow_server_does_not_hold_up_others(server):
    slow = asyncio.create_task(refusal(server.url("slow/a.png"), private_hosts=HERE, seconds=3))

    assert await asyncio.wait_for(fetch(server.url("good/a.png"), private_hosts=HERE), 2) == png()
    slow.cancel()
