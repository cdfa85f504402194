# SPDX-License-Identifier: Apache-2.0
import asyncio
from datetime import timedelta

import pytest

from shopwright.errors import Conflict, Forbidden, Invalid, NotFound, ShopwrightError

PASSWORD = "four unrelated words here"
NEW = "quite another set of words"
EMAIL = "ada@shop.test"


async def can_sign_in(office, email: str, password: str = PASSWORD, store: str = "ours") -> bool:
    return (await office.auth.staff.sign_in(office.browser(store), email, password)).status == "ok"


@pytest.fixture
async def ada(office):
    """The owner of our store."""
    return await office.employ(EMAIL)


async def test_the_system_makes_the_first_owner_with_a_password(office) -> None:
    ada = await office.employ(EMAIL)

    (user,) = await office.auth.staff.all(await office.acting(ada))
    assert (user.id, user.email, user.name, user.role) == (ada, EMAIL, "Ada", "owner")
    assert await office.actions() == ["kernel.staff_role_given", "kernel.staff_created"]


async def test_a_person_invites_and_never_chooses_the_password_of_another(office, ada) -> None:
    with pytest.raises(Forbidden):
        await office.auth.staff.create(
            await office.acting(ada), email="bob@shop.test", name="Bob", password=PASSWORD, role="manager"
        )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"email": "not an address"}, "/email"),
        ({"password": "short"}, "/password"),
        ({"password": EMAIL}, "/password"),
        ({"name": " "}, "/name"),
        ({"role": "nonesuch"}, "/role"),
    ],
)
async def test_what_is_wrong_with_a_new_account_is_named_and_nothing_is_kept(office, change, pointer) -> None:
    good = {"email": EMAIL, "name": "Ada", "password": PASSWORD, "role": "owner"}

    with pytest.raises(Invalid) as refused:
        await office.auth.staff.create(office.system(), **good | change)

    assert refused.value.errors[0].pointer == pointer
    assert await office.db.fetch_value(None, "SELECT count(*) FROM kernel_staff_user") == 0


async def test_an_address_has_one_account_whatever_its_case(office, ada) -> None:
    with pytest.raises(Conflict):
        await office.employ("ADA@shop.test")


async def test_an_invitation_sets_the_first_password_once(office, ada) -> None:
    staff = office.auth.staff
    invitation = await staff.invite(await office.acting(ada), "bob@shop.test", "Bob", "manager")
    assert not await can_sign_in(office, "bob@shop.test")
    assert await staff.look_at_invitation(office.browser(), invitation.token) == "bob@shop.test"

    with pytest.raises(Invalid):
        await staff.accept_invitation(office.browser(), invitation.token, "bob@shop.test")
    accepted = await staff.accept_invitation(office.browser(), invitation.token, PASSWORD, "Robert")

    assert accepted == invitation.staff_user_id
    assert await can_sign_in(office, "bob@shop.test")
    assert (await staff.get(await office.acting(ada), accepted)).name == "Robert"
    assert await staff.look_at_invitation(office.browser(), invitation.token) is None
    with pytest.raises(Conflict) as used:
        await staff.accept_invitation(office.browser(), invitation.token, NEW)
    assert used.value.error_code == "link_outlived"


async def test_an_invitation_can_be_sent_again_and_the_older_mail_dies(office, ada) -> None:
    ctx = await office.acting(ada)
    first = await office.auth.staff.invite(ctx, "bob@shop.test", "Bob", "manager")
    second = await office.auth.staff.invite(ctx, "bob@shop.test", "Bob", "manager")

    assert await office.auth.staff.look_at_invitation(office.browser(), first.token) is None
    assert await office.auth.staff.accept_invitation(office.browser(), second.token, PASSWORD)


async def test_somebody_who_works_in_another_store_keeps_the_password_and_gets_a_role_here(
    office, ada
) -> None:
    eve = await office.employ("eve@shop.test", store="theirs")

    invitation = await office.auth.staff.invite(await office.acting(ada), "Eve@shop.test", "X", "manager")

    assert (invitation.staff_user_id, invitation.token) == (eve, None)
    assert await can_sign_in(office, "eve@shop.test", store="ours")
    assert (await office.auth.staff.get(await office.acting(ada), eve)).name == "Eve"


async def test_an_invitation_expires(office, ada) -> None:
    invitation = await office.auth.staff.invite(await office.acting(ada), "bob@shop.test", "Bob", "manager")
    office.clock.advance(timedelta(days=7))

    with pytest.raises(Conflict):
        await office.auth.staff.accept_invitation(office.browser(), invitation.token, PASSWORD)


async def test_a_forgotten_password_is_replaced_by_the_link_once_and_everything_open_ends(
    office, ada
) -> None:
    staff = office.auth.staff
    pair = await office.auth.tokens.issue(office.ctx(), ada)
    await office.open_session(ada)
    mail = await staff.request_reset(office.browser(), "ADA@shop.test")

    await staff.reset_password(office.browser(), mail.token, NEW)

    assert mail.email == EMAIL
    assert (await can_sign_in(office, EMAIL), await can_sign_in(office, EMAIL, NEW)) == (False, True)
    assert await office.sessions(ada) == 0
    with pytest.raises(ShopwrightError):
        await office.auth.tokens.refresh(office.ctx(), pair.refresh_token)
    with pytest.raises(Conflict):
        await staff.reset_password(office.browser(), mail.token, PASSWORD)


