# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest

from shopwright.errors import Conflict, Forbidden, Invalid, NotFound, ShopwrightError

EDITOR = {"catalog.product.view", "catalog.product.edit"}


@pytest.fixture
async def owner(office):
    return await office.acting(await office.employ("ada@shop.test"))


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (
            "owner",
            {"catalog.product.edit", "kernel.staff.edit", "kernel.settings.installation", "x.y"},
            set(),
        ),
        (
            "manager",
            {"catalog.product.edit", "orders.order.edit", "kernel.plugins.edit", "kernel.settings.edit"},
            {"kernel.staff.view", "kernel.staff.edit", "kernel.settings.installation", "x.y"},
        ),
        (
            "customer_service",
            {"catalog.product.view", "orders.order.view", "orders.order.edit"},
            {"catalog.product.edit", "kernel.plugins.edit", "kernel.staff.edit", "x.y"},
        ),
    ],
)
async def test_built_in_roles_follow_from_the_permissions_that_plugins_declare(
    office, role, may, may_not
) -> None:
    actor = (await office.acting(await office.employ("bob@shop.test", role))).actor

    assert {code for code in may | may_not if actor.can(code)} == may


async def test_a_store_makes_a_role_of_its_own(office, owner) -> None:
    await office.auth.roles.save(owner, "editor", "Editor", EDITOR)
    bob = await office.employ("bob@shop.test", "editor")

    assert (await office.acting(bob)).actor.permissions == EDITOR
    roles = await office.auth.roles.all(owner)
    assert [(role.code, role.built_in) for role in roles] == [
        ("owner", True),
        ("manager", True),
        ("customer_service", True),
        ("editor", False),
    ]


async def test_changing_a_role_changes_what_its_holders_may_do_from_then_on(office, owner) -> None:
    await office.auth.roles.save(owner, "editor", "Editor", EDITOR)
    bob = await office.employ("bob@shop.test", "editor")
    await office.auth.roles.save(owner, "editor", "Reader", {"catalog.product.view"})

    assert (await office.acting(bob)).actor.permissions == {"catalog.product.view"}


async def test_a_role_of_one_store_is_unknown_in_another(office, owner) -> None:
    await office.auth.roles.save(owner, "editor", "Editor", EDITOR)

    with pytest.raises(Invalid):
        await office.employ("eve@shop.test", "editor", "theirs")


@pytest.mark.parametrize(
    ("code", "label", "permissions", "pointer", "error"),
    [
        ("Editor", "Editor", EDITOR, "/code", "code"),
        ("owner", "Owner", EDITOR, "/code", "built_in"),
        ("editor", " ", EDITOR, "/label", "required"),
        ("editor", "Editor", {"catalog.product.fly"}, "/permissions", "unknown_permission"),
        ("editor", "Editor", {"*"}, "/permissions", "unknown_permission"),
    ],
)
async def test_what_is_wrong_with_a_role_is_named(
    office, owner, code, label, permissions, pointer, error
) -> None:
    with pytest.raises(Invalid) as refused:
        await office.auth.roles.save(owner, code, label, permissions)

    assert [(e.pointer, e.code) for e in refused.value.errors] == [(pointer, error)]


async def test_a_role_goes_when_nobody_has_it(office, owner) -> None:
    await office.auth.roles.save(owner, "editor", "Editor", EDITOR)
    bob = await office.employ("bob@shop.test", "editor")

    with pytest.raises(Conflict):
        await office.auth.roles.remove(owner, "editor")
    await office.auth.roles.assign(owner, bob, "manager")
    await office.auth.roles.remove(owner, "editor")

    with pytest.raises(NotFound):
        await office.auth.roles.remove(owner, "editor")


async def test_nobody_hands_on_or_takes_away_more_than_they_have(office, owner) -> None:
    roles, staff = office.auth.roles, office.auth.staff
    await roles.save(owner, "people", "People", {"kernel.staff.view", "kernel.staff.edit"})
    await roles.save(owner, "editor", "Editor", EDITOR)
    pat_id = await office.employ("pat@shop.test", "people")
    pat = await office.acting(pat_id)
    bob = await office.employ("bob@shop.test", "people")
    ada = owner.actor.id

    for attempt in (
        roles.assign(pat, bob, "owner"),
        roles.assign(pat, pat_id, "owner"),
        roles.assign(pat, ada, "people"),
        roles.unassign(pat, ada),
        roles.save(pat, "people", "People", {"kernel.staff.edit", "kernel.plugins.edit"}),
        roles.save(pat, "editor", "Editor", {"kernel.staff.view"}),
        roles.remove(pat, "editor"),
        staff.invite(pat, "new@shop.test", "New", "manager"),
        staff.disable(pat, ada),
    ):
        with pytest.raises(Forbidden) as refused:
            await attempt
        assert refused.value.error_code == "beyond_own_permissions"

    await roles.unassign(pat, bob)
    assert (await staff.invite(pat, "new@shop.test", "New", "people")).token


async def test_without_the_permission_nothing_of_this_can_be_done(office, owner) -> None:
    manager = await office.acting(await office.employ("mia@shop.test", "manager"))
    bob = await office.employ("bob@shop.test", "customer_service")
    before = await office.actions()

    for ctx, status in ((manager, 403), (office.browser(), 401)):
        for attempt in (
            office.auth.roles.all(ctx),
            office.auth.roles.save(ctx, "editor", "Editor", EDITOR),
            office.auth.roles.remove(ctx, "editor"),
            office.auth.roles.assign(ctx, bob, "manager"),
            office.auth.roles.unassign(ctx, bob),
            office.auth.staff.all(ctx),
            office.auth.staff.get(ctx, bob),
            office.auth.staff.invite(ctx, "new@shop.test", "New", "customer_service"),
            office.auth.staff.disable(ctx, bob),
            office.auth.staff.enable(ctx, bob),
            office.auth.totp.disable_for(ctx, bob),
        ):
            with pytest.raises(ShopwrightError) as refused:
                await attempt
            assert refused.value.status == status

    assert await office.actions() == before


async def test_whoever_loses_the_role_is_out_at_once(office, owner) -> None:
    bob = await office.employ("bob@shop.test", "manager")
    await office.open_session(bob)
    pair = await office.auth.tokens.issue(office.ctx(), bob)

    await office.auth.roles.unassign(owner, bob)

    assert (await office.acting(bob)).actor.kind == "anonymous"
    assert await office.sessions(bob) == 0
    with pytest.raises(ShopwrightError):
        await office.auth.tokens.refresh(office.ctx(), pair.refresh_token)


async def test_a_new_role_never_replaces_one_that_is_there(office, owner) -> None:
    roles = office.auth.roles
    made = await roles.save(owner, "editor", "Editor", EDITOR, is_new=True)
    with pytest.raises(Invalid) as refused:
        await roles.save(owner, "editor", "Other", {"catalog.product.view"}, is_new=True)

    assert [(e.pointer, e.code) for e in refused.value.errors] == [("/code", "taken")]
    assert [role for role in await roles.all(owner) if not role.built_in] == [made]


async def test_of_two_who_make_the_same_role_at_once_one_is_told(office, owner) -> None:
    makes = (office.auth.roles.save(owner, "editor", label, EDITOR, is_new=True) for label in ("One", "Two"))
    ended = await asyncio.gather(*makes, return_exceptions=True)

    assert sorted(type(end).__name__ for end in ended) == ["Invalid", "Role"]
