# SPDX-License-Identifier: Apache-2.0
"""Old addresses lead to new ones: after a renaming by themselves, and by hand."""

from dataclasses import replace

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, as_staff, bearer, system

from shopwright.hookspecs import url_resolve
from shopwright.testing.dummies import failing
from shopwright.testing.kernels import ALPHA
from shopwright_catalog.api import ids_of
from shopwright_catalog.services import edit_product, staff_view
from shopwright_redirects.services import redirects

BASE = "/api/admin/v1/redirects"
NEEDED = ["redirects", "collections", "inventory", "storefront"]


@pytest.fixture
async def ctx(make_kernel):
    kernel = await make_kernel(plugins=NEEDED, stores=[ALPHA], config=THEMES)
    await add_product(system(kernel, "alpha"), "lamp")
    return system(kernel, "alpha")


@pytest.fixture
async def client(ctx, make_client):
    return await make_client(ctx.kernel, "alpha")


async def leads(client, path, **headers):
    answer = await client.get(path, headers=headers)
    return answer.status, answer.headers.get("Location")


async def test_a_renamed_product_category_or_collection_is_found_under_its_old_address(
    ctx, client, make_client
):
    staff = await as_staff(ctx, make_client)
    headers = await bearer(ctx, "catalog.category.edit", "collections.collection.edit")
    await staff.send("PUT", "/api/admin/v1/categories/light", {"title": "Light"}, headers=headers)
    await staff.send("PUT", "/api/admin/v1/collections/best", {"title": "Best"}, headers=headers)
    (lamp,) = (await ids_of(ctx, ["lamp"])).values()

    async def rename(to):
        draft = await staff_view.draft(ctx, lamp)
        await edit_product.save(ctx, replace(draft, product=replace(draft.product, handle=to)))
        await ctx.kernel.jobs.drain(strict=True)

    assert await leads(client, "/products/lamp") == (200, None)
    await rename("light-one")
    assert await leads(client, "/products/lamp") == (301, "/products/light-one")
    assert await leads(client, "/de/products/lamp?variant=x") == (301, "/de/products/light-one?variant=x")
    await rename("lantern")
    assert await leads(client, "/products/lamp") == (301, "/products/lantern")
    assert await leads(client, "/products/light-one") == (301, "/products/lantern")
    await rename("lamp")
    assert await leads(client, "/products/lamp") == (200, None)
    assert await leads(client, "/products/lantern") == (301, "/products/lamp")

    for kind, old, new in (("categories", "light", "lights"), ("collections", "best", "favourites")):
        form = {"version": "1", "title": "New", "handle": new, "visible": "true"}
        done = await staff.submit(f"/admin/{kind}/{old}", form)
        assert done.status == 303, await done.text()
        await ctx.kernel.jobs.drain(strict=True)
        assert await leads(client, f"/{kind}/{old}") == (301, f"/{kind}/{new}")


async def test_redirects_by_hand_never_make_a_chain_or_a_loop(ctx, client):
    await redirects.add(ctx, "/a", "/b")
    await redirects.add(ctx, "/b", "/c?x=1")
    assert await leads(client, "/a?y=2") == (301, "/c?x=1")
    await redirects.add(ctx, "/away", "https://example.com/shop")
    assert await leads(client, "/away?y=2") == (301, "https://example.com/shop")
    await redirects.add(ctx, "/products/lamp", "/elsewhere")
    assert await leads(client, "/products/lamp") == (200, None)
    answer = await client.send("POST", "/a", {})
    assert answer.status == 404

    found, total = await redirects.listing(ctx, "")
    assert (total, {(x.source, x.target) for x in found}) == (
        4,
        {
            ("/a", "/c?x=1"),
            ("/b", "/c?x=1"),
            ("/away", "https://example.com/shop"),
            ("/products/lamp", "/elsewhere"),
        },
    )
    assert [x.source for x in (await redirects.listing(ctx, "AWAY"))[0]] == ["/away"]


async def test_bad_addresses_are_refused_by_field(ctx, client):
    headers = await bearer(ctx, "redirects.redirect.edit", "redirects.redirect.view")
    await redirects.add(ctx, "/c", "/d")
    cases = {
        ("lamp", "/b"): "/source",
        ("/a?x=1", "/b"): "/source",
        ("/a b", "/b"): "/source",
        ("/a", "b"): "/target",
        ("/a", "//evil.example"): "/target",
        ("/a", "/\\evil.example"): "/target",
        ("/a", "javascript:alert(1)"): "/target",
        ("/a", "/a"): "/target",
        ("/d", "/c"): "/target",
    }
    found = {}
    for source, target in cases:
        answer = await client.send("POST", BASE, {"source": source, "target": target}, headers=headers)
        assert answer.status == 422
        found[source, target] = (await answer.json())["errors"][0]["pointer"]

    assert found == cases


async def test_staff_add_and_remove_redirects(ctx, client, make_client):
    staff = await as_staff(ctx, make_client)
    wrong = await staff.submit("/admin/redirects", {"source": "old", "target": "/new"})
    text = await wrong.text()
    assert (wrong.status, "Give a path of this store without" in text, 'value="old"' in text) == (
        422,
        True,
        True,
    )
    await staff.submit("/admin/redirects", {"source": "/old", "target": "/products/lamp"})
    assert await leads(client, "/old") == (301, "/products/lamp")

    headers = await bearer(ctx, "redirects.redirect.edit", "redirects.redirect.view")
    listed = await client.get_json(BASE, headers=headers)
    id_ = listed["items"][0]["id"]
    assert (listed["total"], listed["next_cursor"]) == (1, "")
    await staff.submit("/admin/redirects", {}, action=f"/admin/redirects/{id_}/remove")
    assert await leads(client, "/old") == (404, None)
    assert (await client.send("DELETE", f"{BASE}/{id_}", headers=headers)).status == 404


async def test_a_plugin_that_fails_to_say_leaves_the_page_not_found(make_kernel, make_client):
    plugins = [*EVERYTHING, failing(url_resolve)]
    kernel = await make_kernel(plugins=plugins, stores=[ALPHA], config=THEMES)
    client = await make_client(kernel, "alpha")

    assert await leads(client, "/nowhere") == (404, None)
