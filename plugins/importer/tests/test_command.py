# SPDX-License-Identifier: Apache-2.0
"""``shopwright import shopify-csv``: a report for people and one for programs."""

import json

import pytest
from plugins.importer.tests.conftest import lamp
from typer.testing import CliRunner

from shopwright.errors import UsageError
from shopwright_importer.commands import app


@pytest.fixture
def run(kernel, monkeypatch):
    """Run the command in a process of this installation, as an operator would."""
    monkeypatch.setenv("DATABASE_URL", kernel.config.database_url)
    monkeypatch.setenv("SHOPWRIGHT_DATA_DIR", str(kernel.config.data_dir))
    monkeypatch.setenv("SHOPWRIGHT_SECRET_KEYS", ",".join(kernel.config.secret_keys))
    monkeypatch.setenv("SHOPWRIGHT_PLUGINS", ",".join(kernel.config.plugins))

    async def command(*words: str):
        import asyncio

        return await asyncio.to_thread(CliRunner().invoke, app, ["shopify-csv", *words])

    return command


async def test_programs_get_one_json_document(write, run):
    path = write(lamp(), lamp("desk", price="x"))

    result = await run(str(path), "--store", "alpha", "--json")
    report = json.loads(result.stdout)

    assert result.exit_code == 1
    assert (report["products"], report["products_created"], report["products_refused"]) == (1, 1, 1)
    assert [(r["line"], r["handle"], r["code"]) for r in report["refusals"]] == [(3, "desk", "price_wrong")]


async def test_a_clean_import_ends_well(write, run):
    result = await run(str(write(lamp())), "--store", "alpha")

    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("store", "words"), [("gamma", "There is no store 'gamma'"), ("alpha", "lacks the columns")]
)
async def test_mistakes_are_said_in_one_line(write, run, store, words):
    path = write(lamp(), name="p.csv")
    path.write_text("Handle,Title\n")

    result = await run(str(path), "--store", store)

    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)


async def test_pictures_of_other_servers_are_left_to_the_worker(ctx, write, run):
    rows = [lamp(f"lamp-{n}", **{"Image Src": f"https://img.example/{n}.jpg"}) for n in range(3)]

    said = await run(str(write(*rows)), "--store", "alpha")
    told = await run(str(write(*rows)), "--store", "alpha", "--json")

    waiting = await ctx.fetch_value(
        "SELECT count(*) FROM importer_picture WHERE state = 'waiting' AND attempts = 0"
    )
    assert "3 pictures of other servers wait for shopwright worker;" in " ".join(said.stdout.split())
    assert json.loads(told.stdout)["pictures_waiting"] == 3
    assert waiting == 3


async def test_brackets_in_a_file_are_shown_as_they_stand_there(write, run):
    result = await run(str(write(lamp("desk", price="[red]5"))), "--store", "alpha")

    assert "Variant Price '[red]5' is not a price; write it like 1299.50." in result.stdout