async def test_a_reset_link_dies_when_the_password_is_changed_otherwise(office, ada) -> None:
    mail = await office.auth.staff.request_reset(office.browser(), EMAIL)
    await office.auth.staff.change_password(await office.acting(ada), PASSWORD, NEW)

    with pytest.raises(Conflict):
        await office.auth.staff.reset_password(office.browser(), mail.token, PASSWORD)


async def test_a_reset_link_expires_after_an_hour(office, ada) -> None:
    mail = await office.auth.staff.request_reset(office.browser(), EMAIL)
    office.clock.advance(timedelta(hours=1))

    with pytest.raises(Conflict):
        await office.auth.staff.reset_password(office.browser(), mail.token, NEW)


async def test_a_weak_new_password_leaves_the_reset_link_good(office, ada) -> None:
    mail = await office.auth.staff.request_reset(office.browser(), EMAIL)

    for weak in ("short", EMAIL):
        with pytest.raises(Invalid):
            await office.auth.staff.reset_password(office.browser(), mail.token, weak)

    await office.auth.staff.reset_password(office.browser(), mail.token, NEW)


async def test_a_reset_opens_an_account_that_guessing_had_locked(office, ada) -> None:
    for _ in range(6):
        await office.auth.staff.sign_in(office.browser(), EMAIL, "wrong")
    mail = await office.auth.staff.request_reset(office.browser(), EMAIL)
    await office.auth.staff.reset_password(office.browser(), mail.token, NEW)

    assert await can_sign_in(office, EMAIL, NEW)


async def test_there_is_nobody_to_mail_for_an_unknown_address_or_another_store_or_too_often(
    office, ada
) -> None:
    staff = office.auth.staff
    await office.employ("eve@shop.test", store="theirs")

    assert await staff.request_reset(office.browser(), "nobody@shop.test") is None
    assert await staff.request_reset(office.browser(), "eve@shop.test") is None
    mails = [await staff.request_reset(office.browser(), EMAIL) for _ in range(6)]
    assert [mail is None for mail in mails] == [False] * 5 + [True]


async def test_changing_the_password_needs_the_current_one_and_ends_other_sessions(office, ada) -> None:
    ctx = await office.acting(ada)
    await office.open_session(ada)

    with pytest.raises(Invalid) as refused:
        await office.auth.staff.change_password(ctx, "wrong", NEW)
    assert refused.value.errors[0].pointer == "/current_password"
    assert await office.sessions(ada) == 1
    await office.auth.staff.change_password(ctx, PASSWORD, NEW)

    assert await can_sign_in(office, EMAIL, NEW)
    assert await office.sessions(ada) == 0
    session = ctx.visit.session
    assert (session.id, session.staff_user_id, session.rotate) == (None, ada, True)


async def test_guessing_the_current_password_is_throttled(office, ada) -> None:
    ctx = await office.acting(ada)
    codes = []
    for _ in range(6):
        with pytest.raises(ShopwrightError) as refused:
            await office.auth.staff.change_password(ctx, "wrong", NEW)
        codes.append(refused.value.status)

    assert codes == [422] * 5 + [429]


async def test_a_new_address_counts_once_its_mail_was_read(office, ada) -> None:
    staff = office.auth.staff
    ctx = await office.acting(ada)
    reset = await staff.request_reset(office.browser(), EMAIL)
    mail = await staff.request_email_change(ctx, "ada@new.test", PASSWORD)
    assert (mail.email, await can_sign_in(office, EMAIL)) == ("ada@new.test", True)

    await staff.confirm_email_change(office.browser(), mail.token)

    assert (await can_sign_in(office, EMAIL), await can_sign_in(office, "ada@new.test")) == (False, True)
    for outlived in (
        staff.confirm_email_change(office.browser(), mail.token),
        staff.reset_password(office.browser(), reset.token, NEW),
    ):
        with pytest.raises(Conflict):
            await outlived


async def test_an_address_that_somebody_else_took_meanwhile_is_not_taken_over(office, ada) -> None:
    mail = await office.auth.staff.request_email_change(await office.acting(ada), "bob@shop.test", PASSWORD)
    await office.employ("bob@shop.test")

    with pytest.raises(Conflict) as refused:
        await office.auth.staff.confirm_email_change(office.browser(), mail.token)

    assert refused.value.error_code == "email_taken"
    assert await can_sign_in(office, EMAIL)


