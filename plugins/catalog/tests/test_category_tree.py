# SPDX-License-Identifier: Apache-2.0
"""Categories in a tree: what is below is listed above, and no way leads round in a circle."""

import pytest
from sqlalchemy import text
from tests.shop import add_product, as_staff, bearer, furnish

from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA
from shopwright_catalog import api as catalog
from shopwright_catalog.services import category_tree, staff_view

PLUGINS = ["storefront", "inventory", "flat_shipping", "manual_payment"]


@pytest.fixture
async def ctx(make_kernel):
    return await furnish(await make_kernel(plugins=PLUGINS, stores=[ALPHA]), "alpha")


async def test_products_are_in_all_that_is_above_their_category(ctx, make_client, monkeypatch):
    client = await make_client(ctx.kernel, "alpha")
    headers = await bearer(ctx, "catalog.category.edit", "catalog.category.view")

    async def put(handle, **values):
        body = {"title": handle.title(), **values}
        response = await client.send("PUT", f"/api/admin/v1/categories/{handle}", body, headers=headers)
        return response.status, await response.json()

    async def listed(handle):
        return [x["handle"] for x in (await client.get_json(f"/api/v1/products?category={handle}"))["items"]]

    async def clean():
        return [x.code for x in (await examine(ctx.kernel)).findings if x.offenders or x.error]

    for handle in ("light", "lamps", "floor", "sale"):
        assert (await put(handle))[0] == 201
    await add_product(ctx, "arc", category_handles=("floor", "sale"))
    assert (await put("lamps", parent="light"))[0] == (await put("floor", parent="lamps"))[0] == 200
    await add_product(ctx, "tripod", category_handles=("floor",))

    assert [await listed(x) for x in ("light", "lamps", "floor", "sale")] == [["arc", "tripod"]] * 3 + [
        ["arc"]
    ]
    shown = await client.get_json("/api/v1/categories")
    assert [(x["handle"], x["depth"], x["product_count"]) for x in shown] == [
        ("light", 0, 2), ("lamps", 1, 2), ("floor", 2, 2), ("sale", 0, 1),
    ]  # fmt: skip
    page = await (await client.get("/categories/lamps")).text()
    assert page.index('href="/categories/light"') < page.index('<a class="btn" href="/categories/floor"')
    crumbs = await (await client.get("/products/tripod")).text()
    assert (
        crumbs.index("/categories/light")
        < crumbs.index("/categories/lamps")
        < crumbs.index("/categories/floor")
    )
    # The editor and files see only what a product was put into.
    ids = await catalog.ids_of(ctx, ["arc"])
    assert (await staff_view.draft(ctx, ids["arc"])).product.category_handles == ("floor", "sale")
    assert await clean() == []

    for parent, code in (("floor", "circle"), ("light", "circle"), ("nowhere", "unknown")):
        status, problem = await put("light", parent=parent)
        assert (status, problem["errors"][0]["pointer"], problem["errors"][0]["code"]) == (
            422,
            "/parent",
            code,
        )
    monkeypatch.setattr(category_tree, "DEEPEST", 3)
    assert (await put("light", parent="sale"))[1]["errors"][0]["code"] == "too_deep"

    # A branch that moves takes its products along, however many: some by a job.
    monkeypatch.setattr(category_tree, "CHUNK", 1)
    assert (await put("lamps", parent="sale"))[0] == 200
    await ctx.kernel.jobs.drain(strict=True)
    assert (await listed("light"), await listed("sale")) == ([], ["arc", "tripod"])
    assert await clean() == []
    assert (await client.send("DELETE", "/api/admin/v1/categories/lamps", headers=headers)).status == 204
    assert (await listed("sale"), await listed("floor")) == (["arc", "tripod"], ["arc", "tripod"])
    tree = await client.get_json("/api/v1/categories")
    assert [(x["handle"], x["depth"]) for x in tree] == [("light", 0), ("sale", 0), ("floor", 1)]
    assert await clean() == []
    lost = "DELETE FROM catalog_category_product WHERE NOT direct"
    await ctx.run(lambda session: session.execute(text(lost)))
    assert await clean() == ["catalog.tree"]
    # Saving without a word of the parent leaves it where it is.
    assert (await put("floor", description="Tall ones."))[1]["category"]["parent"] == "sale"


async def test_staff_choose_what_a_category_is_within(ctx, make_client):
    staff = await as_staff(ctx, make_client)
    for handle, parent in (("light", ""), ("lamps", "light"), ("floor", "lamps")):
        form = {
            "title": handle.title(),
            "handle": handle,
            "parent": parent,
            "visible": "true",
            "version": "0",
        }
        assert (await staff.submit("/admin/category/new", form)).status == 303
    page = await (await staff.get("/admin/categories/lamps")).text()
    assert '<option value="light" selected>Light</option>' in page
    assert 'value="floor"' not in page
    assert "— — Floor" in await (await staff.get("/admin/categories")).text()
    form = {"title": "Light", "handle": "light", "parent": "floor", "visible": "true", "version": "1"}
    wrong = await staff.submit("/admin/categories/light", form)
    assert (wrong.status, "cannot be within itself" in await wrong.text()) == (422, True)
