# SPDX-License-Identifier: Apache-2.0
"""Promotions and codes over HTTP: the admin's pages and its API, and what is refused by field."""

from tests.shop import as_staff, bearer

BODY = {
    "code": "ten", "title": "Ten", "titles": {"de": "Zehn"}, "needs_coupon": True, "limit_total": 5,
    "conditions": [{"kind": "discounts.subtotal", "values": {"at_least": 5000}}],
    "actions": [{"kind": "discounts.percentage", "values": {"percent": "10"}}],
}  # fmt: skip
PATH = "/api/admin/v1/promotions"


async def test_promotions_and_codes_are_kept_by_api(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "discounts.promotion.view", "discounts.promotion.edit")}

    made = await client.post_json(PATH, BODY, **options)
    path = f"{PATH}/{made['id']}"
    taken = await client.send("POST", PATH, BODY, **options)
    changed = await client.send("PUT", path, {**BODY, "priority": 7, "version": 1}, **options)
    late = await client.send("PUT", path, {**BODY, "version": 1}, **options)
    coupon = await client.post_json(f"{path}/coupons", {"code": "save 10", "limit_total": 1}, **options)
    again = await client.send("POST", f"{path}/coupons", {"code": "SAVE10"}, **options)
    bad = await client.send("POST", f"{path}/coupons", {"code": "ä"}, **options)
    other = await client.post_json(f"{path}/coupons", {"code": "SAVE11"}, **options)
    off = await client.send("PATCH", f"{path}/coupons/{coupon['id']}", {"enabled": False}, **options)
    first = await client.get_json(f"{path}/coupons?limit=1", **options)
    page = await client.get_json(f"{path}/coupons?limit=1&cursor={first['next_cursor']}", **options)
    listed = await client.get_json(PATH, **options)
    kinds = await client.get_json("/api/admin/v1/promotion-kinds", **options)
    gone = await client.send("DELETE", f"{path}?version=2", **options)

    assert (made["state"], made["currency"], made["uses"], made["titles"]) == (
        "active",
        "EUR",
        0,
        {"de": "Zehn"},
    )
    assert made["conditions"] == [
        {"kind": "discounts.subtotal", "values": {"at_least": 5000, "at_most": None}}
    ]
    assert (taken.status, (await taken.json())["code"]) == (409, "code_taken")
    assert (changed.status, (await late.json())["code"]) == (200, "version_conflict")
    assert (coupon["code"], coupon["limit_total"], coupon["uses"]) == ("SAVE10", 1, 0)
    assert (again.status, bad.status, (await off.json())["enabled"]) == (409, 422, False)
    assert [x["id"] for x in page["items"]] == [other["id"]]
    assert [(x["code"], x["priority"], x["coupons"]) for x in listed["items"]] == [("ten", 7, 2)]
    assert {x["code"] for x in kinds["items"]} >= {"discounts.subtotal", "discounts.bundle_price"}
    assert (gone.status, (await client.get(path, **options)).status) == (204, 404)


async def test_what_makes_no_sense_is_refused_by_field(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "discounts.promotion.edit")}
    unknown = {"kind": "discounts.nope", "values": {}}
    wrong = {"kind": "discounts.percentage", "values": {"percent": "101", "colour": "red"}}
    cases = {
        "/code": {"code": "Not Good"}, "/title": {"title": " "}, "/actions/0/kind": {"actions": [unknown]},
        "/conditions/0/kind": {"conditions": [unknown]}, "/budget": {"budget": 0}, "/limit_total": {"limit_total": -1},
        "/ends_at": {"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"},
        "/priority": {"priority": 10**9}, "/exclusion_group": {"exclusion_group": "x" * 61}, "/actions": {"actions": []},
        "/starts_at": {"starts_at": "2026-12-02T00:00:00"},
    }  # fmt: skip
    for pointer, change in cases.items():
        refused = await client.send("POST", PATH, BODY | change, **options)
        assert (refused.status, [x["pointer"] for x in (await refused.json())["errors"]]) == (422, [pointer])
    refused = await (await client.send("POST", PATH, BODY | {"actions": [wrong]}, **options)).json()
    assert [x["pointer"] for x in refused["errors"]] == [
        "/actions/0/values/percent",
        "/actions/0/values/colour",
    ]


async def test_staff_build_a_promotion_part_by_part_on_its_page(ctx, make_client):
    staff = await as_staff(ctx, make_client)
    new = "/admin/discounts/new"
    fields = {
        "title": "Big",
        "code": "big",
        "enabled": "true",
        "combines": "true",
        "priority": "0",
        "do": "save",
    }
    started = await staff.submit(new, fields | {"do": "add_actions", "new_actions": "discounts.amount"})
    text = await started.text()
    parts = {
        "conditions.0.kind": "discounts.weekday", "conditions.0.days": ["monday", "sunday"],
        "conditions.1.kind": "discounts.subtotal", "conditions.1.at_least": "50.00",
        "actions.0.kind": "discounts.tiered", "actions.0.by": "quantity", "actions.0.tiers": "5: 10\r\n10: 20",
        "actions.1.kind": "discounts.amount", "actions.1.amount": "12.50",
        "actions.2.kind": "discounts.free_shipping", "actions.2.remove": "true",
    }  # fmt: skip
    wrong = await staff.submit(new, (fields | parts | {"actions.1.amount": "much", "budget": "a lot"}))
    wrong_text = await wrong.text()
    refused = await staff.submit(new, (fields | parts | {"actions.1.amount": "much"}))
    refused_text = await refused.text()
    saved = await staff.submit(
        new, (fields | parts | {"budget": "500", "title.de": "Groß", "ends_at": "2030-01-01T12:00"})
    )
    path = saved.headers["Location"]
    shown = await (await staff.get(path)).text()
    row = (await ctx.fetch_rows("SELECT * FROM discounts_promotion"))[0]
    coupon = await staff.submit(path, {"code": "big 1", "limit_total": "3"}, action=f"{path}/coupons")
    listed = await (await staff.get(path)).text()
    coupon_id = await ctx.fetch_value("SELECT id FROM discounts_coupon")
    await staff.submit(path, {"enabled": "false"}, action=f"{path}/coupons/{coupon_id}")
    switched = await ctx.fetch_value("SELECT enabled FROM discounts_coupon")
    late = await staff.submit(path, (fields | parts | {"version": "9"}))
    overview = await (await staff.get("/admin/discounts")).text()
    removed = await staff.submit(path, {"version": "1"}, action=f"{path}/delete")

    assert (started.status, 'name="actions.0.amount"' in text) == (200, True)
    assert (wrong.status, 'id="e-budget"' in wrong_text, 'value="much"' in wrong_text) == (422, True, True)
    assert (refused.status, 'id="e-actions.1.amount"' in refused_text) == (422, True)
    assert saved.status == 303
    assert (row["budget"], row["titles"], str(row["ends_at"])) == (
        50_000,
        '{"de": "Groß"}',
        "2030-01-01 12:00:00+00:00",
    )
    assert '"amount": 1250' in row["actions"]
    assert "free_shipping" not in row["actions"]
    assert 'value="12.50"' in shown
    assert "5: 10\n10: 20</textarea>" in shown
    assert 'value="monday" checked' in shown
    assert (coupon.status, "<td>BIG1</td>" in listed) == (303, True)
    assert switched is False
    assert (late.status, removed.status) == (409, 303)
    assert "Big" in overview
