# SPDX-License-Identifier: Apache-2.0
"""Small product files, and a store to take them in."""

import csv
import io

import pytest
from tests.shop import system

from shopwright.testing.kernels import ALPHA, BETA

COLUMNS = (
    "Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Variant SKU", "Variant Price",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Image Src", "Image Alt Text", "Variant Image",
)  # fmt: skip


def text_of(*rows: dict[str, str], columns=COLUMNS) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def lamp(handle: str = "lamp", price: str = "49.00", **more: str) -> dict[str, str]:
    return {
        "Handle": handle,
        "Title": handle.title(),
        "Variant Price": price,
        "Variant SKU": handle.upper(),
    } | more


def sized(handle: str, *sizes: str, price: str = "10.00", **more: str) -> list[dict[str, str]]:
    """The rows of a product with a size for an option."""
    rows = [{"Handle": handle, "Option1 Value": size, "Variant Price": price} | more for size in sizes]
    rows[0] |= {"Title": handle.title(), "Option1 Name": "Size"}
    return rows


@pytest.fixture
def write(tmp_path):
    def put(*rows: dict[str, str], name: str = "products.csv", **options):
        path = tmp_path / name
        path.write_text(text_of(*rows, **options), encoding="utf-8", newline="")
        return path

    return put


@pytest.fixture
async def kernel(make_kernel):
    return await make_kernel(plugins=["importer"], stores=[ALPHA, BETA])


@pytest.fixture
def ctx(kernel):
    return system(kernel, "alpha")


@pytest.fixture
def stored(ctx):
    async def read() -> dict[str, list[tuple[str, int]]]:
        """Each product with its live variants: options and price."""
        rows = await ctx.fetch_rows("""
            SELECT p.handle, v.options, v.price FROM catalog_product p JOIN catalog_variant v
            ON v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived ORDER BY p.handle, v.position
        """)
        found: dict[str, list[tuple[str, int]]] = {}
        for row in rows:
            found.setdefault(row["handle"], []).append(("/".join(row["options"]), row["price"]))
        return found

    return read


@pytest.fixture
def on_hand(ctx):
    async def read() -> dict[str, int | None]:
        rows = await ctx.fetch_rows("""
            SELECT v.sku, i.tracked, l.on_hand FROM catalog_variant v
            LEFT JOIN inventory_item i ON i.store_id = v.store_id AND i.id = v.id
            LEFT JOIN inventory_level l ON l.store_id = v.store_id AND l.variant_id = v.id
        """)
        return {row["sku"]: row["on_hand"] if row["tracked"] else None for row in rows}

    return read
