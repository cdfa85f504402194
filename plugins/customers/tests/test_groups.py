# SPDX-License-Identifier: Apache-2.0
"""Groups, tags and notes: on the pages of the admin, in its API, and for other plugins."""

import re

import pytest
from plugins.customers.tests.conftest import notices_on
from tests.shop import as_staff, bearer

from shopwright.errors import Forbidden
from shopwright.ids import new_id
from shopwright_customers import api
from shopwright_customers.services import groups, notes, tags

GROUPS, CUSTOMERS = "/api/admin/v1/customer-groups", "/api/admin/v1/customers"
VIEW, EDIT = "customers.group.view", "customers.group.edit"


@pytest.fixture
async def staff(ctx, make_client):
    return await as_staff(ctx, make_client)


async def listed(client, query: str) -> list[str]:
    page = await (await client.get(f"/admin/customers{query}")).text()
    return re.findall(r'<a href="/admin/customers/[^"/]+">([^<]+)</a>', page)


async def test_staff_keep_groups_and_put_customers_into_several(join, staff, ctx, id_of, query_log):
    await join("ada@example.com")
    await join("bob@example.com")
    ada = await id_of("ada@example.com")
    page = f"/admin/customers/{ada}"
    empty = await (await staff.get("/admin/customer-groups")).text()

    for code, title, priority in (
        ("vip", "Best customers", 10),
        ("trade", "Trade", 20),
        ("staff", "Staff", 10),
    ):
        fields = {"code": code, "title": title, "priority": str(priority)}
        saved = await staff.submit("/admin/customer-groups/new", fields)
        assert (saved.status, saved.headers["Location"]) == (303, "/admin/customer-groups")
    twice = await staff.submit("/admin/customer-groups/new", {"code": "vip", "title": "x", "priority": "0"})
    odd = await staff.submit("/admin/customer-groups/new", {"code": "V I P", "title": "", "priority": "x"})
    put = await staff.submit(page, {"groups": ["vip", "trade"]}, action=f"{page}/groups")
    unknown = await staff.submit(page, {"groups": ["nobody"]}, action=f"{page}/groups")
    shown = await staff.get(page)
    with query_log.at_most(1):
        own = await api.groups_of(ctx, ada)

    assert "No groups yet" in empty
    assert (twice.status, odd.status) == (422, 422)
    assert sorted(await staff_errors(twice)) == ["code"]
    assert sorted(await staff_errors(odd)) == ["code", "priority", "title"]
    assert (put.status, unknown.status) == (303, 303)
    assert "There is no group “nobody”." in await notices_on(shown)
    assert own == ("trade", "vip")
    assert [(g.code, g.priority) for g in await api.groups(ctx)] == [
        ("trade", 20),
        ("staff", 10),
        ("vip", 10),
    ]
    assert [group.members for group in await groups.saved(ctx)] == [1, 0, 1]
    assert await listed(staff, "?group=vip") == ["ada@example.com"]
    assert await listed(staff, "?group=staff") == []


async def staff_errors(response) -> list[str]:
    return re.findall(r'class="field__error" id="e-([^"]+)"', await response.text())


async def test_a_group_that_changed_meanwhile_is_not_overwritten_and_a_removed_one_leaves_its_customers(
    join, staff, ctx, id_of
):
    await join()
    ada = await id_of()
    group_id = await groups.create(ctx, code="vip", title="VIP", priority=1)
    await groups.put_into(ctx, ada, ["vip"])
    path = f"/admin/customer-groups/{group_id}"
    shown = await (await staff.get(path)).text()
    fields = {"code": "vip", "title": "Best", "priority": "2"}

    first = await staff.submit(path, {**fields, "version": "1"})
    late = await staff.submit(path, {**fields, "title": "Late", "version": "1"})
    stale = await staff.submit(path, {"version": "1"}, action=f"{path}/delete")
    kept = await groups.get(ctx, group_id)
    gone = await staff.submit(path, {"version": "2"}, action=f"{path}/delete")

    assert "Customers in this group: 1" in shown
    assert (first.status, late.status, stale.headers["Location"], gone.status) == (303, 409, path, 303)
    assert (kept.title, kept.version) == ("Best", 2)
    assert (await api.groups_of(ctx, ada), await api.groups(ctx)) == ((), ())
    assert (await staff.get(path)).status == 404


