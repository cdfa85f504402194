# SPDX-License-Identifier: Apache-2.0
"""Importing in the admin: upload, progress, report, and who may."""

import csv
import io

import pytest
from aiohttp import FormData
from plugins.importer.tests.conftest import lamp, text_of
from tests.shop import as_staff, bearer

from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_importer.jobs import take_in


@pytest.fixture
async def staff(ctx, make_client):
    return await as_staff(ctx, make_client)


@pytest.fixture
def send(staff):
    async def upload(content: bytes, name: str = "products.csv"):
        form = FormData(quote_fields=False)
        form.add_field("csrf_token", await staff.csrf_token("/admin/import"))
        form.add_field("file", content, filename=name, content_type="text/csv")
        return await staff.request("POST", "/admin/import", data=form)

    return upload


async def test_an_uploaded_file_is_imported_in_the_background(ctx, staff, send, stored):
    sent = await send(text_of(lamp(), lamp("desk", price="cheap")).encode())
    page = sent.headers["Location"]
    waiting = await staff.get(page)
    await ctx.kernel.jobs.drain(strict=True)
    done = await staff.get(page)
    text = await done.text()

    assert (sent.status, waiting.headers["Refresh"]) == (303, "2")
    assert list(await stored()) == ["lamp"]
    assert "Refresh" not in done.headers
    assert "Variant Price &#39;cheap&#39; is not a price; write it like 1299.50." in text
    assert "finished" in text
    assert not list((ctx.kernel.config.data_dir / "imports").rglob("*.csv"))


async def test_the_report_names_each_refused_line_and_holds_no_formula(ctx, staff, send):
    page = (await send(text_of(lamp("=cmd()"), lamp("desk", price="x")).encode())).headers["Location"]
    await ctx.kernel.jobs.drain(strict=True)

    answer = await staff.get(f"{page}/report.csv")
    rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))

    assert answer.content_type == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert [row[:4] for row in rows] == [
        ["Line", "Handle", "Kind", "Code", "Message"][:4],
        ["2", "'=cmd()", "refusal", "invalid"],
        ["3", "desk", "refusal", "price_wrong"],
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "products.csv is empty"),
        (b"Handle;Title;Variant Price\n", "separated by semicolons"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is not a text file"),
    ],
)
async def test_what_is_no_product_csv_is_refused_at_once(ctx, send, content, message):
    answer = await send(content)

    assert answer.status == 422
    assert message in await answer.text()
    assert await ctx.fetch_value("SELECT count(*) FROM importer_run") == 0


async def test_a_file_name_cannot_leave_its_folder(ctx, staff, send):
    page = (await send(text_of(lamp()).encode(), "..\\../..\\evil.csv")).headers["Location"]

    assert "<h1>evil.csv</h1>" in await (await staff.get(page)).text()
    found = list((ctx.kernel.config.data_dir / "imports").rglob("*.csv"))
    assert [(path.name, path.parent.parent.name) for path in found] == [("products.csv", "alpha")]


async def test_a_form_without_a_file_asks_for_one(staff):
    answer = await staff.submit("/admin/import", {})

    assert answer.status == 422
    assert "Please choose a file." in await answer.text()


async def test_the_same_upload_twice_is_one_import(staff, send):
    content = text_of(lamp()).encode()

    assert (await send(content)).headers["Location"] == (await send(content)).headers["Location"]


async def test_imports_of_another_store_are_not_there(kernel, staff, send, make_client):
    page = (await send(text_of(lamp()).encode())).headers["Location"]
    other = await make_client(kernel, "beta")
    await other.sign_in_staff("owner@beta.example", "seven-lamps-on-the-pier")

    assert (await staff.get(page)).status == 200
    assert (await other.get(page)).status == 404


@pytest.mark.parametrize("path", ["/admin/import", "/admin/import/01890000-0000-7000-8000-000000000000"])
async def test_customer_service_may_not_import(ctx, make_client, path):
    client = await as_staff(ctx, make_client, role="customer_service")

    assert (await client.get(path)).status == 403


async def test_nobody_imports_without_signing_in(make_client, ctx):
    client = await make_client(ctx.kernel, "alpha")

    assert (await client.get("/admin/import")).status == 303


class Stumbling(BasePlugin):
    """A plugin that fails at the first products and then gets better."""

    manifest = Manifest(
        name="stumbling", version="1", title="Stumbling", summary="Fails for a while.", requires=("catalog",)
    )

    def __init__(self) -> None:
        self.failing = 0

    @hookimpl
    async def product_validate(self, ctx, product):
        if self.failing:
            self.failing -= 1
            raise RuntimeError("no memory left")
        return ()


