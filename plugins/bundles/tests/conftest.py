# SPDX-License-Identifier: Apache-2.0
"""A furnished store with bundles."""

import pytest
from tests.shop import add_product, furnish

from shopwright.testing.kernels import ALPHA
from shopwright_bundles.services import edit
from shopwright_bundles.services.bundles import Component

PLUGINS = ["bundles", "flat_shipping", "inventory", "manual_payment", "storefront"]


@pytest.fixture
async def ctx(make_kernel):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA])
    assert kernel.registry.problems == []
    return await furnish(kernel, "alpha")


@pytest.fixture
def add_bundle(ctx):
    """Save a product that is made of others; gives its variant."""

    async def add(handle, parts, *, price=9900, **values):
        variant_id = await add_product(ctx, handle, price=price, stock=None, kind="bundles.bundle")
        components = [Component(id_, quantity) for id_, quantity in parts.items()]
        await edit.save(ctx, variant_id, components, **values)
        return variant_id

    return add