async def test_tags_and_notes_are_kept_on_a_customer(join, staff, ctx, id_of, fake_clock):
    await join()
    ada = await id_of()
    page = f"/admin/customers/{ada}"

    saved = await staff.submit(
        page, {"tags": " Wholesale,  press  kit , wholesale,, "}, action=f"{page}/tags"
    )
    long = await staff.submit(page, {"tags": "x" * 41}, action=f"{page}/tags")
    told = await notices_on(await staff.get(page))
    for words in ("Called twice.\nWants a lamp <b>", "Paid."):
        assert (await staff.submit(page, {"text": words}, action=f"{page}/notes")).status == 303
    empty = await staff.submit(page, {"text": "  "}, action=f"{page}/notes")
    found = await notes.of_customer(ctx, ada)
    shown = await (await staff.get(page)).text()
    removed = await staff.submit(page, {}, action=f"{page}/notes/{found[0].id}/delete")

    assert (saved.status, long.status, empty.status, removed.status) == (303, 303, 303, 303)
    assert "Use at most 50 tags of 40 characters each, without commas." in told
    assert await tags.of_customer(ctx, ada) == ["press kit", "wholesale"]
    assert await tags.in_use(ctx) == ["press kit", "wholesale"]
    assert await listed(staff, "?tag=WHOLESALE") == ["ada@example.com"]
    assert [(note.text, note.author, note.at) for note in found] == [
        ("Paid.", "Grace", fake_clock.now()),
        ("Called twice.\nWants a lamp <b>", "Grace", fake_clock.now()),
    ]
    assert "Called twice.<br>Wants a lamp &lt;b&gt;" in shown
    assert [note.text for note in await notes.of_customer(ctx, ada)] == ["Called twice.\nWants a lamp <b>"]


async def test_the_api_does_all_of_it_within_its_permissions(join, browser, ctx, id_of):
    await join()
    program, path = await browser(), f"{CUSTOMERS}/{await id_of()}"
    all_of_it = await bearer(ctx, VIEW, EDIT, "customers.customer.view", "customers.customer.edit")
    looking = await bearer(ctx, VIEW, "customers.customer.view")
    body = {"code": "vip", "title": "VIP", "priority": 3}

    made = await program.post_json(GROUPS, body, headers=all_of_it)
    taken = await program.send("POST", GROUPS, body, headers=all_of_it)
    one = f"{GROUPS}/{made['id']}"
    changed = await program.send("PUT", one, {**body, "title": "Best", "version": 1}, headers=all_of_it)
    stale = await program.send("PUT", one, {**body, "version": 1}, headers=all_of_it)
    put = await program.send("PUT", f"{path}/groups", {"groups": ["vip"]}, headers=all_of_it)
    wrong = await program.send("PUT", f"{path}/groups", {"groups": ["vip", "none"]}, headers=all_of_it)
    tagged = await program.send("PUT", f"{path}/tags", {"tags": ["b", "a", "B"]}, headers=all_of_it)
    note = await program.post_json(f"{path}/notes", {"text": "Hello"}, headers=all_of_it)
    seen = [await program.get_json(f"{path}/{part}", headers=looking) for part in ("groups", "tags", "notes")]
    found = await program.get_json(f"{CUSTOMERS}?group=vip&tag=a", headers=looking)
    refused = [
        (await program.send(method, where, sent, headers=looking)).status
        for method, where, sent in (
            ("POST", GROUPS, body), ("PUT", one, {**body, "version": 2}), ("DELETE", f"{one}?version=2", None),
            ("PUT", f"{path}/groups", {"groups": []}), ("PUT", f"{path}/tags", {"tags": []}),
            ("POST", f"{path}/notes", {"text": "x"}), ("DELETE", f"{path}/notes/{note['id']}", None),
        )
    ]  # fmt: skip
    nobody = f"{CUSTOMERS}/{new_id()}"
    missing = [
        (await program.get(f"{nobody}/{x}", headers=looking)).status for x in ("groups", "tags", "notes")
    ]
    dropped = await program.send("DELETE", f"{path}/notes/{note['id']}", headers=all_of_it)
    gone = await program.send("DELETE", f"{one}?version=2", headers=all_of_it)

    assert (made["version"], made["members"]) == (1, 0)
    assert [r.status for r in (taken, changed, stale, put, wrong, tagged)] == [422, 200, 409, 200, 422, 200]
    assert (await wrong.json())["errors"][0]["pointer"] == "/groups"
    assert (await taken.json())["errors"][0]["pointer"] == "/code"
    assert seen[:2] == [["vip"], ["a", "B"]]
    assert [(n["text"], n["author"]) for n in seen[2]["items"]] == [("Hello", "Test")]
    assert [item["email"] for item in found["items"]] == ["ada@example.com"]
    assert (refused, missing) == ([403] * 7, [404] * 3)
    assert dropped.status in {200, 204}
    assert gone.status in {200, 204}
    assert (await program.get_json(GROUPS, headers=looking))["items"] == []


