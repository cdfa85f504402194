# SPDX-License-Identifier: Apache-2.0
"""Plugins that lie, block, hang or cannot load: sales go on, and each is named."""

import asyncio
import importlib
import time

import pytest
from tests.dummies import bad
from tests.shop import EVERYTHING, THEMES, add_product, furnish, place, ready_cart

from shopwright.registry import Registry
from shopwright.testing.kernels import ALPHA

GOODS = 2 * 4900 + 490


async def buy(make_kernel, make_client, plugin):
    """Buy two lamps in a shop with one more plugin; gives the order and the seconds placing it took."""
    kernel = await make_kernel(plugins=[*EVERYTHING, plugin], stores=[ALPHA], config=THEMES)
    assert kernel.registry.problems == []
    lamp = await add_product(await furnish(kernel, "alpha"), "lamp", price=4900, stock=5)
    client = await make_client(kernel, "alpha")
    pages = [(await client.get(path)).status for path in ("/products/lamp", "/products", "/cart")]
    assert pages == [200, 200, 200]
    cart_id = await ready_cart(client, {lamp: 2})
    started = time.monotonic()
    answer = await place(client, cart_id)
    assert answer.status == 201, await answer.text()
    return await answer.json(), time.monotonic() - started


@pytest.mark.parametrize(
    ("plugin", "total"),
    [(bad.Lying, GOODS), (bad.Gift, GOODS), (bad.Blocking, GOODS), (bad.Slow, GOODS + 250)],
    ids=lambda value: getattr(getattr(value, "manifest", None), "name", ""),
)
async def test_the_price_is_right_whatever_a_plugin_does(make_kernel, make_client, plugin, total):
    order, _ = await buy(make_kernel, make_client, plugin)

    assert (order["status"], order["total"]) == ("confirmed", {"amount": total, "currency": "EUR"})
    assert order["number"] == "1001"


async def test_a_breaker_opens_at_the_fifth_failure_and_closes_when_the_plugin_works_again(
    make_kernel, make_client, fake_clock
):
    bad.Moody.asked.clear()
    bad.Moody.behaves = False
    kernel = await make_kernel(plugins=[*EVERYTHING, bad.Moody], stores=[ALPHA], clock=fake_clock)
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, "lamp")
    client = await make_client(kernel, "alpha")
    cart = await client.post_json("/api/v1/carts")
    path = f"/api/v1/carts/{cart['id']}"
    await client.post_json(f"{path}/lines", {"variant_id": str(lamp), "quantity": 1})
    history = []

    async def look() -> None:
        await client.get_json(path)
        cards = [(p.plugin, p.hook) for p in kernel.problems.for_store(ctx.store.id)]
        history.append((bad.Moody.asked["cart_fees"], cards))

    while bad.Moody.asked["cart_fees"] < 5:
        await look()
    await look()
    bad.Moody.behaves = True
    fake_clock.advance(31)
    await look()

    card = [("moody", "cart_fees")]
    assert [cards for asked, cards in history if asked < 5] == [[]] * len([a for a, _ in history if a < 5])
    assert history[-3:] == [(5, card), (5, card), (6, [])]


async def test_a_subscriber_that_hangs_holds_up_neither_the_order_nor_other_subscribers(
    make_kernel, make_client
):
    bad.Prompt.told = asyncio.Queue()
    config = {**THEMES, "drain_seconds": 0.2}
    plugins = [*EVERYTHING, bad.Prompt, bad.Stuck]
    kernel = await make_kernel(plugins=plugins, stores=[ALPHA], config=config)
    lamp = await add_product(await furnish(kernel, "alpha"), "lamp")
    client = await make_client(kernel, "alpha")
    stop = asyncio.Event()
    worker = asyncio.create_task(kernel.jobs.run_worker(stop))

    async with asyncio.timeout(15):
        numbers = [
            (await (await place(client, await ready_cart(client, {lamp: 1}))).json())["number"]
            for _ in range(3)
        ]
        told = [await bad.Prompt.told.get() for _ in numbers]
    stop.set()
    async with asyncio.timeout(10):
        await worker

    assert sorted(told) == numbers == ["1001", "1002", "1003"]


REFUSED = {
    "crashing": (lambda: importlib.import_module("tests.dummies.crashing").Plugin, "the manual is missing"),
    "foreign_job": (bad.ForeignJob, "'catalog.reindex' does not begin with 'foreign_job.'"),
    "relying": (bad.Relying, "requires foreign_job"),
    "foreign_permission": (bad.ForeignPermission, "'orders.order.edit' does not begin with"),
    "foreign_table": (bad.ForeignTable, "'orders_order' does not begin with 'foreign_table_'"),
    "too_new": (bad.TooNew, "works with kernel >=0.2,<0.3"),
    "misnamed": (bad.Misnamed, "the manifest 'somebody_else'"),
    "async_register": (bad.AsyncRegister, "implement it with a plain def"),
    "first": (bad.First, "requires go round"),
    "second": (bad.Second, "requires go round"),
}  # fmt: skip


def test_each_plugin_that_cannot_load_is_named_with_its_reason_and_the_rest_load():
    def given(found):
        return found if not isinstance(found, type) else lambda: found

    candidates = {name: given(found) for name, (found, _) in REFUSED.items()}
    registry = Registry({**candidates, "fine": lambda: bad.Fine})

    messages = {problem.plugin: problem.message for problem in registry.problems}
    assert list(registry.plugins) == ["fine"]
    assert sorted(messages) == sorted(REFUSED)
    assert [name for name, (_, reason) in REFUSED.items() if reason not in messages[name]] == []
