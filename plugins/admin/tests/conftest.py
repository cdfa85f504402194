# SPDX-License-Identifier: Apache-2.0
"""Two stores with nothing but the admin on, and people who work there."""

import re
from html import unescape

import pytest
from tests.shop import system

from shopwright.testing.kernels import ALPHA, BETA

PASSWORD = "correct horse battery 9"
_LINK = re.compile(r"https?://[^/\s]+(/admin/\S+)")


def link_in(mail) -> str:
    """The path of the link in a mail."""
    return _LINK.search(mail.text)[1]


async def errors_on(response) -> dict[str, str]:
    """What stands beside which field."""
    found = re.findall(
        r'<p class="field__error" id="(?:e-|error-)([^"]+)">([^<]*)</p>', await response.text()
    )
    return {name: unescape(text) for name, text in found}


async def notices_on(response) -> list[str]:
    """What the page says at its top."""
    found = re.findall(r'<p class="notice notice--\w+"[^>]*>([^<]*)</p>', await response.text())
    return [unescape(text) for text in found]


@pytest.fixture
async def kernel(make_kernel, fake_clock):
    return await make_kernel(plugins=["admin"], stores=[ALPHA, BETA], clock=fake_clock)


@pytest.fixture
def ctx(kernel):
    return system(kernel, "alpha")


@pytest.fixture
def hire(kernel):
    """Makes a staff user with PASSWORD; gives the id."""

    async def make(email="ada@example.com", *, role="owner", store="alpha", name=""):
        return await kernel.auth.staff.create(
            system(kernel, store), email=email, name=name or email.partition("@")[0].title(), password=PASSWORD,
            role=role,
        )  # fmt: skip

    return make


@pytest.fixture
def browser(kernel, make_client):
    """A browser in which somebody is signed in, or nobody."""

    async def open_one(email="", *, store="alpha", password=PASSWORD):
        client = await make_client(kernel, store)
        if email:
            await client.sign_in_staff(email, password)
        return client

    return open_one


@pytest.fixture
async def ada(hire, browser):
    """The browser of an owner of alpha."""
    await hire()
    return await browser("ada@example.com")


@pytest.fixture
def can_sign_in(browser):
    async def attempt(email, password, *, store="alpha") -> bool:
        client = await browser(store=store)
        response = await client.submit("/admin/login", {"email": email, "password": password})
        return response.status == 303

    return attempt
