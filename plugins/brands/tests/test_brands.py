# SPDX-License-Identifier: Apache-2.0
"""Brands: pages, links from products, API, editor, and making them of vendors."""

import io

import pytest
from aiohttp import FormData
from PIL import Image
from tests.shop import THEMES, add_product, as_staff, bearer, system

from shopwright.testing.kernels import ALPHA
from shopwright_brands.api import brand_handles

BASE = "/api/admin/v1/brands"


@pytest.fixture
async def ctx(make_kernel):
    kernel = await make_kernel(plugins=["brands", "inventory", "redirects"], stores=[ALPHA], config=THEMES)
    found = system(kernel, "alpha")
    for handle, vendor in (("lamp", "Mill & Sons"), ("mug", "Mill & Sons"), ("desk", "Oak")):
        await add_product(found, handle, vendor=vendor)
    return found


async def test_a_brand_has_a_page_with_its_products_which_link_to_it(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    headers = await bearer(ctx, "brands.brand.view", "brands.brand.edit")

    async def put(handle, body, **more):
        return await client.send("PUT", f"{BASE}/{handle}", body, headers={**headers, **more})

    assert "More of" not in await (await client.get("/products/lamp")).text()
    body = {"name": "Mill & Sons", "description": "Since 1888", "seo_title": "Mill lamps"}
    body |= {"translations": {"de": {"description": "Seit 1888"}}}
    made = await put("mill", body)
    again = await put("mill", body, **{"If-Match": '"9"'})
    twice = await put("other", {"name": "Mill & Sons"})
    wrong = await put("mill", {"name": " ", "logo": "../x", "translations": {"xx": {}}})
    assert (made.status, made.headers["ETag"], again.status, twice.status) == (201, '"1"', 412, 422)
    errors = [error["pointer"] for error in (await wrong.json())["errors"]]
    assert errors == ["/name", "/logo", "/translations/xx"]

    page = await (await client.get("/brands/mill")).text()
    german = await (await client.get("/de/brands/mill")).text()
    assert "<title>Mill lamps" in page
    assert ("/products/lamp" in page, "/products/mug" in page, "/products/desk" in page) == (
        True,
        True,
        False,
    )
    assert ("Since 1888" in page, "Seit 1888" in german) == (True, True)
    assert 'href="/brands/mill">Mill' in (await (await client.get("/brands")).text()).replace("<span>", "")
    product = await (await client.get("/products/lamp")).text()
    assert '<a href="/brands/mill">More of Mill &amp; Sons</a>' in product
    assert "/brands/" not in await (await client.get("/products/desk")).text()
    assert await brand_handles(ctx, ["Mill & Sons", "Oak"]) == {"Mill & Sons": "mill"}
    found = await client.get_json("/api/v1/products?filter=vendor:Mill %26 Sons&sort=title")
    assert [item["handle"] for item in found["items"]] == ["lamp", "mug"]
    listed = await client.get_json("/api/v1/brands?limit=1")
    assert ([item["name"] for item in listed["items"]], listed["next_cursor"]) == (["Mill & Sons"], "")
    assert (await client.get("/api/v1/brands?cursor=x")).status == 400

    hidden = await put("mill", {**body, "visible": False, "version": 1})
    assert (hidden.status, (await client.get("/brands/mill")).status) == (200, 404)
    assert "More of" not in await (await client.get("/products/lamp")).text()
    gone = await client.send("DELETE", f"{BASE}/mill", headers=headers)
    assert (gone.status, (await client.get_json(BASE, headers=headers))["items"]) == (204, [])


async def test_brands_are_edited_in_the_admin_and_made_of_vendors_where_the_store_wants_it(ctx, make_client):
    staff = await as_staff(ctx, make_client)
    headers = await bearer(ctx, "brands.brand.edit")
    assert "No brands yet" in await (await staff.get("/admin/brands")).text()
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 90, 10)).save(out, "PNG")

    async def edit(path, fields, content=None):
        form = FormData(quote_fields=False)
        form.add_field("csrf_token", await staff.csrf_token(path))
        for name, value in fields.items():
            form.add_field(name, value)
        if content is not None:
            form.add_field("upload", content, filename="oak.png", content_type="image/png")
        return await staff.request("POST", path, data=form)

    new = "/admin/brand/new"
    refused = await edit(new, {"name": "Oak", "visible": "true"}, b"no picture")
    made = await edit(new, {"name": "Oak", "visible": "true", "t.de.description": "Eiche"}, out.getvalue())
    late = await edit("/admin/brands/oak", {"name": "Oak", "version": "7"})
    assert (refused.status, made.status, late.status) == (422, 303, 409)
    moved = await edit(
        "/admin/brands/oak", {"name": "Oak", "handle": "oak-co", "version": "1", "visible": "1"}
    )
    await ctx.kernel.jobs.drain(strict=True)
    assert moved.headers["Location"] == "/admin/brands/oak-co"
    old = await staff.get("/brands/oak", allow_redirects=False)
    assert (old.status, old.headers["Location"]) == (301, "/brands/oak-co")
    assert "oak-co" in await (await staff.get("/admin/brands?q=OA")).text()

    await ctx.kernel.settings.save(ctx, "brands", {"create_from_vendors": True}, "store")
    ctx = system(ctx.kernel, "alpha")
    for handle, vendor in (("a", "Öl-Werk"), ("b", "Öl Werk"), ("c", "Öl Werk"), ("d", "磨坊"), ("e", "Oak")):
        await add_product(ctx, handle, vendor=vendor)
    await ctx.kernel.jobs.drain(strict=True)
    made = await brand_handles(ctx, ["Öl-Werk", "Öl Werk", "磨坊", "Oak", "Mill & Sons"])
    assert sorted(made) == ["Oak", "Öl Werk", "Öl-Werk", "磨坊"]
    assert len(set(made.values())) == 4
    assert {made["Öl-Werk"][:7], made["磨坊"][:6], made["Oak"]} == {"ol-werk", "brand-", "oak-co"}

    await ctx.kernel.settings.save(ctx, "brands", {"create_from_vendors": False}, "store")
    for handle, vendor in (("f", "Mill"), ("g", " Mill"), ("h", "MILL"), ("i", "")):
        await add_product(ctx, handle, vendor=vendor)
    asked = await (await staff.get("/admin/brand/from-vendors")).text()
    made = await staff.submit("/admin/brand/from-vendors", {})
    told = await (await staff.get("/admin/brands")).text()
    handles = await brand_handles(ctx, ["Mill", "MILL", "Mill & Sons", "Oak"])
    again = await staff.post_json("/api/admin/v1/brands/from-vendors", {}, headers=headers)
    assert "3 vendors that products name have no brand yet." in asked
    assert "<li>Mill & Sons".replace("&", "&amp;") in asked
    assert ('<span class="muted">2 products</span>' in asked, made.status, "3 brands made." in told) == (
        True,
        303,
        True,
    )
    assert (sorted(handles), handles["Mill & Sons"], handles["Oak"]) == (
        ["MILL", "Mill", "Mill & Sons", "Oak"],
        "mill-sons",
        "oak-co",
    )
    assert (len(set(handles.values())), again) == (4, {"made": 0})
    assert (
        "All vendors that products name have a brand."
        in await (await staff.get("/admin/brand/from-vendors")).text()
    )
    deleted = await staff.submit("/admin/brands/oak-co", {}, action="/admin/brands/oak-co/delete")
    assert (deleted.status, (await staff.get("/brands/oak-co")).status) == (303, 404)
