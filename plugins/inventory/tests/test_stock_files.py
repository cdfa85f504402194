# SPDX-License-Identifier: Apache-2.0
"""Stock as a CSV file: out and in again exactly, all of a file or nothing, each refused cell told by its line."""

import csv
import io
from datetime import date

import pytest
from aiohttp import FormData
from sqlalchemy import text
from tests.shop import add_product, as_staff, bearer

from shopwright.doctor_run import examine
from shopwright.errors import Invalid
from shopwright_inventory.services import csv_apply, csv_stock, locations, rules, stock_files, take_in_file
from shopwright_inventory.services.locations import LocationInput
from shopwright_inventory.services.selling import Rules

BASE = "/api/admin/v1/stock-files"


async def exported(ctx):
    return b"".join([part async for part in csv_stock.exported(ctx)])


async def refused(ctx, body):
    with pytest.raises(Invalid) as wrong:
        await stock_files.accept(ctx, "a.csv", body.encode())
    return [error.pointer for error in wrong.value.errors]


async def moves_of(ctx):
    rows = await ctx.fetch_rows(
        "SELECT quantity, reason, note FROM inventory_move WHERE reference_kind = 'file' ORDER BY id"
    )
    return [tuple(row) for row in rows]


@pytest.fixture
async def shop(ctx, put):
    """Three counted items, one with rules, one at two locations, one never counted."""
    lamp, desk, sofa = [await add_product(ctx, name, stock=5) for name in ("lamp", "desk", "sofa")]
    await locations.add(ctx, code="attic", new=LocationInput("Attic", 1))
    await put(lamp, 2, "attic")
    await rules.save(ctx, desk, None, Rules("preorder", 1, 20, date(2027, 3, 1), 4))
    await add_product(ctx, "chair", title="=1+1", stock=None)
    await ctx.run(lambda s: s.execute(text("UPDATE catalog_variant SET sku = '-CHAIR' WHERE sku = 'CHAIR'")))
    await add_product(ctx, "file", stock=None, kind="catalog.digital")
    return lamp, desk, sofa


async def test_what_goes_out_comes_in_again_exactly(ctx, shop, put, levels, kernel):
    lamp, desk, sofa = shop
    before = await exported(ctx)
    rows = list(csv.DictReader(io.StringIO(before.decode())))
    moves = await ctx.fetch_value("SELECT count(*) FROM inventory_move")

    file_id = await stock_files.accept(ctx, "same.csv", before)
    again = await exported(ctx)

    assert [(x["sku"], x["location"], x["on_hand"], x["policy"], x["available_on"]) for x in rows] == [
        ("LAMP", "main", "5", "deny", ""), ("LAMP", "attic", "2", "deny", ""),
        ("DESK", "main", "5", "preorder", "2027-03-01"), ("SOFA", "main", "5", "deny", ""),
        ("'-CHAIR", "", "", "", ""),
    ]  # fmt: skip
    assert rows[-1]["title"] == "'=1+1"
    assert again == before
    assert await ctx.fetch_value("SELECT count(*) FROM inventory_move") == moves
    file = await stock_files.by_id(ctx, file_id)
    assert (file.state, file.total, file.done, file.changed) == ("finished", 4, 4, 0)

    await put(lamp, 9)
    await put(sofa, 0)
    await rules.save(ctx, desk, None, Rules())
    await rules.save(ctx, sofa, None, Rules(safety_stock=2))
    await stock_files.accept(ctx, "back.csv", before)
    assert await exported(ctx) == before
    assert sorted(await moves_of(ctx)) == [(-4, "counted", "back.csv"), (5, "counted", "back.csv")]
    report = await examine(kernel)
    assert {f.code for f in report.findings if f.offenders or f.error} == set()


async def test_numbers_change_by_as_many_and_rules_by_column(ctx, shop, levels):
    lamp, desk, _ = shop
    body = "sku,location,change,low_stock_at\nLAMP,attic,-2,3\nLAMP,,+4,3\n'-CHAIR,attic,7,\nDESK,,,9\n"
    await stock_files.accept(ctx, "delivery.csv", body.encode())

    assert await levels(lamp) == {"main": (9, 0, 0), "attic": (0, 0, 0)}
    assert sorted(await moves_of(ctx)) == [(-2, "adjusted", "delivery.csv"), (4, "adjusted", "delivery.csv"), (7, "adjusted", "delivery.csv")]  # fmt: skip
    assert (await rules.of(ctx, lamp)).low_stock_at == 3
    found = await rules.of(ctx, desk)
    assert (found.policy, found.safety_stock, found.low_stock_at) == ("preorder", 1, 9)
    await stock_files.accept(ctx, "a.csv", b"sku,tracked\nLAMP,no\n")
    assert await ctx.fetch_value("SELECT tracked FROM inventory_item WHERE id = $1", lamp) is False


