# SPDX-License-Identifier: Apache-2.0
"""Collections by hand and by rules: their members, pages, API and editor."""

from datetime import timedelta

import pytest
from tests.shop import THEMES, add_product, as_staff, bearer, system

from shopwright.activation import switch_plugin
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA
from shopwright_collections import api
from shopwright_collections.services import members
from shopwright_collections.services.kinds import Nothing

BASE = "/api/admin/v1/collections"


class Even:
    """Holds for products whose title has an even number of letters; a third party's condition."""

    code = "evenness.even"
    values = Nothing

    def label(self, ctx):
        return "Is even"

    async def matching(self, ctx, values, products):
        return {product.id for product in products if len(product.title) % 2 == 0}


class Evenness(Plugin):
    """Adds a kind of condition."""

    manifest = Manifest(
        name="evenness", version="1", title="Evenness", summary="Evenness", requires=("collections",)
    )

    @hookimpl
    def collection_conditions(self):
        return [Even()]


@pytest.fixture
async def ctx(make_kernel, fake_clock):
    kernel = await make_kernel(
        plugins=["collections", "inventory"], stores=[ALPHA], config=THEMES, clock=fake_clock
    )
    return await stocked(kernel)


async def stocked(kernel):
    ctx = system(kernel, "alpha")
    for handle, price, vendor in (("lamp", 4900, "Mill"), ("mug", 900, "Mill"), ("desk", 20_000, "Oak")):
        await add_product(ctx, handle, price=price, vendor=vendor, tags=(f"for-{vendor.lower()}",))
    return ctx


@pytest.fixture
async def client(ctx, make_client):
    return await make_client(ctx.kernel, "alpha")


@pytest.fixture
async def editor(ctx):
    return await bearer(ctx, "collections.collection.view", "collections.collection.edit")


async def put(client, editor, handle, *conditions, status=201, **values):
    body = {
        "title": handle.title(),
        "conditions": [{"code": f"collections.{code}", "values": given} for code, given in conditions],
        **values,
    }
    answer = await client.send("PUT", f"{BASE}/{handle}", body, headers=editor)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def members_of(client, handle, **query):
    page = await client.get_json(f"/api/v1/collections/{handle}", params=query)
    return [card["handle"] for card in page["items"]]


async def test_products_are_in_by_the_conditions(ctx, client, editor):
    mill, oak, cheap = (
        ("vendor", {"value": "Mill"}),
        ("vendor", {"value": "Oak"}),
        ("price_below", {"amount": 1000}),
    )
    cases = {
        "one": ([mill], "all", {"lamp", "mug"}),
        "both": ([mill, cheap], "all", {"mug"}),
        "any": ([oak, cheap], "any", {"mug", "desk"}),
        "tag": ([("tag", {"value": "for-oak"})], "all", {"desk"}),
        "title": ([("title", {"value": "LAM"})], "all", {"lamp"}),
        "from": ([("price_from", {"amount": 4900})], "all", {"lamp", "desk"}),
        "reduced": ([("reduced", {})], "all", set()),
        "new": ([("new", {"days": 7})], "all", {"lamp", "mug", "desk"}),
        "type": ([("type", {"value": "Lamps"})], "all", set()),
        "category": ([("category", {"value": "light"})], "all", set()),
        "nothing": ([], "all", set()),
    }
    for handle, (conditions, match, _) in cases.items():
        await put(client, editor, handle, *conditions, match=match)
    await ctx.kernel.jobs.drain(strict=True)

    found = {handle: set(await members_of(client, handle)) for handle in cases}
    assert found == {handle: expected for handle, (_, _, expected) in cases.items()}


async def test_a_collection_follows_its_products_and_the_clock(ctx, client, editor, fake_clock):
    await put(client, editor, "mill", ("vendor", {"value": "Mill"}))
    await put(client, editor, "new", ("new", {"days": 7}), order="title")
    await ctx.kernel.jobs.drain(strict=True)
    page = await (await client.get("/collections/mill")).text()
    assert ("Lamp" in page, "Desk" in page) == (True, False)

    await add_product(ctx, "desk", price=20_000, vendor="Mill")
    await add_product(ctx, "mug", price=900, vendor="Mill", published=False)
    await ctx.kernel.jobs.drain(strict=True)
    page = await (await client.get("/collections/mill")).text()
    assert ("Lamp" in page, "Desk" in page, "Mug" in page) == (True, True, False)

    fake_clock.advance(timedelta(days=8).total_seconds())
    assert await members_of(client, "new") == ["desk", "lamp"]
    await members.refresh_all(ctx, None)
    assert await members_of(client, "new") == []
    assert await api.collections_of(ctx, []) == {}


