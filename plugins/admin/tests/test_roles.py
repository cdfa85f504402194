# SPDX-License-Identifier: Apache-2.0
"""Roles on pages: looked at, made, changed, removed, and never beyond what one may do oneself."""

import re

import pytest
from plugins.admin.tests.conftest import errors_on, notices_on
from tests.shop import system

ROLES, NEW = "/admin/roles", "/admin/roles/new-role"
BEYOND = "You can only give or take what you may do yourself."


@pytest.fixture
def own_roles(kernel):
    """The roles that a store made: label and permissions by code."""

    async def read(store="alpha"):
        found = await kernel.auth.roles.all(system(kernel, store))
        return {role.code: (role.label, role.permissions) for role in found if not role.built_in}

    return read


@pytest.fixture
async def pat(ctx, hire, browser):
    """Somebody who may manage staff and see plugins, and nothing else."""
    mine = {"kernel.staff.view", "kernel.staff.edit", "kernel.plugins.view"}
    await ctx.kernel.auth.roles.save(ctx, "people", "People", mine)
    await hire("pat@example.com", role="people")
    return await browser("pat@example.com")


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="permissions" value="([^"]+)" checked', page))


def disabled(page: str) -> set[str]:
    return set(re.findall(r'name="permissions" value="([^"]+)"(?: checked)? disabled', page))


async def test_a_store_without_roles_of_its_own_says_so_and_lists_the_built_in_ones(ada):
    page = await (await ada.get(ROLES)).text()

    assert "No roles of your own yet" in page
    assert re.findall(r'href="/admin/roles/(\w+)">([^<]+)</a> <span class="badge">built in', page) == [
        ("owner", "Owner"),
        ("manager", "Manager"),
        ("customer_service", "Customer service"),
    ]


async def test_a_built_in_role_is_shown_and_stays_as_it_is(ada, own_roles):
    page = await (await ada.get(f"{ROLES}/manager")).text()
    owners = await (await ada.get(f"{ROLES}/owner")).text()
    fields = {"label": "Boss", "permissions": "kernel.staff.edit"}

    assert "This role is built in" in page
    assert "kernel.plugins.edit" in ticked(page)
    assert {"kernel.staff.view", "kernel.staff.edit", "kernel.settings.installation"} & ticked(page) == set()
    assert "kernel.settings.installation" in ticked(owners)
    assert ">Save</button>" not in page
    assert (await ada.submit(ROLES + "/manager", fields)).status == 404
    assert (await ada.submit(NEW, {}, action=f"{ROLES}/manager/remove")).status == 404
    assert (await ada.get(f"{ROLES}/manager/remove")).status == 404
    assert await own_roles() == {}


async def test_a_role_is_made_of_ticked_permissions_and_used(ada, own_roles, hire, browser):
    form = await (await ada.get(NEW)).text()
    made = await ada.submit(
        NEW, {"label": "Lager & Versand", "permissions": ["kernel.plugins.view", "kernel.jobs.view"]}
    )
    listed = await (await ada.get(ROLES)).text()
    await hire("bob@example.com", role="lager_versand")
    his = await browser("bob@example.com")

    assert "Switch plugins on and off" in form
    assert "<legend>Administration</legend>" in form
    assert (made.status, made.headers["Location"]) == (303, ROLES)
    assert "The role Lager &amp; Versand is saved." in listed
    assert "No roles of your own yet" not in listed
    both = frozenset({"kernel.plugins.view", "kernel.jobs.view"})
    assert await own_roles() == {"lager_versand": ("Lager & Versand", both)}
    pages = ("/admin/plugins", "/admin/jobs", "/admin/staff")
    assert [(await his.get(path)).status for path in pages] == [200, 200, 403]


async def test_a_role_is_changed(ada, own_roles):
    await ada.submit(NEW, {"label": "Reader", "permissions": ["kernel.plugins.view"]})
    path = f"{ROLES}/reader"
    shown = await (await ada.get(path)).text()

    changed = await ada.submit(path, {"label": "Listener", "permissions": ["kernel.audit.view"]})

    assert ticked(shown) == {"kernel.plugins.view"}
    assert 'name="label" value="Reader"' in shown
    assert (changed.status, changed.headers["Location"]) == (303, ROLES)
    assert await own_roles() == {"reader": ("Listener", frozenset({"kernel.audit.view"}))}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"label": ""}, {"label": "Give the role a name."}),
        ({"label": "x" * 81}, {"label": "This is too long; use at most 80 characters."}),
        ({"label": "Склад"}, {"code": "Use a-z, 0-9 and _, beginning with a letter."}),
        ({"label": "A", "code": "Two Words"}, {"code": "Use a-z, 0-9 and _, beginning with a letter."}),
        (
            {"label": "A", "code": "owner"},
            {"code": "The role 'owner' is built in: choose another code."},
        ),
        ({"label": "Reader"}, {"code": "There is a role 'reader' already: choose another code."}),
        (
            {"label": "A", "permissions": ["kernel.plugins.view", "orders.order.fly"]},
            {"permissions": "There is no permission 'orders.order.fly'."},
        ),
        (
            {"label": "A", "permissions": ["kernel.plugins.view", "*"]},
            {"permissions": "There is no permission '*'."},
        ),
    ],
)
async def test_a_wrong_role_is_named_and_nothing_typed_is_lost(ada, own_roles, fields, errors):
    await ada.submit(NEW, {"label": "Reader", "permissions": ["kernel.audit.view"]})
    before = await own_roles()

    refused = await ada.submit(NEW, {"permissions": ["kernel.plugins.view"], **fields})
    page = await refused.text()

    assert (refused.status, await errors_on(refused)) == (422, errors)
    assert f'name="label" value="{fields["label"]}"' in page
    assert ticked(page) == {"kernel.plugins.view"}
    assert await own_roles() == before


