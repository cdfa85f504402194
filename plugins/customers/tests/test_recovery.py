# SPDX-License-Identifier: Apache-2.0
"""A forgotten password: who gets a link, what it is good for, and what nobody learns."""

from datetime import timedelta

import pytest
from plugins.customers.tests.conftest import (
    NEW,
    PASSWORD,
    errors_on,
    link_in,
    notices_on,
    token_in,
    without_tokens,
)

from shopwright_customers.services.disabling import disable

FORGOT = "/account/forgot"
API = "/api/v1/customers/password-reset"


@pytest.fixture
def ask(kernel, browser):
    """Asks for a link in a browser of its own, and has what waits done; gives the answer."""

    async def send(email="ada@example.com", *, store="alpha", page=FORGOT):
        response = await (await browser(store=store)).submit(page, {"email": email})
        await kernel.jobs.drain(strict=True)
        return response

    return send


@pytest.fixture
def link(ask, mail_sink):
    """Gives the path of a fresh link for an account."""

    async def make(email="ada@example.com", *, store="alpha"):
        await ask(email, store=store)
        return link_in(mail_sink[-1])

    return make


async def test_the_link_from_the_mail_sets_a_new_password(join, ask, browser, mail_sink, can_sign_in):
    await join()
    client = await browser()
    assert f'href="{FORGOT}"' in await (await client.get("/account/sign-in")).text()

    await ask("ADA@example.com")
    (mail,) = mail_sink
    shown = await client.get(link_in(mail))
    done = await client.submit(link_in(mail), {"password": NEW})

    assert (mail.to, mail.subject) == ("ada@example.com", "A new password for Alpha")
    assert mail.text.count("http://alpha.localhost/account/reset/") == 1
    assert "For the account ada@example.com." in await shown.text()
    assert (done.status, done.headers["Location"]) == (303, "/account/sign-in")
    assert "Your password is set. Please sign in." in await notices_on(await client.get("/account/sign-in"))
    assert await can_sign_in("ada@example.com", NEW)
    assert not await can_sign_in("ada@example.com", PASSWORD)


async def test_known_unknown_foreign_and_disabled_accounts_get_the_same_answer(
    join, ask, mail_sink, ctx, id_of
):
    await join("ada@example.com")
    await join("bob@example.com", store="beta")
    await join("dora@example.com")
    await disable(ctx, await id_of("dora@example.com"))

    pages = []
    for email in ("ada", "eve", "bob", "dora"):
        response = await ask(f"{email}@example.com")
        text = without_tokens(await response.text()).replace(f"{email}@example.com", "?")
        pages.append((response.status, text))
    nonsense = await ask("not an address")

    assert pages[0][0] == 200
    assert "If there is an account with this address, a link" in pages[0][1]
    assert pages == [pages[0]] * 4
    assert without_tokens(await nonsense.text()).replace("not an address", "?") == pages[0][1]
    assert [mail.to for mail in mail_sink] == ["ada@example.com"]


async def test_asking_costs_the_database_the_same_for_known_and_unknown(join, browser, query_log):
    await join()
    client = await browser()
    counts = []
    await client.submit(FORGOT, {"email": "warm@example.com"})
    for email in ("ada@example.com", "eve@example.com"):
        token = await client.csrf_token(FORGOT)
        with query_log.recording() as log:
            await client.request("POST", FORGOT, data={"csrf_token": token, "email": email})
        counts.append(len(log))

    assert counts[0] == counts[1] > 0


async def test_the_queue_says_nothing_about_a_person(join, browser, ctx, id_of):
    await join()
    await (await browser()).submit(FORGOT, {"email": "ada@example.com"})

    rows = await ctx.kernel.db.fetch_rows(None, "SELECT payload FROM kernel_queue")

    texts = [bytes(row["payload"] or b"").decode() for row in rows]
    customer_id = str(await id_of())
    assert any(customer_id in text for text in texts)
    assert not any("ada@" in text for text in texts)


async def test_an_address_gets_five_links_an_hour_and_nobody_sees_when_they_stop(join, ask, mail_sink):
    await join()

    answers = [await ask() for _ in range(6)]

    texts = {without_tokens(await answer.text()) for answer in answers}
    assert ([answer.status for answer in answers], len(texts), len(mail_sink)) == ([200] * 6, 1, 5)


async def test_one_visitor_asks_ten_times_in_ten_minutes(browser):
    client = await browser()

    answers = [await client.submit(FORGOT, {"email": f"{n}@example.com"}) for n in range(11)]

    assert [answer.status for answer in answers] == [200] * 10 + [429]


async def test_an_empty_form_says_so(browser):
    response = await (await browser()).submit(FORGOT, {"email": ""})

    assert (response.status, await errors_on(response)) == (422, {"email": "Please fill this in."})


async def test_asking_needs_the_token_of_the_page(join, browser, kernel, mail_sink):
    await join()
    client = await browser()
    await client.get(FORGOT)

    response = await client.request("POST", FORGOT, data={"email": "ada@example.com"})
    await kernel.jobs.drain()

    assert (response.status, mail_sink) == (403, [])


async def test_a_mail_that_cannot_be_sent_is_tried_again(join, ask, kernel, fake_clock, mail_sink):
    await join()
    good = kernel.mailer

    class Broken:
        async def send(self, message):
            raise OSError("no route to the mail server")

    kernel.mailer = Broken()
    answer = await ask()
    kernel.mailer = good
    fake_clock.advance(30)
    await kernel.jobs.drain(strict=True)

    assert (answer.status, [mail.to for mail in mail_sink]) == (200, ["ada@example.com"])


