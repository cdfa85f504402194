# SPDX-License-Identifier: Apache-2.0
"""The staff of a store: inviting, roles, closing accounts, lost devices."""

import pyotp
import pytest
from plugins.admin.tests.conftest import PASSWORD, errors_on, link_in, notices_on
from tests.shop import system

from shopwright.ids import new_id

STAFF = "/admin/staff"


@pytest.fixture
def people(ctx):
    """Who works in alpha: role by name."""

    async def read():
        return {user.name: user.role for user in await ctx.kernel.auth.staff.all(ctx)}

    return read


@pytest.fixture
async def pat(ctx, hire, browser):
    """Somebody who may manage staff, and nothing else."""
    await ctx.kernel.auth.roles.save(ctx, "people", "People", {"kernel.staff.view", "kernel.staff.edit"})
    await hire("pat@example.com", role="people")
    return await browser("pat@example.com")


@pytest.fixture
def give_device(kernel, browser, fake_clock):
    """Switches the second factor of somebody on."""

    async def enrol(email):
        client = await browser(email)
        page = "/admin/account/two-factor"
        await client.submit(page, {"begin_password": PASSWORD})
        secret = (await (await client.get(page)).text()).split('<code class="secret">')[1].partition("<")[0]
        code = pyotp.TOTP(secret.replace(" ", "")).at(fake_clock.now())
        assert (await client.submit(page, {"code": code}, action=f"{page}/confirm")).status == 200

    return enrol


async def test_an_invitation_goes_by_mail_and_may_be_sent_again(ada, people, mail_sink):
    fields = {"email": "bob@example.com", "name": "Bob", "role": "manager"}

    first = await ada.submit(STAFF, fields)
    told = await notices_on(await ada.get(STAFF))
    await ada.submit(STAFF, fields)

    assert (first.status, first.headers["Location"]) == (303, STAFF)
    assert told == ["bob@example.com is invited."]
    assert (await people())["Bob"] == "manager"
    assert [mail.to for mail in mail_sink] == ["bob@example.com"] * 2
    assert [(await ada.get(link_in(mail))).status for mail in mail_sink] == [404, 200]


async def test_somebody_who_works_elsewhere_gets_the_role_at_once(ada, hire, people, mail_sink, can_sign_in):
    await hire("bob@example.com", store="beta")

    await ada.submit(STAFF, {"email": "bob@example.com", "name": "B", "role": "manager"})

    assert (await people())["Bob"] == "manager"
    assert mail_sink == []
    assert await can_sign_in("bob@example.com", PASSWORD)


@pytest.mark.parametrize(
    ("change", "status", "errors"),
    [
        ({"email": "nonsense"}, 422, {"email": "Enter an e-mail address like name@example.com."}),
        ({"email": ""}, 422, {"email": "Please fill this in."}),
        ({"name": ""}, 422, {"name": "Say what this person is called."}),
        ({"role": "captain"}, 422, {"role": "There is no role 'captain' in this store."}),
        (
            {"email": "ada@example.com"},
            409,
            {"email": "This person has a role in the store already: change it there."},
        ),
    ],
)
async def test_a_wrong_invitation_is_named_and_nothing_typed_is_lost(
    ada, people, mail_sink, change, status, errors
):
    fields = {"email": "bob@example.com", "name": "Bob & Co", "role": "customer_service"} | change

    refused = await ada.submit(STAFF, fields)
    page = await refused.text()

    assert (refused.status, await errors_on(refused)) == (status, errors)
    assert f'name="email" value="{fields["email"]}"' in page
    assert f'name="name" value="{fields["name"].replace("&", "&amp;")}"' in page
    assert set(await people()) == {"Owner", "Ada"}
    assert mail_sink == []


async def test_nobody_gives_a_role_that_allows_more_than_their_own(pat, people, hire):
    bob = await hire("bob@example.com", role="people")
    fields = {"email": "eve@example.com", "name": "Eve", "role": "owner"}

    refused = await pat.submit(STAFF, fields)
    await pat.submit(STAFF, {"role": "owner"}, action=f"{STAFF}/{bob}/role")

    message = "You can only give or take what you may do yourself."
    assert (refused.status, await errors_on(refused)) == (403, {"role": message})
    assert await notices_on(await pat.get(STAFF)) == [message]
    assert await people() == {"Owner": "owner", "Pat": "people", "Bob": "people"}
    assert '<option value="owner"' not in await (await pat.get(STAFF)).text()


async def test_a_role_is_changed_and_taken_away(ada, hire, browser, people):
    bob = await hire("bob@example.com", role="manager")
    his = await browser("bob@example.com")

    changed = await ada.submit(STAFF, {"role": "customer_service"}, action=f"{STAFF}/{bob}/role")
    after_change = (await people())["Bob"], (await his.get("/admin/")).status
    taken = await ada.submit(STAFF, {"role": ""}, action=f"{STAFF}/{bob}/role")

    assert (changed.status, taken.status) == (303, 303)
    assert after_change == ("customer_service", 200)
    assert "Bob" not in await people()
    assert (await his.get("/admin/")).headers["Location"].startswith("/admin/login")


