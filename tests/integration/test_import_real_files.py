# SPDX-License-Identifier: Apache-2.0
"""Real files of three platforms go in without losing a variant or a price, counted by an independent reader."""

import csv
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from tests.shop import EVERYTHING, system

from shopwright.testing.kernels import ALPHA, BETA
from shopwright_importer.api import import_products
from shopwright_importer.services.exports import WRITERS
from shopwright_importer.services.exports.write import write

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SHOPWRIGHT_SAMPLE_DATA", ROOT.parent / "shared" / "data"))
FOLDER = DATA / "shopify-product-csvs"
WOO = DATA / "woocommerce-sample" / "sample-data" / "sample_products.csv"
MAGENTO = DATA / "magento2-sample" / "ConfigurableSampleData" / "fixtures" / "products.csv"
FILES = ("apparel", "bicycles", "fashion", "jewelry", "snowdevil")

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the sample exports are not in {FOLDER}"),
]


def independent_read(path: Path) -> tuple[int, Counter[str], Counter[tuple[str, int]]]:
    """Rows, handles, and how often each handle has each price in cents: nothing of the importer is used."""
    rows = 0
    handles: Counter[str] = Counter()
    prices: Counter[tuple[str, int]] = Counter()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            rows += 1
            handles[row["Handle"]] += 1
            if row["Variant Price"].strip():
                prices[row["Handle"], int(Decimal(row["Variant Price"]) * 100)] += 1
    return rows, handles, prices


@pytest.mark.parametrize("name", FILES)
async def test_every_variant_and_price_of_a_real_export_arrives(make_kernel, name):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[BETA])
    ctx = system(kernel, "beta")
    path = FOLDER / f"{name}.csv"
    rows, handles, prices = independent_read(path)

    report = await import_products(ctx, path)

    found = await ctx.fetch_rows("""
        SELECT p.handle, v.price, count(*) AS times FROM catalog_variant v
        JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
        WHERE NOT v.archived GROUP BY p.handle, v.price
    """)
    assert report.refusals == ()
    assert report.rows == rows
    assert report.products == len(handles)
    assert {(row["handle"], row["price"]): row["times"] for row in found} == dict(prices)
    assert report.variants == sum(prices.values())


async def test_a_second_run_changes_nothing(make_kernel):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[BETA])
    ctx = system(kernel, "beta")
    first = await import_products(ctx, FOLDER / "jewelry.csv")

    second = await import_products(ctx, FOLDER / "jewelry.csv")

    assert second.products_unchanged == first.products_created == first.products


async def sold_in(ctx) -> dict[str, tuple[int, int | None]]:
    rows = await ctx.fetch_rows("SELECT sku, price, compare_at FROM catalog_variant WHERE NOT archived")
    return {row["sku"]: (row["price"], row["compare_at"]) for row in rows}


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


async def test_every_product_of_the_woocommerce_and_magento_samples_arrives_and_comes_out_again(
    make_kernel, tmp_path
):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA, BETA])
    ctx, there = system(kernel, "alpha"), system(kernel, "beta")
    with WOO.open(encoding="utf-8-sig", newline="") as file:
        woo = [row for row in csv.DictReader(file) if row["Regular price"] and row["Type"] != "external"]
    report = await import_products(ctx, WOO)
    assert [(x.line, x.code) for x in report.refusals] == [(17, "kind_unknown"), (18, "kind_unknown")]
    assert (report.rows, report.products_created, report.variants) == (24, 13, len(woo))
    assert await sold_in(ctx) == {
        row["SKU"]: (cents(row["Sale price"]), cents(row["Regular price"])) if row["Sale price"]
        else (cents(row["Regular price"]), None) for row in woo
    }  # fmt: skip

    with MAGENTO.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    simple = {row["sku"]: (cents(row["price"]), None) for row in rows if row["product_type"] == "simple"}
    report = await import_products(ctx, MAGENTO)
    # The pictures of the sample are not beside it; nothing else is refused.
    assert {x.code for x in report.refusals} == {"image_refused"}
    assert (report.rows, report.products_created, report.variants) == (len(rows), 147, len(simple))
    assert {sku: cost for sku, cost in (await sold_in(ctx)).items() if sku in simple} == simple

    await import_products(ctx, FOLDER / "jewelry.csv")
    for code in WRITERS:
        first, second = tmp_path / f"{code}.csv", tmp_path / f"{code}-again.csv"
        count = await write(ctx, code, first)
        report = await import_products(there, first)
        assert (report.products, report.refusals) == (count, ())
        await write(there, code, second)
        assert first.read_bytes() == second.read_bytes(), code