async def test_nobody_hands_on_more_than_they_have(pat, ctx, own_roles):
    await ctx.kernel.auth.roles.save(ctx, "strong", "Strong", {"kernel.settings.edit"})
    before = await own_roles()
    form = await (await pat.get(NEW)).text()
    strong = await (await pat.get(f"{ROLES}/strong")).text()

    made = await pat.submit(NEW, {"label": "Mine", "permissions": ["kernel.settings.edit"]})
    widened = await pat.submit(
        f"{ROLES}/people",
        {"label": "People", "permissions": ["kernel.staff.edit", "kernel.jobs.edit"]},
    )
    narrowed = await pat.submit(NEW, {"label": "Strong"}, action=f"{ROLES}/strong")
    removed = await pat.submit(NEW, {}, action=f"{ROLES}/strong/remove")

    assert {"kernel.settings.edit", "kernel.jobs.edit"} <= disabled(form)
    assert disabled(form) & {"kernel.staff.view", "kernel.staff.edit", "kernel.plugins.view"} == set()
    assert "so you cannot change it" in strong
    assert ">Save</button>" not in strong
    assert (made.status, await errors_on(made)) == (403, {"permissions": BEYOND})
    assert (widened.status, await errors_on(widened)) == (403, {"permissions": BEYOND})
    assert (narrowed.status, removed.status) == (403, 403)
    assert await notices_on(removed) == [BEYOND]
    assert await own_roles() == before


async def test_who_only_sees_staff_sees_roles_and_changes_none(ctx, hire, browser, own_roles):
    await ctx.kernel.auth.roles.save(ctx, "reader", "Reader", {"kernel.staff.view"})
    await hire("eve@example.com", role="reader")
    eve = await browser("eve@example.com")
    page = await (await eve.get(f"{ROLES}/reader")).text()

    fields = {"label": "Mine", "permissions": ["kernel.staff.view"]}
    made = await eve.submit("/admin/account", fields, action=NEW)

    assert ticked(page) == {"kernel.staff.view"}
    assert ">Save</button>" not in page
    assert (made.status, (await eve.get(NEW)).status) == (403, 403)
    assert set(await own_roles()) == {"reader"}


async def test_a_role_goes_after_a_question_and_only_when_nobody_has_it(ada, hire, own_roles, ctx):
    await ada.submit(NEW, {"label": "Reader", "permissions": ["kernel.plugins.view"]})
    bob = await hire("bob@example.com", role="reader")
    path = f"{ROLES}/reader/remove"

    used = await (await ada.get(path)).text()
    refused = await ada.submit(NEW, {}, action=path)
    kept = set(await own_roles())
    await ctx.kernel.auth.roles.assign(ctx, bob, "manager")
    asked = await (await ada.get(path)).text()
    removed = await ada.submit(path, {})

    assert f'href="/admin/staff/{bob}">Bob</a>' in used
    assert ">Remove</button>" not in used
    assert refused.status == 409
    message = "Staff still have the role 'Reader': give them another one first."
    assert await notices_on(refused) == [message]
    assert kept == {"reader"}
    assert "Nobody has this role." in asked
    assert (removed.status, removed.headers["Location"]) == (303, ROLES)
    assert await notices_on(await ada.get(ROLES)) == ["The role Reader is removed."]
    assert await own_roles() == {}
    assert (await ada.get(f"{ROLES}/reader")).status == 404


async def test_a_role_of_another_store_is_not_there(ada, kernel, own_roles):
    beta = system(kernel, "beta")
    await kernel.auth.roles.save(beta, "reader", "Reader", {"kernel.plugins.view"})
    before = await own_roles("beta")

    fields = {"label": "Mine", "permissions": ["kernel.plugins.view"]}
    answers = [
        await ada.get(f"{ROLES}/reader"),
        await ada.get(f"{ROLES}/reader/remove"),
        await ada.submit(NEW, fields, action=f"{ROLES}/reader"),
        await ada.submit(NEW, {}, action=f"{ROLES}/reader/remove"),
    ]

    assert [answer.status for answer in answers] == [404] * 4
    assert (await own_roles(), await own_roles("beta")) == ({}, before)
