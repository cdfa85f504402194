# SPDX-License-Identifier: Apache-2.0
"""Signing in, a forgotten password, and invitations, as people meet them on pages."""

import re
from datetime import timedelta

import pytest
from plugins.admin.tests.conftest import PASSWORD, errors_on, link_in, notices_on

NEW = "quite another set of words"
FORGOT = "/admin/forgot"


def without_tokens(text: str) -> str:
    return re.sub(r'(name="csrf_token" value=|nonce=)"[^"]*"', "", text)


async def test_the_right_password_opens_the_page_that_was_wanted(hire, browser):
    await hire()
    client = await browser()

    away = await client.get("/admin/staff")
    fields = {"email": "ada@example.com", "password": PASSWORD, "next": "/admin/staff"}
    entered = await client.submit("/admin/login", fields)

    assert (away.status, away.headers["Location"]) == (303, "/admin/login?next=%2Fadmin%2Fstaff")
    assert (entered.status, entered.headers["Location"]) == (303, "/admin/staff")
    assert (await client.get("/admin/staff")).status == 200


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/products", "/admin\\evil"])
async def test_signing_in_never_leads_out_of_the_admin(hire, browser, wanted):
    await hire()
    client = await browser()

    fields = {"email": "ada@example.com", "password": PASSWORD, "next": wanted}
    assert (await client.submit("/admin/login", fields)).headers["Location"] == "/admin/"


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(hire, browser):
    await hire()
    client = await browser()

    wrong = await client.submit("/admin/login", {"email": "ada@example.com", "password": "no"})
    unknown = await client.submit("/admin/login", {"email": "eve@example.com", "password": "no"})

    assert (wrong.status, unknown.status) == (401, 401)
    page = without_tokens(await wrong.text())
    assert page.replace("ada@", "eve@") == without_tokens(await unknown.text())
    assert 'value="ada@example.com"' in page
    assert "E-mail address or password is wrong." in page


async def test_five_wrong_passwords_make_even_the_right_one_wait(hire, browser):
    await hire()
    client = await browser()

    for _ in range(5):
        await client.submit("/admin/login", {"email": "ada@example.com", "password": "no"})
    response = await client.submit("/admin/login", {"email": "ada@example.com", "password": PASSWORD})

    assert response.status == 429
    assert await notices_on(response) == ["Too many attempts. Please wait a minute."]


async def test_signing_out_closes_the_admin(ada):
    out = await ada.submit("/admin/account", {}, action="/admin/logout")

    assert (out.status, out.headers["Location"]) == (303, "/admin/login")
    assert (await ada.get("/admin/account")).headers["Location"] == "/admin/login?next=%2Fadmin%2Faccount"


async def test_staff_of_one_store_do_not_get_into_the_other(hire, can_sign_in):
    await hire()

    assert await can_sign_in("ada@example.com", PASSWORD)
    assert not await can_sign_in("ada@example.com", PASSWORD, store="beta")


async def test_a_forgotten_password_is_replaced_with_the_link_from_the_mail(
    hire, browser, mail_sink, can_sign_in
):
    await hire()
    client = await browser()
    assert 'href="/admin/forgot"' in await (await client.get("/admin/login")).text()

    await client.submit(FORGOT, {"email": "ADA@example.com"})
    (mail,) = mail_sink
    path = link_in(mail)
    shown = await client.get(path)
    done = await client.submit(path, {"password": NEW})

    assert mail.to == "ada@example.com"
    assert mail.text.count("http://alpha.localhost") == 1
    assert "For the account ada@example.com." in await shown.text()
    assert (done.status, done.headers["Location"]) == (303, "/admin/login")
    assert await notices_on(await client.get("/admin/login")) == ["Your password is set. Please sign in."]
    assert (await can_sign_in("ada@example.com", NEW), await can_sign_in("ada@example.com", PASSWORD)) == (
        True,
        False,
    )


async def test_a_known_and_an_unknown_address_get_the_same_answer_to_a_forgotten_password(
    hire, browser, mail_sink
):
    await hire()
    await hire("bob@example.com", store="beta")
    client = await browser()

    pages = []
    for email in ("ada@example.com", "eve@example.com", "bob@example.com", "not an address"):
        response = await client.submit(FORGOT, {"email": email})
        pages.append((response.status, without_tokens(await response.text()).replace(email, "?")))

    assert pages[0][0] == 200
    assert "a link to choose a new password is on its way" in pages[0][1]
    assert pages == [pages[0]] * 4
    assert [mail.to for mail in mail_sink] == ["ada@example.com"]


async def test_an_address_gets_five_such_mails_an_hour_and_nobody_sees_when_they_stop(
    hire, browser, mail_sink, fake_clock
):
    await hire()
    client = await browser()

    answers = [await client.submit(FORGOT, {"email": "ada@example.com"}) for _ in range(6)]
    texts = {without_tokens(await answer.text()) for answer in answers}

    assert ([answer.status for answer in answers], len(texts), len(mail_sink)) == ([200] * 6, 1, 5)


async def test_one_visitor_asks_ten_times_in_ten_minutes(browser):
    client = await browser()

    answers = [await client.submit(FORGOT, {"email": f"{n}@example.com"}) for n in range(11)]

    assert [answer.status for answer in answers] == [200] * 10 + [429]


