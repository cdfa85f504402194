# SPDX-License-Identifier: Apache-2.0
"""The own account: password, e-mail address, and two-factor sign-in."""

import re
from datetime import timedelta

import pyotp
import pytest
from plugins.admin.tests.conftest import PASSWORD, errors_on, link_in, notices_on

ACCOUNT, EMAIL, TWO_FACTOR = "/admin/account", "/admin/account/email", "/admin/account/two-factor"
NEW = "quite another set of words"
WRONG = "This is not your password."


async def change_password(client, current, new):
    fields = {"current_password": current, "new_password": new}
    return await client.submit(ACCOUNT, fields, action="/admin/account/password")


async def change_email(client, email, password=PASSWORD):
    return await client.submit(ACCOUNT, {"email": email, "email_password": password}, action=EMAIL)


async def secret_on(response) -> str:
    return re.search(r'<code class="secret">([^<]+)</code>', await response.text())[1].replace(" ", "")


async def codes_on(response) -> list[str]:
    return re.findall(r"<li><code>([^<]+)</code></li>", await response.text())


@pytest.fixture
def code_of(fake_clock):
    return lambda secret: pyotp.TOTP(secret).at(fake_clock.now())


@pytest.fixture
async def enrolled(ada, code_of, fake_clock):
    """Ada's secret and recovery codes."""
    await ada.submit(TWO_FACTOR, {"begin_password": PASSWORD})
    secret = await secret_on(await ada.get(TWO_FACTOR))
    done = await ada.submit(TWO_FACTOR, {"code": code_of(secret)}, action=f"{TWO_FACTOR}/confirm")
    fake_clock.advance(60)
    return secret, await codes_on(done)


@pytest.fixture
def enters(browser):
    async def attempt(code) -> bool:
        client = await browser()
        asked = await client.submit("/admin/login", {"email": "ada@example.com", "password": PASSWORD})
        assert 'name="totp_code"' in await asked.text()
        return (await client.submit("/admin/login", {"totp_code": code})).status == 303

    return attempt


async def test_every_page_leads_to_the_account_by_the_name(ada):
    page = await (await ada.get("/admin/")).text()

    assert re.search(r'<a class="who" href="/admin/account">.*Ada</a>', page)
    assert "ada@example.com" in await (await ada.get(ACCOUNT)).text()


async def test_a_new_password_signs_out_other_browsers_and_not_this_one(ada, browser, can_sign_in):
    other = await browser("ada@example.com")

    done = await change_password(ada, PASSWORD, NEW)
    page = await ada.get(ACCOUNT)

    assert (done.status, done.headers["Location"], page.status) == (303, ACCOUNT, 200)
    told = ["Your password is changed. Other browsers and programs are signed out."]
    assert await notices_on(page) == told
    assert (await other.get(ACCOUNT)).status == 303
    assert (await can_sign_in("ada@example.com", NEW), await can_sign_in("ada@example.com", PASSWORD)) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("current", "new", "field", "message"),
    [
        ("not mine", NEW, "current_password", WRONG),
        ("", NEW, "current_password", "Please fill this in."),
        (PASSWORD, "short", "new_password", "Use at least 10 characters."),
        (PASSWORD, "", "new_password", "Please fill this in."),
        (PASSWORD, "Ada@example.com", "new_password", "Choose a password that is not your e-mail address."),
    ],
)
async def test_a_refused_password_changes_nothing(ada, can_sign_in, current, new, field, message):
    refused = await change_password(ada, current, new)

    assert (refused.status, await errors_on(refused)) == (422, {field: message})
    assert f'value="{NEW}"' not in await refused.text()
    assert await can_sign_in("ada@example.com", PASSWORD)


async def test_guessing_the_password_in_an_open_browser_ends_soon(ada):
    answers = [await change_password(ada, "guess", NEW) for _ in range(6)]

    assert [answer.status for answer in answers] == [422] * 5 + [429]
    assert await errors_on(answers[5]) == {"current_password": "Too many attempts. Please wait a minute."}


