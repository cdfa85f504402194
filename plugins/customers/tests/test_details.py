# SPDX-License-Identifier: Apache-2.0
"""What customers change of their own account: name, password, e-mail address."""

from datetime import timedelta

import pytest
from plugins.customers.tests.conftest import (
    NEW,
    PASSWORD,
    errors_on,
    link_in,
    notices_on,
    sid_of,
    token_in,
)

DETAILS = "/account/details"
EMAIL = f"{DETAILS}/email"
WRONG = "This is not your password."
DEAD = "This link was used already, is too old, or is not for the account you are signed in to."


@pytest.fixture
def ask(mail_sink):
    """Asks for a link to a new address; gives its path."""

    async def send(client, email="new@example.com", page=DETAILS):
        fields = {"email": email, "password": PASSWORD}
        response = await client.submit(page, fields, action=page + "/email")
        assert response.status == 303, await response.text()
        return link_in(mail_sink[-1])

    return send


async def test_a_name_is_changed_and_may_be_empty(ada):
    changed = await ada.submit(DETAILS, {"name": " Ada <L> "}, action=f"{DETAILS}/name")
    account = await (await ada.get("/account")).text()
    await ada.submit(DETAILS, {"name": ""}, action=f"{DETAILS}/name")

    assert (changed.status, changed.headers["Location"]) == (303, DETAILS)
    assert "Ada &lt;L&gt;<br>ada@example.com" in account
    assert (await ada.get_json("/api/v1/customers/me"))["name"] == ""


async def test_a_name_that_is_too_long_stays_in_the_form(ada):
    response = await ada.submit(DETAILS, {"name": "x" * 121}, action=f"{DETAILS}/name")

    assert (response.status, list(await errors_on(response))) == (422, ["name"])
    assert "x" * 121 in await response.text()


@pytest.mark.parametrize("path", ["name", "password", "email"])
async def test_details_need_the_token_of_the_page_and_a_customer(ada, browser, path):
    stranger = await browser()
    token = await stranger.csrf_token("/account/sign-in")

    forged = await ada.request("POST", f"{DETAILS}/{path}", data={"name": "Eve"})
    outside = await stranger.request("POST", f"{DETAILS}/{path}", data={"csrf_token": token})

    assert forged.status == 403
    assert (outside.status, outside.headers["Location"]) == (303, "/account/sign-in")
    assert (await ada.get_json("/api/v1/customers/me"))["name"] == "Ada"


async def test_a_new_password_ends_other_sessions_and_keeps_this_one(ada, browser, can_sign_in, audited):
    other, before = await browser("ada@example.com"), sid_of(ada)

    fields = {"current_password": PASSWORD, "new_password": NEW}
    changed = await ada.submit(DETAILS, fields, action=f"{DETAILS}/password")
    shown = await ada.get(DETAILS)

    assert (changed.status, changed.headers["Location"]) == (303, DETAILS)
    assert "Your password is changed. Other browsers are signed out." in await notices_on(shown)
    assert (shown.status, (await other.get("/account")).status) == (200, 303)
    assert sid_of(ada) != before
    assert await can_sign_in("ada@example.com", NEW)
    assert not await can_sign_in("ada@example.com", PASSWORD)
    assert await audited() == [("customer", "customers.password_changed")]


@pytest.mark.parametrize(
    ("current", "new", "errors"),
    [
        ("wrong", NEW, {"current_password": WRONG}),
        (PASSWORD, "short", {"new_password": "Use at least 10 characters."}),
        (
            PASSWORD,
            "ada@example.com",
            {"new_password": "Choose a password that is not your e-mail address."},
        ),
        ("", "", {"current_password": "Please fill this in.", "new_password": "Please fill this in."}),
    ],
)
async def test_a_refused_password_changes_nothing(ada, browser, can_sign_in, current, new, errors):
    other = await browser("ada@example.com")

    fields = {"current_password": current, "new_password": new}
    response = await ada.submit(DETAILS, fields, action=f"{DETAILS}/password")

    assert (response.status, await errors_on(response)) == (422, errors)
    assert (await other.get("/account")).status == 200
    assert await can_sign_in("ada@example.com", PASSWORD)


