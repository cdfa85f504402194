# SPDX-License-Identifier: Apache-2.0
"""Segments: who is in them, their pages and API, and what happens when a kind of condition is gone."""

import re
from dataclasses import dataclass
from typing import ClassVar

import pytest
from plugins.customers.tests.conftest import HOME, notices_on
from pydantic import BaseModel
from tests.shop import as_staff, bearer, system

from shopwright.activation import switch_plugin
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_customers import api
from shopwright_customers.api import Condition
from shopwright_customers.services import groups, matching, segments, tags

SEGMENTS = "/admin/customer-segments"
API = "/api/admin/v1/customer-segments"


class Letters(BaseModel):
    """How a name begins."""

    begins: str
    amount: int = 0


@dataclass(slots=True)
class Begins:
    code: str = "sorting.begins"
    values: type[BaseModel] = Letters

    def label(self, ctx):
        return "Address begins with"

    async def choices(self, ctx):
        return {}

    async def matching(self, ctx, values, customer_ids):
        if values.begins == "!":
            raise RuntimeError("this kind is broken")
        sql = "SELECT id FROM customers_customer WHERE email::text LIKE $1"
        return {row["id"] for row in await ctx.fetch_rows(sql, f"{values.begins}%")}


class Sorting(Plugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="sorting", version="1.0.0", title="Sorting", summary="Sorts.", requires=("customers",)
    )

    @hookimpl
    def customer_conditions(self):
        return [Begins()]


@pytest.fixture
async def kernel(make_kernel, fake_clock):
    return await make_kernel(plugins=["customers", "orders", Sorting], stores=[ALPHA, BETA], clock=fake_clock)


@pytest.fixture
async def people(kernel, ctx, join, id_of, fake_clock):
    """Ada lives in Germany and is a VIP, bob came a day later and has a tag, eve has nothing; zoe is of beta."""
    ada = await join("ada@example.com")
    await ada.post_json("/api/v1/customers/me/addresses", HOME)
    await join("eve@example.com")
    fake_clock.advance(86_400)
    await join("bob@example.com")
    await join("zoe@example.com", store="beta")
    ids = {name: await id_of(f"{name}@example.com") for name in ("ada", "bob", "eve")}
    ids["zoe"] = await id_of("zoe@example.com", store="beta")
    await groups.create(ctx, code="vip", title="Best customers", priority=0)
    await groups.put_into(ctx, ids["ada"], ["vip"])
    await tags.put_on(ctx, ids["bob"], ["Press"])
    return ids


async def test_conditions_hold_for_all_or_any_and_the_other_way_round(ctx, people, fake_clock, query_log):
    names = {id_: name for name, id_ in people.items()}
    today = fake_clock.now().date().isoformat()
    vip, press = (
        Condition("customers.in_group", {"group": "vip"}),
        Condition("customers.has_tag", {"tag": "press"}),
    )
    new, german = (
        Condition("customers.since", {"since": today}),
        Condition("customers.lives_in", {"country": "de"}),
    )
    not_vip = Condition("customers.in_group", {"group": "vip"}, negated=True)
    broken = Condition("sorting.begins", {"begins": "!"}, negated=True)
    wanted = {
        "vip": ("all", [vip], {"ada"}),
        "vip-and-german": ("all", [vip, german], {"ada"}),
        "vip-and-new": ("all", [vip, new], set()),
        "vip-or-new": ("any", [vip, new], {"ada", "bob"}),
        "press": ("all", [press], {"bob"}),
        "others": ("all", [not_vip], {"bob", "eve"}),
        "neither": (
            "all",
            [not_vip, Condition("customers.has_tag", {"tag": "PRESS"}, negated=True)],
            {"eve"},
        ),
        "begins": ("any", [Condition("sorting.begins", {"begins": "e"}), press], {"eve", "bob"}),
        "broken": ("all", [broken], set()),
        "broken-or-vip": ("any", [broken, vip], {"ada"}),
        "nothing": ("all", [], set()),
    }
    for code, (match, conditions, _) in wanted.items():
        await segments.create(ctx, code=code, title=code, match=match, conditions=conditions)

    found = {code: await api.customers_in(ctx, code, people.values()) for code in wanted}
    with query_log.at_most(3):
        few = await api.customers_in(ctx, "vip-and-german", [people["bob"], people["ada"]])
    with query_log.at_most(0):
        none = await api.customers_in(ctx, "vip", [])
    counts = {s.code: (await matching.count(ctx, s)).number for s in await segments.saved(ctx)}

    assert {code: {names[id_] for id_ in ids} for code, ids in found.items()} == {
        code: expected for code, (_, _, expected) in wanted.items()
    }
    assert counts == {code: len(expected) for code, (_, _, expected) in wanted.items()}
    assert (few, none) == ({people["ada"]}, frozenset())
    assert await api.customers_in(ctx, "unknown", people.values()) == frozenset()
    assert [segment.code for segment in await api.segments(ctx)] == sorted(wanted)