async def test_a_new_address_holds_once_its_link_was_followed_and_the_old_one_is_told(
    ada, mail_sink, can_sign_in
):
    asked = await change_email(ada, "ada@new.example")
    told = await notices_on(await ada.get(ACCOUNT))
    path = link_in(mail_sink[0])
    shown = await ada.get(path)
    before = await can_sign_in("ada@new.example", PASSWORD)
    confirmed = await ada.submit(path, {})
    after = await notices_on(await ada.get(ACCOUNT))

    assert asked.status == 303
    assert told == ["A link is on its way to ada@new.example. Follow it to use that address."]
    assert "<strong>ada@new.example</strong>" in await shown.text()
    assert (confirmed.status, confirmed.headers["Location"]) == (303, ACCOUNT)
    assert after == ["You sign in with ada@new.example from now on."]
    assert [mail.to for mail in mail_sink] == ["ada@new.example", "ada@example.com"]
    assert "is ada@new.example from now on" in mail_sink[1].text
    can = [await can_sign_in(email, PASSWORD) for email in ("ada@new.example", "ada@example.com")]
    assert (before, can) == (False, [True, False])


@pytest.mark.parametrize(
    ("email", "password", "errors"),
    [
        ("ada@new.example", "not mine", {"email_password": WRONG}),
        ("ada@new.example", "", {"email_password": "Please fill this in."}),
        ("nonsense", PASSWORD, {"email": "Enter an e-mail address like name@example.com."}),
        ("ADA@example.com", PASSWORD, {"email": "This is your e-mail address already."}),
        ("", PASSWORD, {"email": "Please fill this in."}),
    ],
)
async def test_a_refused_address_sends_nothing_and_keeps_what_was_typed(
    ada, mail_sink, email, password, errors
):
    refused = await change_email(ada, email, password)
    page = await refused.text()

    assert (refused.status, await errors_on(refused)) == (422, errors)
    assert f'name="email" value="{email}"' in page
    assert PASSWORD not in page
    assert mail_sink == []


async def test_the_link_to_a_new_address_is_good_once_for_a_day_and_for_its_owner(
    ada, hire, browser, mail_sink, fake_clock
):
    await hire("bob@example.com", role="manager")
    bob = await browser("bob@example.com")
    await change_email(ada, "ada@new.example")
    path = link_in(mail_sink[0])
    token = await ada.csrf_token(path)

    bobs = (await bob.get(path)).status, (await bob.submit(ACCOUNT, {}, action=path)).status
    nobodys = await (await browser()).get(path)
    used = [(await ada.request("POST", path, data={"csrf_token": token})).status for _ in range(2)]
    await change_email(ada, "ada@newer.example")
    late = link_in(mail_sink[2])
    fake_clock.advance(timedelta(hours=11))
    await ada.get(ACCOUNT)
    fake_clock.advance(timedelta(hours=11))
    await ada.get(ACCOUNT)
    fake_clock.advance(timedelta(hours=2))
    expired = await ada.get(late)

    assert bobs == (404, 404)
    assert nobodys.headers["Location"].startswith("/admin/login?next=%2Fadmin%2Faccount%2Femail%2F")
    assert used == [303, 404]
    assert expired.status == 404
    assert "This link is not good any more" in await expired.text()


async def test_an_address_that_somebody_else_took_meanwhile_is_refused(ada, hire, mail_sink):
    await change_email(ada, "bob@example.com")
    await hire("bob@example.com")

    refused = await ada.submit(link_in(mail_sink[0]), {})

    assert refused.status == 303
    assert await notices_on(await ada.get(ACCOUNT)) == ["Another staff user has this e-mail address."]


