# SPDX-License-Identifier: Apache-2.0
"""Tax rates over HTTP: the admin's pages and its API, and who may use them."""

import pytest
from tests.shop import as_staff, bearer


@pytest.fixture
async def staff(ctx, make_client):
    return await as_staff(ctx, make_client)


async def test_a_rate_is_added_changed_and_removed_by_api(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "tax.rate.view", "tax.rate.edit")}
    body = {"country": "DE", "label": "VAT", "percent": "19"}

    made = await client.post_json("/api/admin/v1/tax-rates", body, **options)
    path = f"/api/admin/v1/tax-rates/{made['id']}"
    changed = await client.send("PUT", path, {**body, "percent": "8.875", "version": 1}, **options)
    late = await client.send("PUT", path, {**body, "version": 1}, **options)
    listed = await client.get_json("/api/admin/v1/tax-rates", **options)
    gone = await client.send("DELETE", f"{path}?version=2", **options)
    missing = await client.get(path, **options)

    assert made == {
        "id": made["id"], "country": "DE", "region": "", "category": "standard", "label": "VAT", "percent": "19",
        "valid_from": None, "version": 1,
    }  # fmt: skip
    assert (await changed.json())["percent"] == "8.875"
    assert (late.status, (await late.json())["code"]) == (409, "version_conflict")
    assert [(rate["percent"], rate["version"]) for rate in listed["items"]] == [("8.875", 2)]
    assert (gone.status, missing.status) == (204, 404)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"percent": "101"}, "/percent"), ({"percent": "1.00001"}, "/percent"), ({"country": "1A"}, "/country"),
     ({"label": ""}, "/label"), ({"colour": "red"}, "/colour")],
)  # fmt: skip
async def test_a_wrong_field_is_named(ctx, make_client, change, pointer):
    client = await make_client(ctx.kernel, "alpha")
    body = {"country": "DE", "label": "VAT", "percent": "19"} | change
    refused = await client.send(
        "POST", "/api/admin/v1/tax-rates", body, headers=await bearer(ctx, "tax.rate.edit")
    )
    assert refused.status == 422
    assert [error["pointer"] for error in (await refused.json())["errors"]] == [pointer]


async def test_who_may_only_look_may_not_change(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "tax.rate.view")}
    body = {"country": "DE", "label": "VAT", "percent": "19"}
    look = await client.get("/api/admin/v1/tax-rates", **options)
    change = await client.send("POST", "/api/admin/v1/tax-rates", body, **options)
    nobody = await client.get("/api/admin/v1/tax-rates")
    other = await (await make_client(ctx.kernel, "beta")).get("/api/admin/v1/tax-rates", **options)
    assert (look.status, change.status, nobody.status, other.status) == (200, 403, 401, 401)


async def test_staff_add_change_and_remove_a_rate_on_pages(staff):
    fields = {"country": "de", "category": "standard", "label": "VAT", "percent": "19"}
    wrong = await staff.submit("/admin/tax/rates/new", fields | {"percent": "1900"})
    added = await staff.submit("/admin/tax/rates/new", fields)
    listing = await (await staff.get("/admin/tax/rates")).text()
    rate = listing.partition('href="/admin/tax/rates/')[2]
    links = [part.partition('"')[0] for part in listing.split('href="/admin/tax/rates/')[1:]]
    path = "/admin/tax/rates/" + next(link for link in links if link != "new")
    changed = await staff.submit(path, fields | {"percent": "20", "version": "1"})
    late = await staff.submit(path, fields | {"percent": "21", "version": "1"})
    twice = await staff.submit("/admin/tax/rates/new", fields)
    removed = await staff.submit(path, {"version": "2"}, action=f"{path}/delete")

    assert rate
    assert (wrong.status, 'id="e-percent"' in await wrong.text()) == (422, True)
    assert (added.status, added.headers["Location"]) == (303, "/admin/tax/rates")
    assert "The tax rate is saved." in listing
    assert changed.status == 303
    assert (late.status, "changed meanwhile" in await late.text()) == (409, True)
    assert (twice.status, 'id="e-category"' in await twice.text()) == (409, True)
    assert removed.status == 303
    assert "No tax rates yet" in await (await staff.get("/admin/tax/rates")).text()
