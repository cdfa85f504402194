# SPDX-License-Identifier: Apache-2.0
"""Two stores with customer accounts, and people who have one or none."""

import re
from html import unescape

import pytest
from tests.shop import system

from shopwright.testing.kernels import ALPHA, BETA

PASSWORD = "four lamps beside water"
NEW = "quite another set of words"
HOME = {
    "name": "Ada Shopper", "line1": "Hafenstraße 7", "line2": "", "postal_code": "23552", "city": "Lübeck",
    "region": "", "country": "DE", "phone": "",
}  # fmt: skip
_LINK = re.compile(r"http://(alpha|beta)\.localhost(/\S*account/\S+)")


def link_in(mail) -> str:
    """The path of the link in a mail."""
    found = _LINK.findall(mail.text)
    assert len(found) == 1, mail.text
    return found[0][1]


def token_in(mail) -> str:
    return link_in(mail).rpartition("/")[2]


def sid_of(client) -> str:
    return next(cookie.value for cookie in client.http.session.cookie_jar if cookie.key.endswith("sid"))


def without_tokens(text: str) -> str:
    return re.sub(r'(name="csrf_token" value=|nonce=)"[^"]*"', "", text)


async def errors_on(response) -> dict[str, str]:
    """What stands beside which field."""
    found = re.findall(r'<p class="field__error" id="error-([^"]+)">([^<]*)</p>', await response.text())
    return {name: unescape(text) for name, text in found}


async def notices_on(response) -> list[str]:
    """What the page says beside its forms: messages of the step before, and what is wrong."""
    text = await response.text()
    found = re.findall(r'<p(?: class="notice[^>]*)?>([^<]*)</p>', text[: text.index("</main>")])
    return [unescape(words) for words in found]


@pytest.fixture
async def kernel(make_kernel, fake_clock):
    return await make_kernel(plugins=["customers"], stores=[ALPHA, BETA], clock=fake_clock)


@pytest.fixture
def ctx(kernel):
    return system(kernel, "alpha")


@pytest.fixture
def browser(kernel, make_client):
    """A browser in which nobody is signed in, or somebody who has an account."""

    async def open_one(email="", *, store="alpha", password=PASSWORD):
        client = await make_client(kernel, store)
        if email:
            response = await client.submit("/account/sign-in", {"email": email, "password": password})
            assert response.status == 303, await response.text()
        return client

    return open_one


@pytest.fixture
def join(browser):
    """Makes an account with PASSWORD; gives the browser that made it."""

    async def make(email="ada@example.com", *, store="alpha", name="Ada"):
        client = await browser(store=store)
        fields = {"email": email, "password": PASSWORD, "name": name}
        response = await client.submit("/account/sign-up", fields)
        assert response.status == 303, await response.text()
        return client

    return make


@pytest.fixture
async def ada(join):
    """The browser of a customer of alpha."""
    return await join()


@pytest.fixture
def can_sign_in(browser):
    async def attempt(email, password, *, store="alpha") -> bool:
        client = await browser(store=store)
        response = await client.submit("/account/sign-in", {"email": email, "password": password})
        return response.status == 303

    return attempt


@pytest.fixture
def id_of(kernel):
    """Gives the id of a customer."""

    async def look(email="ada@example.com", *, store="alpha"):
        sql = "SELECT id FROM customers_customer WHERE email = $1::text::citext"
        return await system(kernel, store).fetch_value(sql, email)

    return look


@pytest.fixture
def audited(kernel, ctx):
    """Tells what the audit log says about customers, oldest first."""

    async def actions() -> list[tuple[str, str]]:
        entries = await kernel.audit.entries(ctx)
        return [(e.actor_kind, e.action) for e in reversed(entries) if e.subject_kind == "customers.customer"]

    return actions
