# SPDX-License-Identifier: Apache-2.0
"""Lists of the admin read through an index in its order what they show, however many products a store has."""

import re

from sqlalchemy import text
from tests.shop import add_product, system

from shopwright.testing.kernels import ALPHA
from shopwright_admin.api import counted
from shopwright_catalog.services import edit_category, read_categories, staff_view
from shopwright_collections.services import read as collections
from shopwright_inventory.services import list_locations, list_stock
from shopwright_pricing.services import lists

PLUGINS = ("catalog", "collections", "inventory", "pricing")


async def test_long_lists_are_read_by_index_and_not_counted_to_the_end(make_kernel, query_log):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA])
    ctx = system(kernel, "alpha")
    await add_product(ctx)
    reads = {
        "catalog_product_changed": lambda: staff_view.listing(ctx, ""),
        "catalog_product_hidden": lambda: staff_view.listing(ctx, "", status="draft"),
        "catalog_variant_product": lambda: staff_view.draft(ctx, None, handle="lamp"),
        "catalog_category_product_hidden": lambda: edit_category.listing(ctx),
        "catalog_category_product_": lambda: read_categories.visible(ctx),
        "collections_member_": lambda: collections.drafts(ctx),
        "inventory_level_location": lambda: list_locations.everything(ctx),
        "inventory_move_": lambda: list_stock.low(ctx, 5),
        "pricing_price_": lambda: lists.page(ctx),
    }

    plans = {index: await _plan(ctx, query_log, read) for index, read in reads.items()}

    assert [index for index, plan in plans.items() if index not in plan] == []
    assert [index for index, plan in plans.items() if "Seq Scan" in plan] == []
    assert "Sort" not in plans["catalog_product_changed"] + plans["catalog_product_hidden"]
    unlimited = [index for index, plan in plans.items() if "Limit" not in plan]
    assert unlimited == ["catalog_variant_product"]
    assert [counted(ctx, number, 1000) for number in (12, 1000, 1001)] == ["12", "1,000", "1,000+"]


async def _plan(ctx, query_log, read) -> str:
    """Give the plan of the first statement of a read in a store so big that reading all of it never pays."""
    with query_log.recording():
        await read()
    limited = re.sub(r"LIMIT \$\d+( OFFSET \$\d+)?", "LIMIT 51", query_log.statements[0])
    statement = re.sub(r"\$\d+", "NULL", limited)
    async with ctx.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        rows = await session.execute(text("EXPLAIN " + re.sub(r"(?<!:):(?!:)", r"\\:", statement)))
        return "\n".join(rows.scalars())
