# SPDX-License-Identifier: Apache-2.0
"""Price lists over HTTP: the admin's pages, files and API, and who may use them."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import FormData
from tests.shop import add_product, as_staff, bearer

from shopwright.hookspecs import DemoSource
from shopwright.ids import new_id
from shopwright_pricing.plugin import Plugin
from shopwright_pricing.services.lists import page as lists_page

LISTS = "/api/admin/v1/price-lists"
BODY = {"code": "sale", "title": "Sale", "percent": "90"}
FIELDS = {"code": "sale", "title": "Sale", "currency": "eur", "priority": "10", "audience": "everybody"}


async def lists_are_paged_and_found(client, options):
    await client.post_json(LISTS, BODY | {"code": "trade_a", "title": "50 % off"}, **options)
    first = await client.get_json(f"{LISTS}?limit=1", **options)
    rest = await client.get_json(f"{LISTS}?limit=1&cursor={first['next_cursor']}", **options)
    found = [await client.get_json(f"{LISTS}?q={q}", **options) for q in ("_", "0 %25", "SAL", "none")]
    assert ([x["items"][0]["code"] for x in (first, rest)], rest["next_cursor"]) == (["sale", "trade_a"], "")
    assert [[x["code"] for x in each["items"]] for each in found] == [["trade_a"], ["trade_a"], ["sale"], []]


async def only_those_who_may_change_lists(ctx, client, beta, options):
    look = {"headers": await bearer(ctx, "pricing.list.view")}
    other = await beta.get(LISTS, **options)
    refused = await client.send("POST", LISTS, BODY, **look)
    nobody = await client.get(LISTS)
    assert (refused.status, other.status, nobody.status) == (403, 401, 401)


async def test_lists_and_prices_are_kept_by_api(ctx, make_client):
    lamp = await add_product(ctx)
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "pricing.list.view", "pricing.list.edit")}
    made = await client.post_json(LISTS, BODY, **options)
    path = f"{LISTS}/{made['id']}"
    assert made == {
        "id": made["id"], "code": "sale", "title": "Sale", "currency": "EUR", "priority": 10, "enabled": True,
        "starts_at": None, "ends_at": None, "audience": "everybody", "audience_codes": [], "market": "",
        "percent": "90", "rounding": "none", "shows_before": False, "prices": 0, "version": 1,
    }  # fmt: skip
    twice = await client.send("POST", LISTS, BODY, **options)
    assert (twice.status, (await twice.json())["code"]) == (409, "code_taken")

    await lists_are_paged_and_found(client, options)
    prices = [
        {"sku": "LAMP", "amount": 4500, "compare_at": 4900},
        {"variant_id": str(lamp), "min_quantity": 10, "amount": 4000},
    ]
    answer = await client.send("PUT", f"{path}/prices", {"prices": prices, "version": 1}, **options)
    assert (answer.status, (await answer.json())["version"]) == (200, 2)
    late = await client.send("PUT", f"{path}/prices", {"prices": prices, "version": 1}, **options)
    assert (late.status, (await late.json())["code"]) == (409, "version_conflict")
    first = await client.get_json(f"{path}/prices?limit=1", **options)
    rest = await client.get_json(f"{path}/prices?cursor={first['next_cursor']}", **options)
    euro = {"currency": "EUR"}
    assert first["items"] == [
        {"variant_id": str(lamp), "sku": "LAMP", "title": "Lamp", "min_quantity": 1,
         "amount": euro | {"amount": 4500}, "compare_at": euro | {"amount": 4900}}
    ]  # fmt: skip
    assert ([x["min_quantity"] for x in rest["items"]], rest["next_cursor"]) == ([10], "")
    assert (await client.get(f"{path}/prices?cursor=nonsense", **options)).status == 400

    currency = await client.send("PUT", path, BODY | {"version": 2, "currency": "USD"}, **options)
    assert (currency.status, (await currency.json())["code"]) == (409, "has_prices")
    changed = await client.send("PUT", path, BODY | {"version": 2, "enabled": False}, **options)
    assert (
        (await changed.json())["enabled"],
        (await client.get_json(LISTS, **options))["items"][0]["prices"],
    ) == (
        False,
        2,
    )
    removed = await client.send("PUT", f"{path}/prices", {"prices": [{"sku": "LAMP"}]}, **options)
    assert (await removed.json())["prices"] == 1
    gone = await client.send("DELETE", f"{path}?version=4", **options)
    assert (gone.status, (await client.get(path, **options)).status) == (204, 404)

    await only_those_who_may_change_lists(ctx, client, await make_client(ctx.kernel, "beta"), options)


async def test_a_wrong_field_is_named(ctx, make_client):
    await add_product(ctx)
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "pricing.list.view", "pricing.list.edit")}
    wrong = {
        "/code": {"code": "Große Liste"}, "/title": {"title": " "}, "/currency": {"currency": "EUX"},
        "/priority": {"priority": -1}, "/starts_at": {"starts_at": "2030-01-01T00:00:00"},
        "/ends_at": {"starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"},
        "/audience": {"audience": "friends"}, "/audience_codes": {"audience": "groups"},
        "/market": {"market": "Ö"}, "/percent": {"percent": "1000.1"}, "/rounding": {"rounding": "7"},
    }  # fmt: skip
    for pointer, change in wrong.items():
        refused = await client.send("POST", LISTS, BODY | change, **options)
        assert (pointer, refused.status, [x["pointer"] for x in (await refused.json())["errors"]]) == (
            pointer, 422, [pointer],
        )  # fmt: skip

    made = await client.post_json(LISTS, BODY, **options)
    prices = [
        {"sku": "NONE", "amount": 1}, {"sku": "LAMP", "amount": 1},
        {"sku": "LAMP", "min_quantity": 0, "amount": -1}, {"sku": "LAMP", "amount": 2},
    ]  # fmt: skip
    path = f"{LISTS}/{made['id']}/prices"
    unknown = await client.send("PUT", path, {"prices": prices}, **options)
    others = await client.send("PUT", path, {"prices": prices[1:]}, **options)
    assert [x["pointer"] for x in (await unknown.json())["errors"]] == ["/prices/0/sku"]
    assert [x["pointer"] for x in (await others.json())["errors"]] == [
        "/prices/1/min_quantity", "/prices/1/amount", "/prices/2",
    ]  # fmt: skip
    assert (await client.get_json(path, **options))["items"] == []


@pytest.fixture
async def staff(ctx, make_client):
    return await as_staff(ctx, make_client)


async def upload(staff, path, content, **fields):
    form = FormData(quote_fields=False)
    form.add_field("csrf_token", await staff.csrf_token(path))
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("file", content, filename="prices.csv", content_type="text/csv")
    return await staff.request("POST", f"{path}/prices/import", data=form)


async def test_staff_keep_a_list_and_its_prices_on_pages(ctx, staff):
    lamp = await add_product(ctx)
    await add_product(ctx, "bulb", price=500)
    empty = await (await staff.get("/admin/pricing/lists")).text()
    assert "No price lists yet" in empty
    new = "/admin/pricing/lists/new"
    wrong = await staff.submit(new, FIELDS | {"percent": "x", "starts_at": "soon"})
    text = await wrong.text()
    assert (wrong.status, 'id="e-percent"' in text, 'id="e-starts_at"' in text) == (422, True, True)
    added = await staff.submit(new, FIELDS | {"enabled": "true", "starts_at": "2020-07-01T12:00"})
    path = added.headers["Location"]
    assert (added.status, (await staff.submit(new, FIELDS)).status) == (303, 409)
    assert 'value="2020-07-01T12:00"' in await (await staff.get(path)).text()

    priced = await staff.submit(
        path, {"sku": "LAMP", "min_quantity": "10", "amount": "45.5"}, action=f"{path}/prices"
    )
    refused = await staff.submit(
        path, {"sku": "X", "min_quantity": "10", "amount": "1"}, action=f"{path}/prices"
    )
    assert (priced.status, refused.status) == (303, 422)
    assert "There is no variant with the SKU “X”." in await refused.text()
    row = {"variant_id": str(lamp), "min_quantity": "10"}
    change = f"{path}/prices/change"
    await staff.submit(path, row | {"amount": "44", "compare_at": "49"}, action=change)
    assert await (await staff.get(f"{path}/prices.csv")).text() == (
        "sku,min_quantity,amount,compare_at\nLAMP,10,44.00,49.00\n"
    )
    told = await staff.submit(path, row | {"amount": "44.001"}, action=change)
    assert told.status == 303
    assert "Give an amount in EUR" in await (await staff.get(path)).text()
    await staff.submit(path, row | {"amount": ""}, action=change)
    assert "No price is in the list yet." in await (await staff.get(path)).text()

    late = await staff.submit(path, FIELDS | {"version": "1"})
    assert (late.status, "changed meanwhile" in await late.text()) == (409, True)
    version = await ctx.fetch_value("SELECT version FROM pricing_list")
    gone = await staff.submit(path, {"version": str(version)}, action=f"{path}/delete")
    assert (gone.status, (await staff.get(path)).status) == (303, 404)


async def test_a_file_goes_in_whole_and_out_the_same_or_each_wrong_row_is_told(ctx, staff):
    await add_product(ctx)
    await add_product(ctx, "bulb", price=500)
    path = (await staff.submit("/admin/pricing/lists/new", FIELDS)).headers["Location"]
    bad = "sku,min_quantity,amount,compare_at\nNONE,1,1,\nLAMP,0,1,\nLAMP,1,1.005,\nBULB,1,5,x\nBULB,2,4,\nBULB,2,3,\n"

    refused = await upload(staff, path, bad.encode())

    text = await refused.text()
    assert refused.status == 422
    assert [f"Line {n}, <code>{name}</code>" in text for n, name in (
        (2, "sku"), (3, "min_quantity"), (4, "amount"), (5, "compare_at"), (7, "sku"),
    )] == [True] * 5  # fmt: skip
    assert "Line 6" not in text
    for content in (b"\xff\xfe", b"name,price\nx,1\n", b""):
        assert (await upload(staff, path, content)).status == 422
    assert await ctx.fetch_value("SELECT count(*) FROM pricing_price") == 0

    good = "\ufeffSKU,Amount,min_quantity\nLAMP,45.00,\nLAMP,40.00,10\nBULB,4.50,1\n"
    assert (await upload(staff, path, good.encode())).status == 303
    out = await (await staff.get(f"{path}/prices.csv")).text()
    assert sorted(out.splitlines()) == [
        "BULB,1,4.50,",
        "LAMP,1,45.00,",
        "LAMP,10,40.00,",
        "sku,min_quantity,amount,compare_at",
    ]
    assert (await upload(staff, path, out.encode(), replace="true")).status == 303
    assert await (await staff.get(f"{path}/prices.csv")).text() == out
    await upload(staff, path, b"sku,amount\nBULB,4.00\n", replace="true")
    assert (await (await staff.get(f"{path}/prices.csv")).text()).splitlines()[1:] == ["BULB,1,4.00,"]


async def test_staff_ask_why_somebody_pays_a_price(ctx, staff, add_list, clock):
    lamp = await add_product(ctx)
    ada = new_id()
    await add_list("hers", (lamp, 5, 3000), audience="customer", audience_codes=(str(ada),))
    await add_list("later", (lamp, 1, 2000), starts_at=clock.now() + timedelta(days=2), priority=20)
    before = await ctx.fetch_value("SELECT count(*) FROM kernel_audit")
    later = (clock.now() + timedelta(days=3)).replace(tzinfo=None).isoformat(timespec="minutes")

    async def rows(**query):
        answer = await staff.get("/admin/pricing/why", params={"sku": "LAMP", **query})
        text = await answer.text()
        return answer.status, re.findall(
            r"<td><code>([^<]+)</code></td>.*?([\d.]+)</td>(?:<td>(yes|no)</td>)?</tr>", text
        )

    assert "Explain the price" in await (await staff.get("/admin/pricing/why")).text()
    assert await rows() == (200, [("catalog.variant", "49.00", "")])
    assert await rows(customer=str(ada)) == (200, [("catalog.variant", "49.00", "")])
    assert await rows(customer=str(ada), quantity="5") == (
        200, [("catalog.variant", "49.00", ""), ("pricing.hers", "19.00", ""), ("pricing.hers", "30.00", "yes")],
    )  # fmt: skip
    assert await rows(customer=str(ada), quantity="5", moment=later) == (200, [
        ("catalog.variant", "49.00", ""), ("pricing.later", "29.00", ""),
        ("pricing.later", "20.00", "yes"), ("pricing.hers", "30.00", "no"),
    ])  # fmt: skip
    wrong = await staff.get(
        "/admin/pricing/why", params={"sku": "X", "quantity": "0", "customer": "ada", "moment": "soon"}
    )
    text = await wrong.text()
    assert (wrong.status, [f'id="e-{x}"' in text for x in ("sku", "quantity", "customer", "moment")]) == (
        422,
        [True] * 4,
    )
    assert await ctx.fetch_value("SELECT count(*) FROM kernel_audit") == before


async def test_the_demo_has_a_list_and_loading_it_twice_changes_nothing(ctx):
    values = {"code": "trade", "title": {"en": "Trade"}, "groups": ["trade"], "percent": "85"}
    source = DemoSource({"pricing": {"lists": [values]}}, Path(), Path())
    plugin = Plugin()
    for _ in range(2):
        assert await plugin.demo_data(ctx, source) == ["1 price lists"]
    (each,) = await lists_page(ctx)
    assert (each.title, each.percent, each.audience_codes, each.version) == (
        "Trade",
        Decimal(85),
        ("trade",),
        1,
    )
    assert await plugin.demo_data(ctx, DemoSource({}, Path(), Path())) == []
