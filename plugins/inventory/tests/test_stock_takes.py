# SPDX-License-Identifier: Apache-2.0
"""Counting while sales go on: each difference is moved once, and what is sold meanwhile stays sold."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.shop import add_product, as_staff, bearer

from shopwright.doctor_run import examine
from shopwright.errors import Conflict, Invalid
from shopwright.ids import new_id
from shopwright_catalog import api as catalog
from shopwright_inventory.api import Demand, release, reserve
from shopwright_inventory.services import (
    list_stock_takes,
    stock_take_apply,
    stock_take_counts,
    stock_take_scope,
    stock_takes,
)
from shopwright_inventory.services.stock_take_counts import Count
from shopwright_inventory.services.stock_takes import StockTakeInput

BASE = "/api/admin/v1/stock-takes"
MOVES = """
SELECT variant_id, quantity, note, reference_kind, reference_id FROM inventory_move WHERE reason = 'stock_take'
"""


async def opened(ctx, **values):
    return await stock_takes.create(ctx, StockTakeInput(**{"name": "Autumn"} | values))


async def hold(ctx, variant_id, number):
    owner = new_id()
    await ctx.run(
        lambda s: reserve(
            ctx, s, owner=owner, demand=[Demand(variant_id, number)],
            expires_at=ctx.clock.now() + timedelta(minutes=15),
        )
    )  # fmt: skip
    return owner


async def counted(ctx, take_id, *counts):
    return await stock_take_counts.count(ctx, take_id, counts)


async def lines_of(ctx, take_id, **options):
    take = await list_stock_takes.by_id(ctx, take_id)
    found = await list_stock_takes.lines(ctx, take, **options)
    return {line.sku: line for line in found.items}


async def test_a_difference_is_what_was_counted_less_what_was_there_then(ctx, put, levels):
    lamp, desk, sofa = [await add_product(ctx, name, stock=10) for name in ("lamp", "desk", "sofa")]
    take_id = await opened(ctx)
    await counted(ctx, take_id, Count(lamp, 8), Count(desk, 10))
    await put(lamp, 7, reason="adjusted")

    before = await list_stock_takes.by_id(ctx, take_id)
    await stock_take_apply.apply(ctx, take_id, before.version)
    with pytest.raises(Conflict) as again:
        await stock_take_apply.apply(ctx, take_id, None)
    await stock_take_apply.go_on(ctx, take_id)

    assert (before.total, before.counted, before.differences, before.more, before.fewer) == (3, 2, 1, 0, 2)
    assert [(await levels(x))["main"][0] for x in (lamp, desk, sofa)] == [5, 10, 10]
    moves = [tuple(row) for row in await ctx.fetch_rows(MOVES)]
    assert moves == [(lamp, -2, "Autumn", "stock_take", take_id)]
    after = await list_stock_takes.by_id(ctx, take_id)
    assert (after.state, after.applied, after.closed_at) == ("applied", 2, ctx.clock.now())
    assert again.value.extra == {"state": "applied"}
    with pytest.raises(Conflict):
        await counted(ctx, take_id, Count(sofa, 1))
    with pytest.raises(Conflict):
        await stock_takes.cancel(ctx, take_id, None)


async def test_what_is_reserved_is_never_taken_away_and_the_line_says_so(ctx, levels, kernel):
    lamp, desk = [await add_product(ctx, name, stock=5) for name in ("lamp", "desk")]
    owner = await hold(ctx, lamp, 3)
    take_id = await opened(ctx)
    await counted(ctx, take_id, Count(lamp, 2), Count(desk, 6))
    seen = await lines_of(ctx, take_id)

    await stock_take_apply.apply(ctx, take_id, None)
    after = await list_stock_takes.by_id(ctx, take_id)
    held = await lines_of(ctx, take_id, show="held")

    assert (seen["LAMP"].least, seen["DESK"].least) == (3, None)
    assert (after.state, after.applied, after.held) == ("counting", 1, 1)
    assert {sku: line.least for sku, line in held.items()} == {"LAMP": 3}
    assert (await levels(lamp), await levels(desk)) == ({"main": (5, 3, 0)}, {"main": (6, 0, 0)})
    with pytest.raises(Invalid) as applied:
        await counted(ctx, take_id, Count(desk, 1))
    assert [(e.pointer, e.code) for e in applied.value.errors] == [("/counts/0/variant_id", "applied")]
    with pytest.raises(Conflict) as cancelled:
        await stock_takes.cancel(ctx, take_id, None)
    assert cancelled.value.error_code == "stock_take_applied_in_part"

    await ctx.run(lambda s: release(ctx, s, owner=owner, reason="cancelled"))
    await stock_take_apply.apply(ctx, take_id, None)
    assert (await levels(lamp), (await list_stock_takes.by_id(ctx, take_id)).state) == (
        {"main": (2, 0, 0)},
        "applied",
    )
    report = await examine(kernel)
    assert {f.code for f in report.findings if f.offenders or f.error} == set()


async def test_counts_are_added_set_and_taken_back(ctx, put):
    lamp, desk = [await add_product(ctx, name, stock=5) for name in ("lamp", "desk")]
    card = await add_product(ctx, "file", stock=None, kind="catalog.digital")
    take_id = await opened(ctx, scope="skus", skus=("LAMP",))
    one = Count(lamp, 1, adds=True)

    _, (first,) = await counted(ctx, take_id, one, one)
    await put(lamp, 4, reason="adjusted")
    version, (second, new) = await counted(ctx, take_id, one, Count(desk, 3, adds=True))

    by_id = {x.variant_id: x for x in (second, new)}
    assert (first.counted, first.moved) == (2, 0)
    assert (by_id[lamp].counted, by_id[lamp].moved, by_id[desk].counted) == (3, -1, 3)
    found = await lines_of(ctx, take_id)
    assert [(x.sku, x.expected, x.counted, x.difference) for x in found.values()] == [
        ("LAMP", 4, 3, -1),
        ("DESK", 5, 3, -2),
    ]
    for number, adds in ((-4, True), (10**9 + 1, False), (10**9, True)):
        with pytest.raises(Invalid) as wrong:
            await counted(ctx, take_id, Count(desk, 1), Count(lamp, number, adds))
        assert [(e.pointer, e.code) for e in wrong.value.errors] == [("/counts/1/counted", "out_of_range")]
    with pytest.raises(Invalid) as digital:
        await counted(ctx, take_id, Count(card, 1))
    assert digital.value.errors[0].code == "not_stocked"
    await counted(ctx, take_id, Count(lamp, None), Count(desk, None))
    with pytest.raises(Conflict) as nothing:
        await stock_take_apply.apply(ctx, take_id, None)
    take = await list_stock_takes.by_id(ctx, take_id)
    assert (nothing.value.error_code, take.total, take.counted, version < take.version) == (
        "nothing_counted", 2, 0, True,
    )  # fmt: skip
    await stock_takes.cancel(ctx, take_id, take.version)
    assert (await list_stock_takes.by_id(ctx, take_id)).state == "cancelled"
    assert await ctx.fetch_rows(MOVES) == []


async def test_a_stock_take_is_of_a_place_a_category_or_chosen_codes(ctx, put):
    async def category(session):
        await catalog.save_category(ctx, session, catalog.CategoryInput("lamps", "Lamps"))

    await ctx.run(category)
    lamp = await add_product(ctx, "lamp", stock=5, category_handles=("lamps",))
    await add_product(ctx, "desk", stock=None)
    await add_product(ctx, "file", stock=None, kind="catalog.digital")

    async def skus(**values):
        return list(await lines_of(ctx, await opened(ctx, **values)))

    assert await skus() == ["LAMP"]
    assert await skus(scope="catalogue") == ["DESK", "LAMP"]
    assert await skus(scope="category", handle="lamps") == ["LAMP"]
    assert await skus(scope="skus", skus=("DESK", " LAMP ")) == ["DESK", "LAMP"]
    for values, pointer in (
        ({"scope": "category", "handle": "sofas"}, "/handle"),
        ({"scope": "collection", "handle": "summer"}, "/handle"),
        ({"scope": "skus", "skus": ("LAMP", "SOFA")}, "/skus/1"),
        ({"location": "attic"}, "/location"),
        ({"name": " "}, "/name"),
    ):
        with pytest.raises(Invalid) as wrong:
            await opened(ctx, **values)
        assert [error.pointer for error in wrong.value.errors] == [pointer]
    await ctx.run(
        lambda s: s.execute(text("UPDATE catalog_variant SET barcode = '4006' WHERE sku <> 'FILE'"))
    )
    take_id = await opened(ctx)
    found = await stock_take_scope.found_by(ctx, ["LAMP", "nothing", "4006"])
    assert (found["LAMP"], len(found["4006"]), set(found)) == ([lamp], 2, {"LAMP", "4006"})
    assert await stock_take_scope.found_by(ctx, ["4006"], take_id) == {"4006": [lamp]}


async def test_many_lines_are_applied_by_a_job_with_few_statements(
    ctx, kernel, query_log, monkeypatch, levels
):
    monkeypatch.setattr(stock_take_apply, "AT_ONCE", 4)
    monkeypatch.setattr(stock_take_apply, "TOGETHER", 4)
    lamps = [await add_product(ctx, f"lamp-{n}", stock=n) for n in range(6)]
    take_id = await opened(ctx, scope="catalogue")
    await counted(ctx, take_id, *(Count(lamp, 3) for lamp in lamps))

    await stock_take_apply.apply(ctx, take_id, None)
    assert (await list_stock_takes.by_id(ctx, take_id)).state == "applying"
    with query_log.at_most(34):
        await stock_take_apply.go_on(ctx, take_id)
    await kernel.jobs.drain()

    after = await list_stock_takes.by_id(ctx, take_id)
    assert (after.state, after.applied) == ("applied", 6)
    assert [(await levels(lamp))["main"][0] for lamp in lamps] == [3] * 6
    assert await ctx.fetch_value("SELECT count(*) FROM inventory_move WHERE reason = 'stock_take'") == 5


async def test_programs_count_by_code_with_versions(ctx, make_client):
    await add_product(ctx, "lamp", stock=5)
    client = await make_client(ctx.kernel, "alpha")
    options = {
        "headers": await bearer(ctx, "inventory.stock.view", "inventory.stock.edit", "inventory.count.edit")
    }
    body = {"name": "Autumn", "scope": "catalogue", "blind": True}
    take = await client.post_json(BASE, body, **options)
    path = f"{BASE}/{take['id']}"

    scanned = await client.post_json(
        f"{path}/scans", {"scans": [{"code": "LAMP"}, {"code": "LAMP"}]}, status=200, **options
    )
    stale = {"headers": options["headers"] | {"If-Match": '"1"'}}
    counts = {"counts": [{"code": "LAMP", "counted": 4}]}
    late = await client.send("PUT", f"{path}/counts", counts, **stale)
    put = await client.send("PUT", f"{path}/counts", counts, **options)
    unknown = {"counts": [{"code": "SOFA", "counted": 4}, {"counted": 1}]}
    both = await client.send("PUT", f"{path}/counts", unknown, **options)
    sofa = await client.send("PUT", f"{path}/counts", {"counts": unknown["counts"][:1]}, **options)
    early = await client.send("POST", f"{path}/apply", **stale)
    fresh = {"headers": options["headers"] | {"If-Match": put.headers["ETag"]}}
    looks = {"headers": await bearer(ctx, "inventory.stock.view")}
    blind = await client.get_json(f"{path}/lines", **looks)
    applied = await client.send("POST", f"{path}/apply", **fresh)
    listed = await client.get_json(f"{BASE}?state=applied&limit=1", **options)
    lines = await client.get_json(f"{path}/lines?show=differences", **looks)

    assert (scanned["lines"][0]["counted"], late.status, put.status, early.status) == (2, 412, 200, 412)
    assert [e["pointer"] for e in (await both.json())["errors"]] == ["/counts/1/variant_id"]
    assert [e["pointer"] for e in (await sofa.json())["errors"]] == ["/counts/0/code"]
    assert (blind["items"][0]["expected"], blind["items"][0]["counted"]) == (None, 4)
    assert (applied.status, (await applied.json())["state"]) == (200, "applied")
    assert [x["id"] for x in listed["items"]] == [take["id"]]
    assert [(x["sku"], x["expected"], x["difference"]) for x in lines["items"]] == [("LAMP", 5, -1)]
    refused = await client.send("POST", f"{path}/apply", **looks)
    gone = await client.get(f"{BASE}/{new_id()}", **options)
    assert (refused.status, gone.status) == (403, 404)


async def test_staff_scan_look_at_the_differences_and_apply_them(ctx, make_client, levels):
    lamp = await add_product(ctx, "lamp", stock=5)
    staff = await as_staff(ctx, make_client)
    base = "/admin/stock/counts"
    empty = await (await staff.get(base)).text()
    wrong = await staff.submit(f"{base}/new", {"name": "Count", "scope": "category", "handle": "x"})
    made = await staff.submit(f"{base}/new", {"name": "Count", "scope": "location", "location": "main"})
    page = made.headers["Location"]
    scan = {"code": "LAMP", "number": "1", "mode": "add"}
    for _ in range(3):
        scanned = await staff.submit(page, scan, action=f"{page}/scan")
    shown = await (await staff.get(page)).text()
    unknown = await staff.submit(page, scan | {"code": "SOFA"}, action=f"{page}/scan")
    line = {"variant_id": str(lamp), "counted": "4", "show": "counted"}
    saved = await staff.submit(page, line, action=f"{page}/lines")
    differences = await (await staff.get(f"{page}/differences")).text()
    version = differences.partition('name="version" value="')[2].partition('"')[0]
    stale = await staff.submit(f"{page}/differences", {"do": "apply", "version": "1"}, action=f"{page}/close")
    told = await (await staff.get(stale.headers["Location"])).text()
    done = await staff.submit(
        f"{page}/differences", {"do": "apply", "version": version}, action=f"{page}/close"
    )
    result = await (await staff.get(f"{page}/differences")).text()

    assert "Nobody has counted yet." in empty
    assert (wrong.status, "There is nothing to count in this." in await wrong.text()) == (422, True)
    assert (scanned.status, scanned.headers["Location"], "LAMP: 3 counted." in shown) == (303, page, True)
    assert (unknown.status, "No item has the SKU or barcode “SOFA”." in await unknown.text()) == (422, True)
    assert saved.headers["Location"] == f"{page}?show=counted"
    assert "Somebody changed this meanwhile." in told
    assert (done.status, done.headers["Location"]) == (303, page)
    assert "applied</span>" in result
    assert (await levels(lamp))["main"] == (4, 0, 0)
