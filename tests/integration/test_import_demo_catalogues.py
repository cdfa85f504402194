# SPDX-License-Identifier: Apache-2.0
"""The demo's catalogues go in through the importer, in both languages."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.shop import EVERYTHING, system

from shopwright.testing.kernels import ALPHA, BETA
from shopwright_catalog.api import product
from shopwright_importer.api import import_products

CATALOGUES = Path(__file__).resolve().parents[2] / "examples" / "catalogues"


@pytest.mark.parametrize(
    ("name", "store", "locale", "products", "variants"),
    [("lumen", ALPHA, "de", 24, 64), ("harbor", BETA, "es", 25, 95)],
)
async def test_a_demo_catalogue_arrives_in_two_languages(
    make_kernel, tmp_path, name, store, locale, products, variants
):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[store])
    ctx = system(kernel, store.code)
    with (CATALOGUES / f"{name}.{locale}.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["Handle"]: row["Title"] for row in csv.DictReader(file)}

    report = await import_products(ctx, CATALOGUES / f"{name}.csv")

    there = replace(ctx, locale=locale)
    drafts = {
        row["handle"]
        for row in await ctx.fetch_rows("SELECT handle FROM catalog_product WHERE NOT published")
    }
    found = {handle: getattr(await product(there, handle), "title", None) for handle in titles}
    assert (report.products_created, report.variants) == (products, variants)
    assert {refusal.code for refusal in report.refusals} <= {"image_refused"}
    assert found == titles | dict.fromkeys(drafts)
    assert len(drafts) == 1