async def test_an_open_browser_is_no_way_to_guess_the_password(ada):
    fields = {"current_password": "wrong", "new_password": NEW}

    statuses = [(await ada.submit(DETAILS, fields, action=f"{DETAILS}/password")).status for _ in range(6)]

    assert statuses == [422] * 5 + [429]


async def test_a_new_address_holds_from_the_moment_its_link_is_confirmed(
    ada, ask, mail_sink, can_sign_in, audited
):
    path = await ask(ada)
    told = await notices_on(await ada.get(DETAILS))
    early = await can_sign_in("new@example.com", PASSWORD)
    shown = await (await ada.get(path)).text()
    done = await ada.submit(path, {})

    link_mail, notice = mail_sink
    assert "A link is on its way to new@example.com. Follow it to use that address." in told
    assert (early, link_mail.to, link_mail.subject) == (
        False,
        "new@example.com",
        "Your new e-mail address at Alpha",
    )
    assert '<p class="lead">new@example.com</p>' in shown
    assert (done.status, done.headers["Location"]) == (303, DETAILS)
    assert (notice.to, notice.subject) == (
        "ada@example.com",
        "Your e-mail address at Alpha has changed",
    )
    assert "is new@example.com from now on" in notice.text
    assert await can_sign_in("new@example.com", PASSWORD)
    assert not await can_sign_in("ada@example.com", PASSWORD)
    assert await audited() == [("customer", "customers.email_changed")]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"password": "wrong"}, {"password": WRONG}),
        ({"email": "no address"}, {"email": "Enter an e-mail address like name@example.com."}),
        ({"email": "ADA@example.com"}, {"email": "This is your e-mail address already."}),
        (
            {"email": "", "password": ""},
            {"email": "Please fill this in.", "password": "Please fill this in."},
        ),
    ],
)
async def test_a_refused_address_gets_no_mail(ada, mail_sink, fields, errors):
    given = {"email": "new@example.com", "password": PASSWORD} | fields

    response = await ada.submit(DETAILS, given, action=EMAIL)

    assert (response.status, await errors_on(response), mail_sink) == (422, errors, [])


async def test_a_link_to_a_new_address_is_good_once_for_a_day_and_until_the_next_one(ada, ask, fake_clock):
    older, newer = await ask(ada, "old@example.com"), await ask(ada)
    token = await ada.csrf_token(newer)

    async def use(path):
        return (await ada.request("POST", path, data={"csrf_token": token})).status

    replaced = (await ada.get(older)).status, await use(older)
    first, again = await use(newer), await use(newer)
    late = await ask(ada, "late@example.com")
    fake_clock.advance(timedelta(days=1))
    expired = await ada.get(late)

    assert (replaced, first, again) == ((404, 409), 303, 409)
    assert expired.status == 404
    assert DEAD in await notices_on(expired)
    assert await use(late) == 409
    assert (await ada.get_json("/api/v1/customers/me"))["email"] == "new@example.com"


async def test_the_link_is_nothing_without_the_account_it_is_for(ada, ask, join, browser):
    path = await ask(ada)
    eve = await join("eve@example.com")
    stranger = await browser()
    beta = await join("ada@example.com", store="beta")

    outside = await stranger.get(path)
    tried = [(await client.get(path)).status for client in (eve, beta)]
    token = await eve.csrf_token("/account")
    used = await eve.request("POST", path, data={"csrf_token": token})

    assert (outside.status, outside.headers["Location"][:22]) == (303, "/account/sign-in?next=")
    assert (tried, used.status) == ([404, 404], 409)
    assert (await eve.get_json("/api/v1/customers/me"))["email"] == "eve@example.com"
    assert (await ada.submit(path, {})).status == 303