async def test_pages_of_a_segment_are_cut_anywhere(ctx, people, monkeypatch):
    monkeypatch.setattr(matching, "BATCH", 2)
    everybody = Condition("customers.in_group", {"group": "none"}, negated=True)
    id_ = await segments.create(ctx, code="all", title="All", match="all", conditions=[everybody])
    segment = await segments.get(ctx, id_)

    pages, after = [], None
    while not pages or after is not None:
        found, after = await matching.page(ctx, segment, after=after, limit=1)
        pages.append([customer.email[:3] for customer in found])
    monkeypatch.setattr(matching, "LOOKED_AT", 2)

    assert pages == [["bob"], ["eve"], ["ada"]]
    assert (await matching.count(ctx, segment)) == matching.Count(2, is_complete=False)


async def test_staff_build_a_segment_condition_by_condition(ctx, people, make_client):
    staff = await as_staff(ctx, make_client)
    empty = await (await staff.get(SEGMENTS)).text()
    made = await staff.submit(f"{SEGMENTS}/new", {"title": "Good", "code": "good", "match": "any"})
    page = made.headers["Location"]
    odd = await staff.submit(f"{SEGMENTS}/new", {"title": "", "code": "good", "match": "some"})
    twice = await staff.submit(f"{SEGMENTS}/new", {"title": "x", "code": "good", "match": "any"})
    kinds = await (await staff.get(f"{page}/add")).text()

    form = f"{page}/add?kind=customers.in_group"
    offered = await (await staff.get(form)).text()
    first = await staff.submit(form, {"version": "1", "group": "vip"})
    late = await staff.submit(form, {"version": "1", "group": "vip"})
    spent = f"{page}/add?kind=orders.spent"
    typo = await staff.submit(spent, {"version": "2", "amount": "a lot"})
    second = await staff.submit(spent, {"version": "2", "amount": "12.50", "negated": "true"})
    nowhere = await staff.submit(f"{page}/add?kind=customers.lives_in", {"version": "3", "country": "ZZ"})
    unknown = await staff.request(
        "POST", f"{page}/add?kind=x.y", data={"csrf_token": await staff.csrf_token(page)}
    )
    saved = await segments.by_code(ctx, "good")
    shown = await (await staff.get(page)).text()
    dropped = await staff.submit(page, {"version": "3", "place": "1"}, action=f"{page}/drop")
    renamed = await staff.submit(page, {"version": "4", "title": "Best", "code": "best", "match": "all"})
    after = await (await staff.get(page)).text()
    gone = await staff.submit(page, {"version": "5"}, action=f"{page}/delete")

    assert "No segments yet" in empty
    assert [r.status for r in (made, odd, twice, first, late, typo, second, nowhere, unknown)] == [
        303, 422, 422, 303, 409, 422, 303, 422, 404
    ]  # fmt: skip
    assert [
        f'?kind={code}"' in kinds for code in ("customers.in_group", "orders.count", "sorting.begins")
    ] == [True] * 3
    assert '<option value="vip">Best customers</option>' in offered
    assert 'id="e-amount"' in await typo.text()
    assert 'id="e-country"' in await nowhere.text()
    assert saved.conditions == (
        Condition("customers.in_group", {"group": "vip"}),
        Condition("orders.spent", {"amount": 1250}, negated=True),
    )
    assert "In the group: Best customers" in shown
    assert "Not: Spent at least: €12.50" in shown
    assert "In this segment: 3" in shown
    assert (dropped.status, renamed.status, gone.status) == (303, 303, 303)
    assert "In this segment: 1" in after
    assert re.findall(r'<a href="/admin/customers/[^"]+">([^<]+)</a>', after) == ["ada@example.com"]
    assert "The segment is removed." in await notices_on(await staff.get(SEGMENTS))
    assert (await staff.get(page)).status == 404