async def test_a_weak_password_is_refused_and_the_link_stays_good(join, link, browser, can_sign_in):
    await join()
    path, client = await link(), await browser()

    short = await client.submit(path, {"password": "short"})
    empty = await client.submit(path, {"password": ""})
    like = await client.submit(path, {"password": "ada@example.com"})
    good = await client.submit(path, {"password": NEW})

    assert (short.status, await errors_on(short)) == (422, {"password": "Use at least 10 characters."})
    assert (empty.status, await errors_on(empty)) == (422, {"password": "Please fill this in."})
    assert await errors_on(like) == {"password": "Choose a password that is not your e-mail address."}
    assert good.status == 303
    assert await can_sign_in("ada@example.com", NEW)


async def test_a_link_is_good_once_for_an_hour_and_until_the_next_one(join, link, browser, fake_clock):
    await join()
    client = await browser()
    older, newer = await link(), await link()
    token = await client.csrf_token(newer)

    async def use(path):
        seen = await client.get(path)
        used = await client.request("POST", path, data={"csrf_token": token, "password": NEW})
        return seen.status, used.status

    replaced, first, again = await use(older), await use(newer), await use(newer)
    late = await link()
    fake_clock.advance(timedelta(hours=1))
    expired, invented = await use(late), await use("/account/reset/nonsense")
    page = await (await client.get(late)).text()

    assert (replaced, first, again) == ((404, 409), (200, 303), (404, 409))
    assert (expired, invented) == ((404, 409), (404, 409))
    assert "This link is not good any more" in page
    assert f'href="{FORGOT}"' in page


async def test_opening_a_link_does_not_use_it_up(join, link, browser):
    await join()
    path, client = await link(), await browser()

    assert [(await client.get(path)).status for _ in range(3)] == [200] * 3
    assert (await client.submit(path, {"password": NEW})).status == 303


async def test_a_link_of_one_store_is_nothing_in_the_other(join, link, browser, can_sign_in):
    await join(store="alpha")
    await join(store="beta")
    path, beta = await link(store="alpha"), await browser(store="beta")
    token = await beta.csrf_token("/account/sign-in")

    seen = await beta.get(path)
    used = await beta.request("POST", path, data={"csrf_token": token, "password": NEW})

    assert (seen.status, used.status) == (404, 409)
    assert await can_sign_in("ada@example.com", PASSWORD, store="beta")
    assert await can_sign_in("ada@example.com", PASSWORD, store="alpha")


async def test_a_link_dies_with_a_change_of_the_password_or_when_the_account_is_disabled(
    join, link, browser, ctx, id_of
):
    client = await join()
    path = await link()
    fields = {"current_password": PASSWORD, "new_password": NEW}
    changed = await client.submit("/account/details", fields, action="/account/details/password")
    after_change = (await client.get(path)).status
    path = await link()
    await disable(ctx, await id_of())

    assert (changed.status, after_change) == (303, 404)
    assert (await (await browser()).get(path)).status == 404


async def test_a_new_password_signs_out_every_browser_and_ends_the_wait(
    ada, link, browser, can_sign_in, audited
):
    other = await browser("ada@example.com")
    path = await link()
    guesser = await browser()
    for _ in range(5):
        await guesser.submit("/account/sign-in", {"email": "ada@example.com", "password": "no"})

    done = await ada.submit(path, {"password": NEW})

    assert done.status == 303
    assert [(await client.get("/account")).status for client in (ada, other)] == [303, 303]
    assert "Your password is set. Please sign in." in await notices_on(await ada.get("/account/sign-in"))
    assert await can_sign_in("ada@example.com", NEW)
    assert await audited() == [("customer", "customers.password_reset")]


async def test_setting_the_password_needs_the_token_of_the_page(join, link, browser, can_sign_in):
    await join()
    path, client = await link(), await browser()
    await client.get(path)

    assert (await client.request("POST", path, data={"password": NEW})).status == 403
    assert await can_sign_in("ada@example.com", PASSWORD)


async def test_the_api_does_the_same(join, browser, kernel, mail_sink, can_sign_in):
    await join()
    client = await browser()

    known = await client.send("POST", API, {"email": "ada@example.com"})
    unknown = await client.send("POST", API, {"email": "eve@example.com"})
    await kernel.jobs.drain(strict=True)
    (mail,) = mail_sink

    async def confirm(password, token=""):
        body = {"token": token or token_in(mail), "password": password}
        return await client.send("POST", f"{API}/confirm", body)

    weak, good, again, invented = (
        await confirm("short"), await confirm(NEW), await confirm(PASSWORD), await confirm(NEW, "nonsense"),
    )  # fmt: skip

    assert (known.status, await known.read()) == (unknown.status, await unknown.read()) == (202, b"")
    assert (weak.status, good.status, again.status, invented.status) == (422, 204, 409, 409)
    assert (await weak.json())["errors"][0]["pointer"] == "/password"
    assert (await again.json())["code"] == "link_outlived"
    assert (await client.get("/api/v1/customers/me")).status == 401
    assert await can_sign_in("ada@example.com", NEW)


async def test_pages_and_mail_are_german_in_german(join, ask, browser, mail_sink):
    await join()
    client = await browser()

    shown = await (await client.get("/de/account/forgot")).text()
    sent = await (await ask(page="/de/account/forgot")).text()
    (mail,) = mail_sink
    page = await (await client.get(link_in(mail))).text()
    dead = await (await client.get("/de/account/reset/nonsense")).text()

    assert "<h1>Passwort vergessen?</h1>" in shown
    assert "<h1>Sieh in deine Mails</h1>" in sent
    assert mail.subject == "Ein neues Passwort für Alpha"
    assert "http://alpha.localhost/de/account/reset/" in mail.text
    assert "<h1>Neues Passwort wählen</h1>" in page
    assert "<h1>Dieser Link gilt nicht mehr</h1>" in dead