async def test_a_forgotten_password_needs_an_address(browser):
    response = await (await browser()).submit(FORGOT, {"email": ""})

    assert (response.status, await errors_on(response)) == (422, {"email": "Please fill this in."})


async def test_a_mail_that_cannot_be_sent_does_not_tell_that_there_is_an_account(kernel, hire, browser):
    class Broken:
        async def send(self, message):
            raise OSError("no route to the mail server")

    await hire()
    kernel.mailer = Broken()

    response = await (await browser()).submit(FORGOT, {"email": "ada@example.com"})

    assert response.status == 200
    assert "is on its way" in await response.text()


async def test_a_weak_password_is_refused_and_the_link_stays_good(hire, browser, mail_sink, can_sign_in):
    await hire()
    client = await browser()
    await client.submit(FORGOT, {"email": "ada@example.com"})
    path = link_in(mail_sink[0])

    short = await client.submit(path, {"password": "short"})
    empty = await client.submit(path, {"password": ""})
    like = await client.submit(path, {"password": "ada@example.com"})
    good = await client.submit(path, {"password": NEW})

    assert (short.status, await errors_on(short)) == (422, {"password": "Use at least 10 characters."})
    assert (empty.status, await errors_on(empty)) == (422, {"password": "Please fill this in."})
    assert (like.status, await errors_on(like)) == (
        422,
        {"password": "Choose a password that is not your e-mail address."},
    )
    assert 'value="short"' not in await short.text()
    assert good.status == 303
    assert await can_sign_in("ada@example.com", NEW)


async def test_a_link_is_good_once_for_an_hour_and_until_the_next_one(
    hire, browser, mail_sink, fake_clock, can_sign_in
):
    await hire()
    client = await browser()
    for _ in range(2):
        await client.submit(FORGOT, {"email": "ada@example.com"})
    older, newer = (link_in(mail) for mail in mail_sink)
    token = await client.csrf_token(newer)

    async def use(path):
        return await client.request("POST", path, data={"csrf_token": token, "password": NEW})

    replaced = (await client.get(older)).status, (await use(older)).status
    first = (await use(newer)).status
    used = (await client.get(newer)).status, (await use(newer)).status
    await client.submit(FORGOT, {"email": "ada@example.com"})
    late = link_in(mail_sink[2])
    fake_clock.advance(timedelta(hours=1))
    expired = (await client.get(late)).status, (await use(late)).status
    page = await (await client.get(late)).text()

    assert (replaced, first, used, expired) == ((404, 409), 303, (404, 409), (404, 409))
    assert "This link is not good any more" in page
    assert 'href="/admin/forgot"' in page


async def test_a_link_of_one_store_is_nothing_in_the_other(hire, browser, mail_sink):
    await hire()
    await (await browser()).submit(FORGOT, {"email": "ada@example.com"})

    assert (await (await browser(store="beta")).get(link_in(mail_sink[0]))).status == 404


async def test_a_new_password_signs_out_every_browser_even_the_one_that_set_it(ada, browser, mail_sink):
    other = await browser("ada@example.com")
    await ada.submit(FORGOT, {"email": "ada@example.com"})

    done = await ada.submit(link_in(mail_sink[0]), {"password": NEW})

    assert done.status == 303
    assert (await other.get("/admin/")).status == 303
    assert (await ada.get("/admin/")).status == 303
    assert await notices_on(await ada.get("/admin/login")) == ["Your password is set. Please sign in."]


async def test_an_invited_person_chooses_a_password_once(ada, browser, mail_sink, can_sign_in):
    invited = await ada.submit("/admin/staff", {"email": "bob@example.com", "name": "Bob", "role": "manager"})
    (mail,) = mail_sink
    path = link_in(mail)
    client = await browser()
    shown = await (await client.get(path)).text()
    token = await client.csrf_token(path)

    weak = await client.submit(path, {"password": "short", "name": "Robert"})
    accepted = await client.submit(path, {"password": NEW, "name": "Robert"})
    again = await client.request("POST", path, data={"csrf_token": token, "password": PASSWORD})
    page = await client.get(path)

    assert (invited.status, mail.to) == (303, "bob@example.com")
    assert "Welcome, bob@example.com" in shown
    assert (weak.status, await errors_on(weak)) == (422, {"password": "Use at least 10 characters."})
    assert 'value="Robert"' in await weak.text()
    assert (accepted.status, accepted.headers["Location"]) == (303, "/admin/login")
    assert (again.status, page.status) == (409, 404)
    assert "This invitation is not good any more" in await page.text()
    assert (await can_sign_in("bob@example.com", NEW), await can_sign_in("bob@example.com", PASSWORD)) == (
        True,
        False,
    )
    assert "Robert" in await (await ada.get("/admin/staff")).text()


async def test_an_invitation_expires_after_a_week(ada, browser, mail_sink, fake_clock):
    await ada.submit("/admin/staff", {"email": "bob@example.com", "name": "Bob", "role": "manager"})
    client = await browser()
    fake_clock.advance(timedelta(days=7) - timedelta(seconds=1))
    before = await client.get(link_in(mail_sink[0]))
    fake_clock.advance(1)
    after = await client.get(link_in(mail_sink[0]))

    assert (before.status, after.status) == (200, 404)