async def test_a_disabled_account_is_out_at_once_everywhere(office, ada) -> None:
    bob = await office.employ("bob@shop.test")
    acting = await office.acting(bob)
    await office.open_session(bob)
    mail = await office.auth.staff.request_reset(office.browser(), "bob@shop.test")

    await office.auth.staff.disable(await office.acting(ada), bob)

    assert acting.actor.kind == "staff"
    assert (await office.acting(bob)).actor.kind == "anonymous"
    assert await office.sessions(bob) == 0
    assert not await can_sign_in(office, "bob@shop.test")
    with pytest.raises(Conflict):
        await office.auth.staff.reset_password(office.browser(), mail.token, NEW)

    await office.auth.staff.enable(await office.acting(ada), bob)
    assert await can_sign_in(office, "bob@shop.test")
    assert (await office.actions())[-4:] == [
        "kernel.staff_disabled",
        "kernel.sign_in_refused",
        "kernel.staff_enabled",
        "kernel.signed_in",
    ]


async def test_the_last_owner_cannot_be_disabled_demoted_or_removed(office, ada) -> None:
    ctx = await office.acting(ada)
    await office.employ("mia@shop.test", "manager")

    for attempt in (
        office.auth.staff.disable(ctx, ada),
        office.auth.roles.assign(ctx, ada, "manager"),
        office.auth.roles.unassign(ctx, ada),
    ):
        with pytest.raises(Conflict) as refused:
            await attempt
        assert refused.value.error_code == "last_owner"
    assert (await office.acting(ada)).actor.permissions == {"*"}


async def test_a_disabled_owner_does_not_count_as_the_other_owner(office, ada) -> None:
    bob = await office.employ("bob@shop.test")
    await office.auth.staff.disable(await office.acting(ada), bob)

    with pytest.raises(Conflict):
        await office.auth.roles.unassign(await office.acting(ada), ada)


@pytest.mark.parametrize("way", ["disable", "unassign"])
async def test_two_owners_who_remove_each_other_at_the_same_moment_leave_one(office, ada, way: str) -> None:
    bob = await office.employ("bob@shop.test")
    act = {"disable": office.auth.staff.disable, "unassign": office.auth.roles.unassign}[way]

    outcomes = await asyncio.gather(
        act(await office.acting(ada), bob), act(await office.acting(bob), ada), return_exceptions=True
    )

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [Conflict]
    owners = [person for person in (ada, bob) if (await office.acting(person)).actor.permissions == {"*"}]
    assert len(owners) == 1


async def test_an_owner_cannot_close_an_account_that_also_opens_a_store_of_somebody_else(office, ada) -> None:
    eve = await office.employ("eve@shop.test", store="theirs")
    await office.employ("tom@shop.test", store="theirs")
    ctx = await office.acting(ada)
    await office.auth.staff.invite(ctx, "eve@shop.test", "Eve", "manager")

    with pytest.raises(Forbidden) as refused:
        await office.auth.staff.disable(ctx, eve)
    assert refused.value.error_code == "works_elsewhere"
    await office.auth.roles.unassign(ctx, eve)

    assert await can_sign_in(office, "eve@shop.test", store="theirs")
    assert not await can_sign_in(office, "eve@shop.test", store="ours")


async def test_staff_of_another_store_cannot_be_seen_or_touched(office, ada) -> None:
    eve = await office.employ("eve@shop.test", store="theirs")
    ctx = await office.acting(ada)

    for attempt in (
        office.auth.staff.get(ctx, eve),
        office.auth.staff.disable(ctx, eve),
        office.auth.roles.assign(ctx, eve, "manager"),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert [user.email for user in await office.auth.staff.all(ctx)] == [EMAIL]


async def test_looking_at_a_reset_link_tells_whose_it_is_and_leaves_it_good(office, ada) -> None:
    staff = office.auth.staff
    mail = await staff.request_reset(office.browser(), EMAIL)
    looks = [await staff.look_at_reset(office.browser(), mail.token) for _ in range(2)]
    elsewhere = await staff.look_at_reset(office.browser("theirs"), mail.token)
    await staff.reset_password(office.browser(), mail.token, NEW)

    assert (looks, elsewhere) == ([EMAIL, EMAIL], None)
    assert await staff.look_at_reset(office.browser(), mail.token) is None


async def test_a_reset_signs_out_the_browser_it_is_made_in(office, ada) -> None:
    staff = office.auth.staff
    mail = await staff.request_reset(office.browser(), EMAIL)
    ctx = await office.acting(ada)

    await staff.reset_password(ctx, mail.token, NEW)

    session = ctx.visit.session
    assert (session.id, session.staff_user_id, session.rotate) == (None, None, True)


async def test_a_link_to_a_new_address_is_shown_to_who_asked_for_it_only(office, ada) -> None:
    staff = office.auth.staff
    ctx = await office.acting(ada)
    bob = await office.acting(await office.employ("bob@shop.test"))
    mail = await staff.request_email_change(ctx, "ada@new.test", PASSWORD)

    assert await staff.look_at_email_change(ctx, mail.token) == "ada@new.test"
    assert await staff.look_at_email_change(bob, mail.token) is None
    await staff.confirm_email_change(ctx, mail.token)
    assert await staff.look_at_email_change(ctx, mail.token) is None