async def test_a_store_keeps_an_owner(kernel, browser, people):
    owner = await browser("owner@alpha.example", password="seven-lamps-on-the-pier")
    (user,) = await kernel.auth.staff.all(system(kernel, "alpha"))
    await owner.submit(STAFF, {"role": "manager"}, action=f"{STAFF}/{user.id}/role")

    message = "This is the last owner of a store: make somebody else owner first."
    assert await notices_on(await owner.get(STAFF)) == [message]
    await owner.submit(STAFF, {}, action=f"{STAFF}/{user.id}/disable")
    assert await notices_on(await owner.get(STAFF)) == [message]
    assert await people() == {"Owner": "owner"}


async def test_a_closed_account_is_signed_out_everywhere_until_it_is_opened_again(
    ada, hire, browser, can_sign_in
):
    bob = await hire("bob@example.com", role="manager")
    his = await browser("bob@example.com")
    page = f"{STAFF}/{bob}"

    closed = await ada.submit(page, {}, action=f"{page}/disable")
    shown = await (await ada.get(page)).text()
    listed = await (await ada.get(STAFF)).text()
    out = (await his.get("/admin/")).status, await can_sign_in("bob@example.com", PASSWORD)
    opened = await ada.submit(page, {}, action=f"{page}/enable")
    told = await notices_on(await ada.get(page))

    assert (closed.status, closed.headers["Location"]) == (303, page)
    assert "The account is closed. Whoever used it is signed out everywhere." in shown
    assert '<span class="badge badge--cancelled">closed</span>' in listed
    assert f'action="{page}/enable"' in shown
    assert f'action="{page}/disable"' not in shown
    assert out == (303, False)
    assert (opened.status, told) == (303, ["The account is open again."])
    assert await can_sign_in("bob@example.com", PASSWORD)


async def test_a_lost_device_is_reset_by_somebody_who_may_do_as_much(
    ada, hire, give_device, can_sign_in, ctx
):
    bob = await hire("bob@example.com", role="manager")
    page = f"{STAFF}/{bob}"
    before = await (await ada.get(page)).text()
    await give_device("bob@example.com")
    shown = await (await ada.get(page)).text()

    done = await ada.submit(page, {}, action=f"{page}/two-factor")

    assert f'action="{page}/two-factor"' not in before
    assert f'action="{page}/two-factor"' in shown
    assert done.status == 303
    assert (await ctx.kernel.auth.staff.get(ctx, bob)).totp_enabled is False
    assert await can_sign_in("bob@example.com", PASSWORD)


async def test_who_may_do_less_neither_closes_an_account_nor_resets_its_device(pat, hire, give_device, ctx):
    ada = await hire()
    await give_device("ada@example.com")
    page = f"{STAFF}/{ada}"
    shown = await (await pat.get(page)).text()

    for action in ("disable", "two-factor"):
        await pat.submit("/admin/account", {}, action=f"{page}/{action}")
        message = "You can only give or take what you may do yourself."
        assert await notices_on(await pat.get("/admin/account")) == [message]

    user = await ctx.kernel.auth.staff.get(ctx, ada)
    assert (user.totp_enabled, user.disabled_at) == (True, None)
    assert "This person may do more than you" in shown
    assert f'action="{page}/' not in shown


async def test_an_account_that_also_opens_a_store_of_others_is_theirs_to_close(ada, hire, ctx):
    bob = await hire("bob@example.com", store="beta", role="manager")
    await ada.submit(STAFF, {"email": "bob@example.com", "name": "Bob", "role": "manager"})

    await ada.submit(f"{STAFF}/{bob}", {}, action=f"{STAFF}/{bob}/disable")

    message = "This person also works in stores you do not own: take the role in this store away instead."
    assert await notices_on(await ada.get(STAFF)) == [message]
    assert (await ctx.kernel.auth.staff.get(ctx, bob)).disabled_at is None


async def test_an_open_browser_is_not_enough_to_switch_the_own_second_factor_off(ada, give_device, ctx):
    await give_device("ada@example.com")
    (me,) = [user for user in await ctx.kernel.auth.staff.all(ctx) if user.name == "Ada"]
    shown = await (await ada.get(f"{STAFF}/{me.id}")).text()

    await ada.submit("/admin/account", {}, action=f"{STAFF}/{me.id}/two-factor")

    assert "This is you." in shown
    assert (await ctx.kernel.auth.staff.get(ctx, me.id)).totp_enabled is True
    message = "Switch your own two-factor sign-in off with your password, on your account's page."
    assert await notices_on(await ada.get("/admin/account")) == [message]


@pytest.mark.parametrize("action", ["", "/disable", "/enable", "/two-factor", "/role"])
async def test_staff_of_another_store_and_strangers_are_not_there(ada, hire, kernel, action):
    bob = await hire("bob@example.com", store="beta", role="manager")

    for user_id in (bob, new_id()):
        path = f"{STAFF}/{user_id}{action}"
        fields = {"role": "manager"}
        answer = await (ada.submit(STAFF, fields, action=path) if action else ada.get(path))
        assert answer.status == 404
    beta = system(kernel, "beta")
    user = await kernel.auth.staff.get(beta, bob)
    assert (user.role, user.disabled_at) == ("manager", None)
