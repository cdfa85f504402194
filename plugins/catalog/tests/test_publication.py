# SPDX-License-Identifier: Apache-2.0
"""When products are in the store: at planned times, archived and brought back, copied."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from plugins.catalog.tests.conftest import shirt
from plugins.catalog.tests.test_admin import fields_of
from tests.shop import as_staff

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA
from shopwright_catalog.api import VariantInput
from shopwright_catalog.services.staff_view import draft


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now().replace(second=0, microsecond=0))


@pytest.fixture
async def kernel(make_kernel, clock):
    return await make_kernel(plugins=["catalog"], stores=[ALPHA], clock=clock)


async def test_products_come_and_go_at_the_planned_times(ctx, save, staff, client, editor, clock):
    async def seen():
        answer = await client.get("/api/v1/products/shirt")
        listed = await client.get_json("/api/v1/products")
        return answer.status, [item["handle"] for item in listed["items"]]

    async def status(query=""):
        found = await client.get_json(f"/api/admin/v1/products{query}", **editor)
        return [item["status"] for item in found["items"]]

    zone = ZoneInfo(ctx.store.timezone)
    starts, ends = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    local = starts.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    [saved] = await save(shirt(published=False))
    page = f"/admin/products/{saved.id}"

    async def edit(**values):
        known = fields_of(await (await staff.get(page)).text())
        return await staff.request("POST", page, data={**known, **values})

    wrong = await edit(publish_at="tomorrow", unpublish_at=local)
    late = await edit(publish_at=local, unpublish_at=local)
    done = await edit(published="true", publish_at=local)
    assert (wrong.status, late.status, done.status) == (422, 422, 303)
    assert "Give a date and time like" in await wrong.text()
    assert "It has to end after it begins." in await late.text()
    assert (await draft(ctx, saved.id)).product.publish_at == starts
    assert fields_of(await (await staff.get(page)).text())["publish_at"] == local

    assert await seen() == (404, [])
    assert (await status(), await status("?status=draft")) == (["scheduled"], [])
    path = "/api/admin/v1/products/shirt"
    body = (await client.get_json(path, **editor))["product"]
    answer = await client.send("PUT", path, {**body, "unpublish_at": ends.isoformat()}, **editor)
    naive = await client.send("PUT", path, {**body, "publish_at": "2030-01-01T08:00:00"}, **editor)
    assert (answer.status, naive.status) == (200, 422)

    clock.advance(3600)
    await ctx.kernel.jobs.drain(strict=True)
    assert [await seen(), await seen(), await status()] == [(200, ["shirt"])] * 2 + [["published"]]
    clock.advance(3599)
    await ctx.kernel.jobs.drain(strict=True)
    assert await seen() == (200, ["shirt"])
    clock.advance(1)
    await ctx.kernel.jobs.drain(strict=True)
    assert (await seen(), await status()) == ((404, []), ["draft"])
    [again] = await save(shirt(publish_at=starts))
    assert (again.outcome, await seen()) == ("updated", (200, ["shirt"]))
    assert (await save(shirt(publish_at=starts)))[0].outcome == "unchanged"


async def test_an_archived_product_comes_back_as_it_was_and_a_copy_stands_alone(
    ctx, make_client, save, categorise, client, editor
):
    staff = await as_staff(ctx, make_client)
    await categorise("tops")
    old = shirt().variants
    await save(shirt(variants=(*old, VariantInput("SHIRT-L", 2300, ("L",)))))
    texts = {"de": {"title": "Hemd", "texts": {"Size": "Größe"}}}
    [saved] = await save(shirt(category_handles=("tops",), translations=texts))
    page = f"/admin/products/{saved.id}"
    before = (await draft(ctx, saved.id)).product

    gone = await staff.submit(page, {}, action=f"{page}/delete")
    listed = await (await staff.get("/admin/products")).text()
    assert (gone.status, gone.headers["Location"], page in listed) == (303, page, False)
    assert (await client.get("/api/v1/products/shirt")).status == 404
    back = await staff.submit(page, {}, action=f"{page}/restore")
    found = await draft(ctx, saved.id)
    assert (back.status, found.archived, found.product.published) == (303, False, False)
    assert [x.sku for x in found.product.variants] == ["SHIRT-S", "SHIRT-M"]
    assert found.product.category_handles == ("tops",)
    again = await client.send("POST", "/api/admin/v1/products/shirt/restore", **editor)
    none = await client.send("POST", "/api/admin/v1/products/none/restore", **editor)
    assert (again.status, (await again.json())["version"], none.status) == (200, found.version, 404)

    copied = await staff.submit(page, {}, action=f"{page}/duplicate")
    made = await client.send("POST", "/api/admin/v1/products/shirt/duplicate", **editor)
    second = (await made.json())["product"]
    copy = (await draft(ctx, None, handle="shirt-copy")).product
    assert (copied.status, made.status) == (303, 201)
    assert (copy.title, copy.published, copy.images, copy.translations) == (
        "Shirt (copy)",
        False,
        before.images,
        before.translations,
    )
    assert [x.sku for x in copy.variants] == ["SHIRT-S-COPY", "SHIRT-M-COPY"]
    assert [x["sku"] for x in second["variants"]] == ["SHIRT-S-COPY-2", "SHIRT-M-COPY-2"]
    assert {x.id for x in copy.variants}.isdisjoint(x.id for x in before.variants)