async def test_a_customer_of_another_store_cannot_be_marked(join, ctx, id_of):
    await join("eve@example.com", store="beta")
    eve = await id_of("eve@example.com", store="beta")
    await groups.create(ctx, code="vip", title="VIP", priority=0)
    marks = (groups.put_into(ctx, eve, ["vip"]), tags.put_on(ctx, eve, ["x"]), notes.add(ctx, eve, "x"))

    for mark in marks:
        with pytest.raises(Exception, match="There is no such customer"):
            await mark
    with pytest.raises(Forbidden):
        await groups.create(
            ctx.as_actor(ctx.actor.__class__("staff", new_id(), "x")), code="a", title="A", priority=0
        )


async def test_programs_put_tags_and_groups_on_many_customers_at_once(join, make_client, ctx, id_of):
    client = await make_client(ctx.kernel, ctx.store)
    for email in ("ada@example.com", "bob@example.com"):
        await join(email)
    ada, bob = await id_of("ada@example.com"), await id_of("bob@example.com")
    for code in ("vip", "trade"):
        await groups.create(ctx, code=code, title=code, priority=0)
    await tags.put_on(ctx, bob, ["old", "Kept"])
    headers = await bearer(ctx, "customers.customer.edit")

    async def change(items, **more):
        body = {"items": items, **more}
        response = await client.send("POST", f"{CUSTOMERS}/bulk", body, headers=headers)
        return response.status, await response.json()

    items = [
        {"customer_id": str(ada), "add_tags": [" big  spender "], "add_groups": ["vip", "trade"]},
        {"customer_id": str(bob), "add_tags": ["kept", "new"], "remove_tags": ["OLD"], "add_groups": ["vip"]},
    ]
    wrong = [
        *items,
        {"customer_id": str(new_id()), "add_groups": ["nobody"]},
        {"customer_id": str(ada), "add_tags": ["a,b"]},
    ]
    status, problem = await change(wrong)
    assert status == 422
    assert [x["pointer"] for x in problem["errors"]] == [
        "/items/2/customer_id", "/items/2/add_groups", "/items/3/add_tags",
    ]  # fmt: skip
    assert await tags.of_customer(ctx, ada) == []

    status, told = await change(wrong, atomic=False)
    assert (status, [x["status"] for x in told["results"]]) == (200, ["done", "done", "refused", "refused"])
    assert [x["code"] for x in told["results"][2]["errors"]] == ["unknown", "unknown_group"]
    assert (await tags.of_customer(ctx, ada), await groups.codes_of(ctx, ada)) == (
        ["big spender"], ("trade", "vip"),
    )  # fmt: skip
    assert (await tags.of_customer(ctx, bob), await groups.codes_of(ctx, bob)) == (["Kept", "new"], ("vip",))
    again = [{"customer_id": str(ada), "remove_groups": ["vip"]}]
    assert (await change(again))[0] == 200
    assert await groups.codes_of(ctx, ada) == ("trade",)