async def test_the_api_keeps_segments_and_says_what_is_wrong(ctx, people, browser):
    program = await browser()
    headers = await bearer(ctx, "customers.group.view", "customers.group.edit", "customers.customer.view")
    looking = await bearer(ctx, "customers.group.view")
    vip = {"code": "customers.in_group", "values": {"group": "vip"}}
    body = {"code": "good", "title": "Good", "match": "all", "conditions": [vip]}

    kinds = await program.get_json("/api/admin/v1/customer-conditions", headers=looking)
    made = await program.post_json(API, body, headers=headers)
    one = f"{API}/{made['id']}"
    wrong = [
        await program.send("POST", API, {**body, "code": "other", "conditions": [vip, bad]}, headers=headers)
        for bad in (
            {"code": "customers.nonsense"},
            {"code": "customers.since", "values": {"since": "soon"}},
            {"code": "orders.count", "values": {"orders": 0, "more": 1}},
        )
    ]
    members = await program.get_json(f"{one}/customers", headers=headers)
    changed = await program.send("PUT", one, {**body, "match": "any", "version": 1}, headers=headers)
    stale = await program.send("PUT", one, {**body, "version": 1}, headers=headers)
    refused = [
        (await program.send(method, path, sent, headers=looking)).status
        for method, path, sent in (("POST", API, body), ("PUT", one, {**body, "version": 2}), ("DELETE", f"{one}?version=2", None))
    ]  # fmt: skip
    unseen = await program.get(f"{one}/customers", headers=looking)
    gone = await program.send("DELETE", f"{one}?version=2", headers=headers)

    assert {kind["code"] for kind in kinds["items"]} >= {
        "customers.in_group",
        "orders.count",
        "orders.spent",
        "sorting.begins",
    }
    assert made["conditions"] == [{**vip, "negated": False}]
    pointers = [[error["pointer"] for error in (await answer.json())["errors"]] for answer in wrong]
    assert pointers == [
        ["/conditions/1/code"],
        ["/conditions/1/values/since"],
        ["/conditions/1/values/orders", "/conditions/1/values/more"],
    ]
    assert [item["email"] for item in members["items"]] == ["ada@example.com"]
    assert ((await changed.json())["match"], changed.status, stale.status) == ("any", 200, 409)
    assert (refused, unseen.status) == ([403] * 3, 403)
    assert (await program.get_json(API, headers=looking))["items"] == []
    assert gone.status in {200, 204}


async def test_a_condition_whose_plugin_is_off_holds_for_nobody_and_stays(ctx, kernel, people, make_client):
    begins = Condition("sorting.begins", {"begins": "e", "amount": 0}, negated=True)
    id_ = await segments.create(ctx, code="s", title="S", match="all", conditions=[begins])
    staff = await as_staff(ctx, make_client)
    before = await api.customers_in(ctx, "s", people.values())
    await switch_plugin(ctx, "sorting", enabled=False)
    ctx = system(kernel, "alpha")
    page = f"{SEGMENTS}/{id_}"

    shown = await (await staff.get(page)).text()
    renamed = await staff.submit(page, {"version": "1", "title": "T", "code": "s", "match": "any"})

    assert before == {people["ada"], people["bob"]}
    assert await api.customers_in(ctx, "s", people.values()) == frozenset()
    assert "sorting.begins (its plugin is off: this holds for nobody)" in shown
    assert renamed.status == 303
    assert (await segments.get(ctx, id_)).conditions == (begins,)