@pytest.fixture
async def kernel(request, make_kernel, fake_clock):
    plugins = ["importer", *getattr(request, "param", [])]
    return await make_kernel(plugins=plugins, stores=[ALPHA, BETA], clock=fake_clock)


@pytest.mark.parametrize("kernel", [[Stumbling]], indirect=True)
async def test_an_import_that_stops_says_why_and_goes_on_by_itself(ctx, staff, send, stored, fake_clock):
    plugin = ctx.kernel.registry.plugins["stumbling"]
    plugin.failing = 1
    page = (await send(text_of(lamp()).encode())).headers["Location"]
    await ctx.kernel.jobs.drain(strict=True)
    stopped = await (await staff.get(page)).text()
    there = await stored()
    fake_clock.advance(take_in.retry.delay(1))
    await ctx.kernel.jobs.drain(strict=True)
    done = await (await staff.get(page)).text()

    assert there == {}
    assert ">waiting</span>" in stopped
    assert "The import stopped (HookError: plugin &#39;stumbling&#39; failed" in stopped
    assert "no memory left). It goes on by itself." in stopped
    assert list(await stored()) == ["lamp"]
    assert ">finished</span>" in done
    assert "stopped" not in done


@pytest.mark.parametrize("kernel", [[Stumbling]], indirect=True)
async def test_an_import_that_keeps_stopping_has_failed_and_can_be_sent_again(
    ctx, staff, send, stored, fake_clock
):
    plugin = ctx.kernel.registry.plugins["stumbling"]
    plugin.failing = 1_000_000
    content = text_of(lamp()).encode()
    page = (await send(content)).headers["Location"]
    for attempt in range(1, take_in.retry.attempts + 1):
        await ctx.kernel.jobs.drain()
        fake_clock.advance(take_in.retry.delay(attempt))
    failed = await (await staff.get(page)).text()
    plugin.failing = 0
    await send(content)
    await ctx.kernel.jobs.drain(strict=True)
    done = await (await staff.get(page)).text()

    assert ">failed</span>" in failed
    assert "8 times and is not tried again. Upload the file once more to go on." in failed
    assert len(await ctx.kernel.jobs.dead_letters(ctx)) == 1
    assert ">finished</span>" in done
    assert list(await stored()) == ["lamp"]


async def test_reports_are_read_in_the_readers_language(ctx, staff, send):
    rows = [lamp("desk", price="x"), lamp("long", Title="x" * 501)]
    page = (await send(text_of(*rows).encode())).headers["Location"]
    await ctx.kernel.jobs.drain(strict=True)

    german = await (await staff.get(page, headers={"Accept-Language": "de"})).text()
    english = await (await staff.get(page)).text()

    assert "Variant Price &#39;x&#39; ist kein Preis; schreib ihn wie 1299.50." in german
    assert "Title: Verwende höchstens 500 Zeichen." in german
    assert ">fertig</span>" in german
    assert "Variant Price &#39;x&#39; is not a price; write it like 1299.50." in english


async def test_programs_send_files_and_read_what_was_refused(ctx, make_client):
    client = await make_client(ctx.kernel, ctx.store)
    headers = await bearer(ctx, "importer.run.edit")
    base = "/api/admin/v1/product-imports"

    async def send(content, **more):
        response = await client.send("POST", base, {"content": content, **more}, headers=headers)
        return response.status, await response.json()

    status, problem = await send("nothing of ours\n")
    assert (status, problem["errors"][0]["pointer"]) == (422, "/content")
    status, run = await send(text_of(lamp(), lamp("desk", price="cheap")), name="spring.csv")
    assert (status, run["state"], run["file_name"]) == (202, "waiting", "spring.csv")
    await ctx.kernel.jobs.drain(strict=True)

    done = await client.get_json(f"{base}/{run['id']}", headers=headers)
    assert (done["state"], done["percent"], done["counts"]["products_created"]) == ("finished", 100, 1)
    told = await client.get_json(f"{base}/{run['id']}/findings?fields=kind,line,handle", headers=headers)
    assert told["items"] == [{"kind": "refusal", "line": 3, "handle": "desk"}]
    listed = await client.get_json(base, headers=headers)
    assert [x["id"] for x in listed["items"]] == [run["id"]]
