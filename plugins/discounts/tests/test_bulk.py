# SPDX-License-Identifier: Apache-2.0
"""Codes by the thousand, and carts that are only tried."""

import re

import pytest
from plugins.discounts.tests.conftest import part, promote
from tests.shop import add_product, as_staff, bearer, place, ready_cart

from shopwright_discounts.services import bulk


async def test_codes_are_made_in_a_job_that_goes_on_where_it_was(ctx, make_client, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 400)
    lamp = await add_product(ctx, "lamp", price=4900)
    promotion_id = await promote(ctx, "ten", part("percentage", percent=10), coupon="OWN")
    staff = await as_staff(ctx, make_client)
    path = f"/admin/discounts/{promotion_id}"
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "discounts.promotion.view", "discounts.promotion.edit")}
    api = f"/api/admin/v1/promotions/{promotion_id}/batches"

    ordered = await staff.submit(path, {"wanted": "1000", "prefix": "x mas-"}, action=f"{path}/batches")
    before = await (await staff.get(path)).text()
    batch_id = await ctx.fetch_value("SELECT id FROM discounts_batch")
    with monkeypatch.context() as patch:
        letters = iter("A" * 400)
        patch.setattr(bulk, "code_of", lambda prefix: f"{prefix}{next(letters) * 14}")
        with pytest.raises((RuntimeError, StopIteration)):
            await bulk.make(ctx, batch_id)
    halfway = await client.get_json(api, **options)
    await ctx.kernel.jobs.drain()
    after = await (await staff.get(path)).text()
    file = await staff.get(f"{path}/batches/{batch_id}")
    lines = (await file.text()).split("\r\n")
    refused = await client.send("POST", api, {"wanted": 10, "prefix": "ä"}, **options)
    second = await client.send("POST", api, {"wanted": 1}, **options)

    assert ordered.status == 303
    assert "0 of 1000 codes are made." in before
    assert [(x["wanted"], x["made"], x["prefix"]) for x in halfway["items"]] == [(1000, 1, "XMAS-")]
    assert "1000 of 1000 codes are made." in after
    codes = [line.partition(",")[0] for line in lines[1:-1]]
    assert (lines[0], len(codes), len(set(codes))) == ("code,uses", 1000, 1000)
    assert all(re.fullmatch(r"XMAS-[2-9A-Z]{14}", code) for code in codes)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert (refused.status, second.status) == (422, 202)
    cart_id = await ready_cart(client, {lamp: 1})
    entered = await client.post_json(f"/api/v1/carts/{cart_id}/coupons", {"code": codes[7].lower()})
    assert [x["applies"] for x in entered] == [True]
    assert (await place(client, cart_id)).status == 201
    assert f"{codes[7]},1\r\n" in await (await staff.get(f"{path}/batches/{batch_id}")).text()


async def test_staff_try_a_cart_and_are_told_why(ctx, make_client):
    await add_product(ctx, "lamp", price=4900)
    await promote(ctx, "price", part("amount_each", amount=100))
    await promote(ctx, "two", part("percentage", percent=10), conditions=[part("quantity", at_least=2)])
    await promote(ctx, "big", part("free_shipping"), conditions=[part("subtotal", at_least=50_000)])
    await promote(ctx, "ten", part("amount", amount=1000), coupon="TEN")
    staff = await as_staff(ctx, make_client)

    shown = await staff.submit("/admin/discounts/try", {"lines": "lamp 1\nlamp LAMP 1", "codes": "ten nope"})
    text = await shown.text()
    unknown = await staff.submit("/admin/discounts/try", {"lines": "lamp\ndesk 2"})
    listed = await (await staff.get("/admin/discounts?state=active")).text()
    off = await (await staff.get("/admin/discounts?state=off")).text()

    assert shown.status == 200
    # 2 × 4800; “ten” is tried before “two”, by its code: 1000, then 10 % of 8600
    assert [f"€{amount}" in text for amount in ("48.00", "96.00", "18.60", "77.40")] == [True] * 4
    assert "<code>price</code>" in text
    assert "We do not know this code. Please check it." in text
    assert "Spend €404.00 more for this offer." in text
    assert (unknown.status, "This is not for sale: desk 2" in await unknown.text()) == (422, True)
    assert ("Price" in listed, "No discounts yet" in off) == (True, True)
    assert await ctx.fetch_value("SELECT count(*) FROM checkout_cart") == 0


async def test_programs_add_many_codes_of_their_own_at_once(ctx, make_client):
    client = await make_client(ctx.kernel, ctx.store)
    promotion_id = await promote(ctx, "ten", part("percentage", percent=10), coupon="FIRST")
    headers = await bearer(ctx, "discounts.promotion.edit", "discounts.promotion.view")
    path = f"/api/admin/v1/promotions/{promotion_id}/coupons"

    async def add(*codes, **more):
        items = [{"code": code, "limit_total": limit} for code, limit in codes]
        response = await client.send("POST", f"{path}/bulk", {"items": items, **more}, headers=headers)
        return response.status, await response.json()

    wanted = (("autumn", 1), ("first", None), ("no", None), ("AUTUMN", 5), ("winter", 0), ("spring", None))
    status, problem = await add(*wanted)
    assert status == 422
    assert [(x["pointer"], x["code"]) for x in problem["errors"]] == [
        ("/items/1/code", "taken"), ("/items/2/code", "pattern"), ("/items/3/code", "taken"),
        ("/items/4/limit_total", "out_of_range"),
    ]  # fmt: skip
    status, told = await add(*wanted, atomic=False)
    assert (status, [x["index"] for x in told["results"] if x["status"] == "done"]) == (200, [0, 5])
    listed = await client.get_json(f"{path}?fields=code,limit_total", headers=headers)
    assert {(x["code"], x["limit_total"]) for x in listed["items"]} == {
        ("FIRST", None), ("AUTUMN", 1), ("SPRING", None),
    }  # fmt: skip