async def test_a_file_with_a_wrong_cell_changes_nothing(ctx, shop, levels):
    before = await exported(ctx)

    for body, pointers in (
        ("sku,onhand\nLAMP,1\n", ["/1/onhand"]),
        ("sku,on_hand,sku\nLAMP,1,LAMP\n", ["/1/sku"]),
        ("on_hand\n1\n", ["/1/sku"]),
        ("sku,on_hand\n", ["/1/"]),
        ('sku,on_hand\n"LAMP,1\n', ["/1/"]),
        ("sku,on_hand,change\nLAMP,1,1\nLAMP,x,\n,1,\nDESK,,--1\n", ["/2/change", "/3/on_hand", "/4/sku", "/5/change"]),
        ("sku,on_hand\nLAMP,1\nBED,1\nFILE,1\nLAMP,2\n", ["/3/sku", "/4/sku", "/5/location"]),
        ("sku,location,on_hand\nLAMP,cellar,1\n", ["/2/location"]),
        ("variant_id,tracked\nx,yes\n", ["/2/variant_id"]),
        ("sku,tracked\nLAMP,perhaps\n", ["/2/tracked"]),
        ("sku,policy,available_on\nLAMP,never,\nDESK,preorder,\nSOFA,deny,31.1.2027\n", ["/2/policy", "/3/available_on", "/4/available_on"]),
        ("sku,location,safety_stock\nLAMP,main,1\nLAMP,attic,2\n", ["/3/safety_stock"]),
        ("sku,change\nSOFA,3\nLAMP,-6\n", ["/3/change"]),
        ("sku,on_hand\nLAMP,1000000001\n", ["/2/on_hand"]),
    ):  # fmt: skip
        assert (body, await refused(ctx, body)) == (body, pointers)
    assert await exported(ctx) == before
    assert (await stock_files.page(ctx)).items == []


async def test_a_large_file_goes_in_by_a_job_as_a_whole(ctx, shop, kernel, levels, monkeypatch):
    monkeypatch.setattr(stock_files, "AT_ONCE", 2)
    monkeypatch.setattr(csv_apply, "TOGETHER", 2)
    lamp, *_ = shop
    good = await stock_files.accept(ctx, "good.csv", b"sku,on_hand\nLAMP,1\nDESK,2\nSOFA,3\n")
    waiting = await stock_files.by_id(ctx, good)
    assert (waiting.state, waiting.done, (await levels(lamp))["main"]) == ("waiting", 0, (5, 0, 0))
    await kernel.jobs.drain()
    bad = await stock_files.accept(ctx, "bad.csv", b"sku,change\nLAMP,1\nDESK,1\nSOFA,-9\n")
    await kernel.jobs.drain()
    await take_in_file.take_in(ctx, good)

    done, wrong = [await stock_files.by_id(ctx, id_) for id_ in (good, bad)]
    assert (done.state, done.done, done.changed) == ("finished", 3, 3)
    assert (wrong.state, [x.pointer for x in wrong.problems]) == ("refused", ["/4/change"])
    assert [(await levels(x))["main"][0] for x in shop] == [1, 2, 3]
    assert await ctx.fetch_value("SELECT sum(length(content)) FROM inventory_file") == 0

    # Somebody orders a sofa between the trial and the writing.
    tried = take_in_file._tried

    async def ordered(ctx, part, *args):
        refused = await tried(ctx, part, *args)
        if part[-1][1].line == 4:
            await ctx.run(
                lambda s: s.execute(text("UPDATE inventory_level SET reserved = 1 WHERE on_hand = 3"))
            )
        return refused

    monkeypatch.setattr(take_in_file, "_tried", ordered)
    late = await stock_files.accept(ctx, "late.csv", b"sku,change\nLAMP,1\nDESK,1\nSOFA,-3\n")
    await kernel.jobs.drain()
    file = await stock_files.by_id(ctx, late)
    assert (file.state, file.done, file.changed) == ("finished", 3, 2)
    assert [x.pointer for x in file.problems] == ["/4/change"]
    assert [(await levels(x))["main"][0] for x in shop] == [2, 3, 3]


async def test_files_go_out_and_in_by_page_and_by_program(ctx, shop, make_client, levels):
    lamp, *_ = shop
    staff = await as_staff(ctx, make_client)
    page = "/admin/stock/files"

    async def upload(content):
        form = FormData(quote_fields=False)
        form.add_field("csrf_token", await staff.csrf_token(page))
        form.add_field("file", content, filename="C:\\lists\\new.csv", content_type="text/csv")
        return await staff.request("POST", page, data=form)

    out = await staff.get(f"{page}/stock.csv")
    first = (await out.text()).splitlines()[0]
    sent = await upload(b"sku,on_hand\nLAMP,8\n")
    shown = await (await staff.get(sent.headers["Location"])).text()
    wrong = await upload(b"sku,on_hand\nLAMP,8\nBED,8\n")
    told = await wrong.text()
    both = {"headers": await bearer(ctx, "inventory.stock.view", "inventory.stock.edit")}
    looks = {"headers": await bearer(ctx, "inventory.stock.view")}
    program = await staff.get("/api/admin/v1/stock-export", **looks)
    made = await staff.post_json(BASE, {"name": "p.csv", "content": "sku,change\nLAMP,-1\n"}, **both)
    bad = await staff.send("POST", BASE, {"content": "sku,change\nLAMP,-99\n"}, **both)
    forbidden = await staff.send("POST", BASE, {"content": "sku,change\nLAMP,-9\n"}, **looks)
    listed = await staff.get_json(f"{BASE}?limit=1", **looks)

    assert out.headers["Content-Disposition"] == 'attachment; filename="alpha-stock.csv"'
    assert (out.content_type, first) == ("text/csv", ",".join(csv_stock.COLUMNS))
    assert (sent.status, "Changed levels and rules: 1" in shown, "new.csv" in shown) == (303, True, True)
    assert (wrong.status, "There is no item “BED”." in told) == (422, True)
    assert (program.status, (await program.text()).count("\n")) == (200, 6)
    assert (made["state"], made["changed"]) == ("finished", 1)
    problem = await bad.json()
    assert (bad.status, [e["pointer"] for e in problem["errors"]]) == (422, ["/2/change"])
    assert (forbidden.status, [x["name"] for x in listed["items"]]) == (403, ["p.csv"])
    assert await staff.get_json(f"{BASE}/{made['id']}", **looks) == made
    assert (await levels(lamp))["main"] == (7, 0, 0)
