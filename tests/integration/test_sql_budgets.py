# SPDX-License-Identifier: Apache-2.0
"""How many statements the pages that everybody reads may take."""

import asyncio

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, furnish

from shopwright.testing.kernels import ALPHA
from shopwright_custom_fields import api as custom_fields


@pytest.fixture
async def client(make_kernel, make_client):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA], config=THEMES)
    ctx = await furnish(kernel, "alpha")
    for number in range(5):
        await add_product(ctx, f"lamp-{number}")
    client = await make_client(kernel, "alpha")
    # The first page of a process compiles templates and reads the store's overrides.
    await client.get("/cart")
    # Whether a store has bundles and the like is known from the first page of a product on.
    await client.get("/products/lamp-0")
    # Which custom fields a store has is read once, and kept until they change.
    await custom_fields.values(ctx, "catalog.product", [])
    # Word of the settings that were saved above is heard a moment later, and read with two statements.
    await asyncio.sleep(0.5)
    return client


@pytest.mark.parametrize(
    "path", ["/products/lamp-1", "/products", "/api/v1/products", "/api/v1/products/lamp-1"]
)
async def test_a_page_takes_three_statements_at_most_and_none_when_it_is_kept(client, query_log, path):
    with query_log.at_most(3):
        first = await client.get(path)
    with query_log.at_most(0):
        second = await client.get(path)

    assert (first.status, second.status) == (200, 200)
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