async def test_confirming_needs_the_token_of_the_page(ada, ask):
    path = await ask(ada)

    assert (await ada.request("POST", path)).status == 403
    assert (await ada.get_json("/api/v1/customers/me"))["email"] == "ada@example.com"


async def test_an_address_somebody_else_has_gets_a_link_and_is_refused_at_the_end(ada, ask, join):
    await join("bob@example.com")

    path = await ask(ada, "BOB@example.com")
    response = await ada.submit(path, {})

    assert response.status == 409
    assert "Another account of this store has this e-mail address." in await notices_on(response)
    assert (await ada.get_json("/api/v1/customers/me"))["email"] == "ada@example.com"


async def test_a_changed_password_kills_a_link_that_is_under_way(ada, ask):
    path = await ask(ada)
    fields = {"current_password": PASSWORD, "new_password": NEW}
    await ada.submit(DETAILS, fields, action=f"{DETAILS}/password")

    assert (await ada.get(path)).status == 404


async def test_five_links_to_new_addresses_an_hour(ada, mail_sink):
    answers = [
        await ada.submit(DETAILS, {"email": f"{n}@example.com", "password": PASSWORD}, action=EMAIL)
        for n in range(6)
    ]

    assert [answer.status for answer in answers] == [303] * 5 + [429]
    assert await errors_on(answers[5]) == {"email": "Too many attempts. Please wait a while."}
    assert len(mail_sink) == 5


async def test_a_notice_that_cannot_be_sent_does_not_undo_the_change(ada, ask, kernel):
    path = await ask(ada)

    class Broken:
        async def send(self, message):
            raise OSError("no route to the mail server")

    kernel.mailer = Broken()
    done = await ada.submit(path, {})

    assert done.status == 303
    assert (await ada.get_json("/api/v1/customers/me"))["email"] == "new@example.com"


async def test_the_api_changes_password_and_address(ada, browser, mail_sink, can_sign_in):
    other = await browser("ada@example.com")
    base = "/api/v1/customers/me"

    body = {"current_password": "wrong", "new_password": NEW}
    wrong = await ada.send("PUT", f"{base}/password", body)
    right = await ada.send("PUT", f"{base}/password", body | {"current_password": PASSWORD})
    asked = await ada.send("POST", f"{base}/email", {"email": "new@example.com", "password": NEW})
    (mail,) = mail_sink
    dead = await ada.send("POST", f"{base}/email/confirm", {"token": "nonsense"})
    taken = await ada.send("POST", f"{base}/email/confirm", {"token": token_in(mail)})

    assert (wrong.status, right.status, asked.status, dead.status) == (422, 204, 202, 409)
    assert (await wrong.json())["errors"][0] == {
        "pointer": "/current_password", "code": "wrong_password", "message": WRONG,
    }  # fmt: skip
    assert (await other.get(base)).status == 401
    assert ((await taken.json())["email"], taken.status) == ("new@example.com", 200)
    assert await can_sign_in("new@example.com", NEW)


async def test_pages_and_mails_are_german_in_german(ada, ask, mail_sink):
    page = await (await ada.get("/de/account/details")).text()
    path = await ask(ada, page="/de/account/details")
    shown = await (await ada.get(path)).text()
    fields = {"current_password": "falsch", "new_password": NEW}
    wrong = await ada.submit("/de/account/details", fields, action="/de/account/details/password")
    await ada.submit(path, {})

    assert "<h1>Deine Angaben</h1>" in page
    assert "Du meldest dich mit ada@example.com an." in page
    assert "Diese Adresse verwenden" in shown
    assert await errors_on(wrong) == {"current_password": "Das ist nicht dein Passwort."}
    assert [mail.subject for mail in mail_sink] == [
        "Deine neue E-Mail-Adresse bei Alpha",
        "Deine E-Mail-Adresse bei Alpha hat sich geändert",
    ]
    assert "Abmelden" in await (await ada.get("/de/account")).text()
