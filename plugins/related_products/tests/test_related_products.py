# SPDX-License-Identifier: Apache-2.0
"""Related products: picked by hand in the admin and by API, filled up with similar ones, shown with their prices."""

import pytest
from tests.shop import THEMES, add_product, as_staff, bearer, system

from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA
from shopwright_catalog.api import CategoryInput, save_category
from shopwright_related_products.api import Candidate

BASE = "/api/admin/v1/related-products"
RELATED, UPSELL = "related_products.related", "related_products.upsell"


class Matching:
    """Things of one colour; a third party's kind."""

    code = "colours.matching"

    def label(self, ctx):
        return "Of the same colour"


class Colours(Plugin):
    """Adds a kind of relation, and a suggestion."""

    manifest = Manifest(
        name="colours", version="1", title="Colours", summary="Colours", requires=("related_products",)
    )
    best = None

    @hookimpl
    def relation_kinds(self):
        return [Matching()]

    @hookimpl
    async def related_candidates(self, ctx, product_ids, limit):
        return [Candidate(id_, self.best, 5) for id_ in product_ids if self.best]


@pytest.fixture
def colours(monkeypatch):
    monkeypatch.setattr(Colours, "best", None)
    return Colours


@pytest.fixture
async def ctx(make_kernel, colours):
    kernel = await make_kernel(
        plugins=["related_products", "inventory", colours], stores=[ALPHA], config=THEMES
    )
    ctx = system(kernel, "alpha")
    await ctx.run(lambda session: save_category(ctx, session, CategoryInput("lamps", "Lamps")))
    shelf = {"category_handles": ("lamps",)}
    for handle, values in {
        "lamp": {**shelf, "tags": ("brass", "desk")},
        "floor": {**shelf, "tags": ()},
        "wall": {**shelf, "tags": ("brass",)},
        "draft": {**shelf, "published": False},
        "bulb": {"price": 500},
    }.items():
        await add_product(ctx, handle, **values)
    return ctx


async def test_products_are_related_by_hand_and_shown_beside_each_other(ctx, make_client, query_log):
    client, staff = await make_client(ctx.kernel, "alpha"), await as_staff(ctx, make_client)
    headers = await bearer(ctx, "related_products.relation.view", "related_products.relation.edit")

    async def put(relations, **more):
        body = {"relations": relations}
        return await client.send("PUT", f"{BASE}/lamp", body, headers={**headers, **more})

    async def shown():
        found = await client.get_json("/api/v1/related-products/lamp")
        return {group["kind"]: [card["handle"] for card in group["cards"]] for group in found}

    assert await shown() == {}
    await client.get("/products/bulb")
    with query_log.at_most(2):
        plain = await (await client.get("/products/lamp")).text()
    assert "One step up" not in plain
    made = await put({UPSELL: ["wall", "draft", "floor"], "colours.matching": ["bulb"], RELATED: []})
    assert made.status == 200
    assert await shown() == {UPSELL: ["wall", "floor"], "colours.matching": ["bulb"]}
    page = await (await client.get("/products/lamp")).text()
    assert "<h2>One step up</h2>" in page
    assert "<h2>Of the same colour</h2>" in page
    assert "5.00" in page[page.index("Of the same colour") :]
    assert "One step up" not in await (await client.get("/products/wall")).text()
    late = await put({}, **{"If-Match": '"old"'})
    wrong = await put({"no.kind": [], UPSELL: ["lamp", "nothing"]})
    assert (late.status, late.headers["ETag"]) == (412, made.headers["ETag"])
    assert [x["pointer"] for x in (await wrong.json())["errors"]] == [
        "/relations/no.kind",
        f"/relations/{UPSELL}/0",
        f"/relations/{UPSELL}/1",
    ]
    kinds = await client.get_json("/api/admin/v1/relation-kinds", headers=headers)
    assert [kind["code"] for kind in kinds["items"]][2:] == [RELATED, "colours.matching"]

    product_id = await ctx.fetch_value("SELECT id FROM catalog_product WHERE handle = 'lamp'")
    editor, path = f"/admin/products/{product_id}", f"/admin/related-products/{product_id}"
    assert "Wall, Draft, Floor" in await (await staff.get(editor)).text()
    text = await (await staff.get(path)).text()
    version = text.partition('name="version" value="')[2].partition('"')[0]
    assert "wall\ndraft\nfloor" in text
    typed = {"version": version, f"kind.{UPSELL}": "floor\nwal", "kind.colours.matching": ""}
    bad = await staff.submit(path, typed)
    assert (bad.status, "There is no product wal." in await bad.text()) == (422, True)
    good = await staff.submit(path, {**typed, f"kind.{UPSELL}": "floor\nwall"})
    again = await staff.submit(path, typed | {f"kind.{UPSELL}": ""})
    assert (good.status, good.headers["Location"], again.status) == (303, editor, 409)
    assert await shown() == {UPSELL: ["floor", "wall"]}
    assert (await client.get("/api/v1/related-products/draft")).status == 404


async def test_what_is_not_picked_is_filled_up_with_what_plugins_find_similar(ctx, make_client, colours):
    await ctx.kernel.settings.save(ctx, "related_products", {"automatic": True, "shown": 2}, "store")
    client = await make_client(ctx.kernel, "alpha")

    async def shown(handle):
        found = await client.get_json(f"/api/v1/related-products/{handle}")
        return [[card["handle"] for card in group["cards"]] for group in found]

    assert await shown("lamp") == [["wall", "floor"]]
    assert await shown("bulb") == []
    colours.best = await ctx.fetch_value("SELECT id FROM catalog_product WHERE handle = 'bulb'")
    ctx = system(ctx.kernel, "alpha")
    headers = await bearer(ctx, "related_products.relation.edit")
    body = {"relations": {RELATED: ["floor"]}}
    await client.send("PUT", f"{BASE}/lamp", body, headers=headers)
    assert await shown("lamp") == [["floor", "bulb"]]