async def test_what_is_picked_comes_first_and_in_its_order(ctx, client, editor, monkeypatch):
    monkeypatch.setattr(members, "BATCH", 2)
    page = await client.get_json("/api/v1/products")
    ids = {card["handle"]: card["id"] for card in page["items"]}
    await put(
        client, editor, "best", ("vendor", {"value": "Mill"}), picked=[ids["desk"], ids["mug"]], position=1
    )
    await ctx.kernel.jobs.drain(strict=True)

    assert await members_of(client, "best") == ["desk", "mug", "lamp"]
    assert await members_of(client, "best", sort="price") == ["mug", "lamp", "desk"]
    assert await members_of(client, "best", sort="price_desc") == ["desk", "lamp", "mug"]
    assert await members_of(client, "best", sort="title") == ["desk", "lamp", "mug"]
    seen, cursor = [], ""
    while True:
        found = await client.get_json("/api/v1/collections/best", params={"limit": 1, "cursor": cursor})
        seen += [card["handle"] for card in found["items"]]
        cursor = found["next_cursor"]
        if not cursor:
            break
    assert (seen, found["total"]) == (["desk", "mug", "lamp"], 3)
    for bad in ("nonsense", "W10", "WyJtYW51YWwiLCJ4IiwieCJd"):
        answer = await client.get("/api/v1/collections/best", params={"cursor": bad})
        assert answer.status == 400


async def test_bad_collections_are_refused_by_field(client, editor):
    async def pointers(handle, *conditions, **values):
        answer = await put(client, editor, handle, *conditions, status=422, **values)
        return [error["pointer"] for error in answer["errors"]]

    assert await pointers("a b") == ["/handle"]
    assert await pointers("x", title=" ") == ["/title"]
    assert await pointers("x", ("unknown", {})) == ["/conditions/0/code"]
    assert await pointers("x", ("tag", {"value": "a"}), ("price_below", {"amount": -1})) == [
        "/conditions/1/values/amount"
    ]
    assert await pointers("x", ("tag", {"value": ""})) == ["/conditions/0/values/value"]
    assert await pointers("x", picked=["01a2080c-56f2-70d3-bcab-8ea463a22903"]) == ["/picked/0"]
    assert (await client.get("/collections/x")).status == 404
    assert (await client.get("/api/v1/collections/x")).status == 404
    await put(client, editor, "x", version=0)
    stale = await put(client, editor, "x", version=0, status=409)
    assert (stale["code"], stale["version"]) == ("version_conflict", 1)
    gone = await client.send("DELETE", f"{BASE}/x", headers=editor)
    assert (gone.status, (await client.get(f"{BASE}/x", headers=editor)).status) == (204, 404)


async def test_staff_make_rename_and_delete_a_collection(ctx, make_client, client):
    staff = await as_staff(ctx, make_client)
    new = "/admin/collection/new"
    form = {
        "title": "Cosy things", "order": "price", "match": "any", "visible": "true", "position": "1",
        "condition.0": "collections.price_below", "value.0": "1000", "condition.2": "collections.vendor",
        "value.2": "Oak", "picked": "lamp\n", "t.de.title": "Gemütliches",
    }  # fmt: skip
    refused = await staff.submit(new, form | {"picked": "lamp\nnothing", "value.0": "cheap"})
    assert (refused.status, "There is no product nothing." in await refused.text()) == (422, True)
    done = await staff.submit(new, form)
    assert (done.status, done.headers["Location"]) == (303, "/admin/collections/cosy-things")
    await ctx.kernel.jobs.drain(strict=True)
    assert await members_of(client, "cosy-things") == ["mug", "lamp", "desk"]
    assert "Gemütliches" in await (await client.get("/de/collections/cosy-things")).text()

    editor = await (await staff.get("/admin/collections/cosy-things")).text()
    assert 'name="value.0" value="1000"' in editor
    assert 'name="value.1" value="Oak"' in editor
    renamed = await staff.submit("/admin/collections/cosy-things", form | {"handle": "cosy", "version": "1"})
    assert renamed.headers["Location"] == "/admin/collections/cosy"
    late = await staff.submit("/admin/collections/cosy", form | {"handle": "cosy", "version": "1"})
    assert (late.status, "Somebody else changed" in await late.text()) == (409, True)
    assert (await client.get("/collections/cosy-things")).status == 404
    await staff.submit("/admin/collections/cosy", {}, action="/admin/collections/cosy/delete")
    assert (await client.get("/collections/cosy")).status == 404


async def test_a_condition_of_another_plugin_holds_only_while_that_is_on(make_kernel, make_client):
    kernel = await make_kernel(plugins=["collections", "inventory", Evenness], stores=[ALPHA], config=THEMES)
    ctx = await stocked(kernel)
    client = await make_client(kernel, "alpha")
    editor = await bearer(ctx, "collections.collection.edit", "collections.collection.view")
    body = {"title": "Even", "conditions": [{"code": "evenness.even"}]}
    assert (await client.send("PUT", f"{BASE}/even", body, headers=editor)).status == 201
    kinds = await client.get_json("/api/admin/v1/collection-conditions", headers=editor)
    assert "evenness.even" in {kind["code"] for kind in kinds["items"]}
    await kernel.jobs.drain(strict=True)
    assert set(await members_of(client, "even")) == {"lamp", "desk"}

    await switch_plugin(ctx, "evenness", enabled=False)
    await kernel.jobs.drain(strict=True)
    assert await members_of(client, "even") == []