async def test_the_second_factor_is_set_up_with_password_and_code(ada, code_of, enters, fake_clock):
    begun = await ada.submit(TWO_FACTOR, {"begin_password": PASSWORD})
    shown = await ada.get(TWO_FACTOR)
    page = await shown.text()
    secret = await secret_on(shown)
    done = await ada.submit(TWO_FACTOR, {"code": code_of(secret)}, action=f"{TWO_FACTOR}/confirm")
    codes = await codes_on(done)
    fake_clock.advance(60)

    assert (begun.status, begun.headers["Location"]) == (303, TWO_FACTOR)
    assert re.search(r'<div class="qr" role="img" aria-label="[^"]+"><svg viewBox="[^"]+"[^>]*><path ', page)
    assert "style=" not in page
    assert f"secret={secret}" in page
    assert (shown.headers["Cache-Control"], done.headers["Cache-Control"]) == ("no-store", "no-store")
    assert (done.status, await notices_on(done)) == (
        200,
        ["Two-factor sign-in is on.", "They are shown this one time only."],
    )
    assert len(set(codes)) == 10
    assert await enters(code_of(secret))
    assert await enters(codes[0])
    assert not await enters(codes[0])


async def test_the_secret_and_the_recovery_codes_are_not_shown_again(ada, enrolled):
    secret, codes = enrolled

    pages = [await (await ada.get(path)).text() for path in (ACCOUNT, TWO_FACTOR)]
    again = await ada.submit(ACCOUNT, {"code": "123456"}, action=f"{TWO_FACTOR}/confirm")

    assert all(secret not in page and secret[:4] + " " not in page for page in pages)
    assert all(code not in page for page in pages for code in codes)
    assert (again.status, again.headers["Location"]) == (303, TWO_FACTOR)


async def test_a_wrong_code_shows_the_same_secret_again(ada, code_of):
    await ada.submit(TWO_FACTOR, {"begin_password": PASSWORD})
    secret = await secret_on(await ada.get(TWO_FACTOR))

    wrong = await ada.submit(TWO_FACTOR, {"code": "000000"}, action=f"{TWO_FACTOR}/confirm")
    empty = await ada.submit(TWO_FACTOR, {"code": ""}, action=f"{TWO_FACTOR}/confirm")

    message = "This code is not right. Enter the six digits that the app shows now."
    assert (wrong.status, await errors_on(wrong)) == (422, {"code": message})
    assert (empty.status, await errors_on(empty)) == (422, {"code": "Please fill this in."})
    assert (await secret_on(wrong), await secret_on(empty)) == (secret, secret)
    right = await ada.submit(TWO_FACTOR, {"code": code_of(secret)}, action=f"{TWO_FACTOR}/confirm")
    assert right.status == 200


async def test_the_secret_is_shown_only_in_the_browser_that_gave_the_password_and_for_a_while(
    ada, browser, fake_clock, code_of
):
    other = await browser("ada@example.com")
    await ada.submit(TWO_FACTOR, {"begin_password": PASSWORD})
    secret = await secret_on(await ada.get(TWO_FACTOR))

    elsewhere = await (await other.get(TWO_FACTOR)).text()
    fake_clock.advance(timedelta(minutes=15))
    later = await (await ada.get(TWO_FACTOR)).text()
    late = await ada.submit(ACCOUNT, {"code": code_of(secret)}, action=f"{TWO_FACTOR}/confirm")

    assert 'name="begin_password"' in elsewhere
    assert 'name="begin_password"' in later
    assert (late.status, late.headers["Location"]) == (303, TWO_FACTOR)
    assert await notices_on(await ada.get(TWO_FACTOR)) == ["Begin again: the QR code was shown too long ago."]


async def test_cancelling_leaves_the_second_factor_off(ada, can_sign_in):
    await ada.submit(TWO_FACTOR, {"begin_password": PASSWORD})

    cancelled = await ada.submit(TWO_FACTOR, {}, action=f"{TWO_FACTOR}/cancel")

    assert (cancelled.status, cancelled.headers["Location"]) == (303, ACCOUNT)
    assert 'name="begin_password"' in await (await ada.get(TWO_FACTOR)).text()
    assert await can_sign_in("ada@example.com", PASSWORD)


