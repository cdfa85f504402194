# SPDX-License-Identifier: Apache-2.0
"""Real Shopify exports go in without losing a variant or a price, counted by an independent reader."""

import csv
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from tests.shop import EVERYTHING, system

from shopwright.testing.kernels import BETA
from shopwright_importer.api import import_shopify

ROOT = Path(__file__).resolve().parents[2]
FOLDER = (
    Path(os.environ.get("SHOPWRIGHT_SAMPLE_DATA", ROOT.parent / "shared" / "data")) / "shopify-product-csvs"
)
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

    report = await import_shopify(ctx, path)

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
    first = await import_shopify(ctx, FOLDER / "jewelry.csv")

    second = await import_shopify(ctx, FOLDER / "jewelry.csv")

    assert second.products_unchanged == first.products_created == first.products
