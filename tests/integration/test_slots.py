# SPDX-License-Identifier: Apache-2.0
"""Slots have a type: what fills one can rely on its model, and a template that gives another is told."""

from typing import ClassVar

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, furnish

from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment, render_slot
from shopwright.testing.kernels import ALPHA
from shopwright_checkout.api import CartView
from shopwright_orders.api import OrderView
from shopwright_storefront.api import ProductPage

MODELS = {
    "storefront.product.after_price": ProductPage,
    "storefront.product.after_form": ProductPage,
    "storefront.product.end": ProductPage,
    "checkout.cart.summary": CartView,
}


class Watcher(BasePlugin):
    """Notes what each slot was given."""

    manifest: ClassVar[Manifest] = Manifest(
        name="watcher",
        version="1",
        title="Watcher",
        summary="Notes slots.",
        requires=("storefront", "checkout"),
    )
    seen: ClassVar[dict[str, type]] = {}

    @hookimpl
    async def template_slot(self, slot: str, model: object) -> list[Fragment]:
        self.seen[slot] = type(model)
        return []


@pytest.fixture
async def kernel(make_kernel):
    Watcher.seen.clear()
    return await make_kernel(plugins=[*EVERYTHING, Watcher], stores=[ALPHA], config=THEMES)


async def test_pages_give_each_slot_what_it_declares(kernel, make_client):
    lamp = await add_product(await furnish(kernel, "alpha"), "lamp")
    client = await make_client(kernel, "alpha")

    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")
    assert (await client.get("/cart")).status == 200

    assert {slot: kind for slot, kind in Watcher.seen.items() if kind is not type(None)} == MODELS


async def test_another_model_is_refused_with_both_names(kernel):
    ctx = kernel.context(kernel.directory.by_code("alpha"))

    with pytest.raises(TypeError, match="slot 'orders.order.confirmation' takes OrderView, not str"):
        await render_slot(kernel.templates, ctx, "orders.order.confirmation", "an order")
    assert OrderView not in Watcher.seen.values()