@pytest.mark.parametrize("field", ["begin_password", "renew_password", "off_password"])
@pytest.mark.parametrize(("typed", "message"), [("not mine", WRONG), ("", "Please fill this in.")])
async def test_nothing_about_the_second_factor_changes_without_the_password(
    ada, enrolled, enters, code_of, field, typed, message
):
    actions = {"begin_password": "", "renew_password": "/codes", "off_password": "/off"}

    refused = await ada.submit(TWO_FACTOR, {field: typed}, action=TWO_FACTOR + actions[field])

    assert (refused.status, await errors_on(refused)) == (422, {field: message})
    assert await enters(code_of(enrolled[0]))
    assert await enters(enrolled[1][0])


async def test_new_recovery_codes_void_the_old_ones(ada, enrolled, enters):
    fields = {"renew_password": PASSWORD}
    renewed = await ada.submit(TWO_FACTOR, fields, action=f"{TWO_FACTOR}/codes")
    fresh = await codes_on(renewed)

    assert (renewed.status, renewed.headers["Cache-Control"]) == (200, "no-store")
    assert len(set(fresh) - set(enrolled[1])) == 10
    assert not await enters(enrolled[1][0])
    assert await enters(fresh[0])


async def test_new_recovery_codes_need_the_second_factor_to_be_on(ada):
    fields = {"renew_password": PASSWORD}
    refused = await ada.submit(TWO_FACTOR, fields, action=f"{TWO_FACTOR}/codes")

    assert (refused.status, refused.headers["Location"]) == (303, TWO_FACTOR)
    assert await notices_on(await ada.get(TWO_FACTOR)) == ["Switch the second factor on first."]


async def test_another_device_takes_over_once_it_shows_a_code(ada, enrolled, enters, code_of, fake_clock):
    await ada.submit(TWO_FACTOR, {"begin_password": PASSWORD})
    new = await secret_on(await ada.get(TWO_FACTOR))
    still = await enters(code_of(enrolled[0]))
    fake_clock.advance(60)
    await ada.submit(TWO_FACTOR, {"code": code_of(new)}, action=f"{TWO_FACTOR}/confirm")
    fake_clock.advance(60)

    assert (new != enrolled[0], still) == (True, True)
    assert not await enters(code_of(enrolled[0]))
    assert await enters(code_of(new))


async def test_the_second_factor_is_switched_off_with_the_password(ada, enrolled, can_sign_in):
    fields = {"off_password": PASSWORD}
    off = await ada.submit(TWO_FACTOR, fields, action=f"{TWO_FACTOR}/off")

    assert (off.status, off.headers["Location"]) == (303, ACCOUNT)
    assert await notices_on(await ada.get(ACCOUNT)) == ["Two-factor sign-in is off."]
    assert await can_sign_in("ada@example.com", PASSWORD)


async def test_a_wrong_code_at_sign_in_asks_for_the_code_again_and_not_for_the_password(
    enrolled, browser, code_of
):
    client = await browser()
    fields = {"email": "ada@example.com", "password": PASSWORD, "next": "/admin/account"}
    await client.submit("/admin/login", fields)

    wrong = await client.submit("/admin/login", {"totp_code": "000000", "next": "/admin/account"})
    page = await wrong.text()
    right = await client.submit("/admin/login", {"totp_code": code_of(enrolled[0]), "next": "/admin/account"})

    assert wrong.status == 401
    assert await notices_on(wrong) == ["This code is not right. Enter the one that the app shows now."]
    assert 'name="totp_code"' in page
    assert 'name="password"' not in page
    assert (right.status, right.headers["Location"]) == (303, "/admin/account")


async def test_the_password_counts_for_five_minutes_while_the_code_is_missing(
    enrolled, browser, code_of, fake_clock
):
    client = await browser()
    await client.submit("/admin/login", {"email": "ada@example.com", "password": PASSWORD})
    fake_clock.advance(timedelta(minutes=5))

    late = await client.submit("/admin/login", {"totp_code": code_of(enrolled[0])})

    assert late.status == 401
    assert 'name="password"' in await late.text()
