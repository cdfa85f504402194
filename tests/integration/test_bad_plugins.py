# SPDX-License-Identifier: Apache-2.0
"""Failing, hanging, greedy and blocking plugins cannot break a sale; they are named instead."""

import asyncio
from typing import ClassVar

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, furnish, place, ready_cart

from shopwright.errors import Rejection
from shopwright.hooks import BreakerKey
from shopwright.hookspecs import template_slot
from shopwright.kernel import Kernel
from shopwright.money import Money
from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright.testing.dummies import answering, failing, greedy, hanging
from shopwright.testing.kernels import ALPHA
from shopwright_catalog.hookspecs import stock_available
from shopwright_checkout.api import Fee, ShippingRate
from shopwright_checkout.hookspecs import cart_fees, cart_process, shipping_rates
from shopwright_orders.hookspecs import order_placed


def manifest(name: str) -> Manifest:
    requires = ("catalog", "checkout", "orders")
    return Manifest(name=name, version="0.1.0", title=name, summary=name, requires=requires)


Failing = failing(shipping_rates, cart_fees, cart_process, stock_available, template_slot, order_placed)
Hanging = hanging(shipping_rates, cart_fees, order_placed)
Greedy = greedy(
    {
        shipping_rates: lambda n: ShippingRate(f"greedy.{n}", "Rate", Money(0, "EUR")),
        cart_fees: lambda n: Fee(f"greedy.{n}", "Fee", Money(100, "EUR")),
    }
)
Presuming = answering(
    {
        cart_fees: [Fee("presuming.fee", "Fee", Money(-5000, "EUR"))],
        template_slot: [Fragment("presuming/missing.html")],
    },
    name="presuming",
)
BAD = {made.manifest.name: made for made in (Failing, Hanging, Greedy, Presuming)}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_plugin_does_not_break_a_checkout(make_kernel, make_client, name):
    kernel = await make_kernel(plugins=[*EVERYTHING, BAD[name]], stores=[ALPHA], config=THEMES)
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, "lamp", price=4900, stock=5)
    client = await make_client(kernel, "alpha")

    page = await client.get("/products/lamp")
    response = await place(client, await ready_cart(client, {lamp: 2}))

    order = await response.json()
    assert page.status == 200
    assert (response.status, order["status"]) == (201, "confirmed")
    assert order["total"]["amount"] == 2 * 4900 + 490


async def test_a_plugin_that_keeps_failing_is_left_alone_and_shown_on_a_problem_card(
    make_kernel, make_client
):
    kernel = await make_kernel(plugins=[*EVERYTHING, Failing], stores=[ALPHA], config=THEMES)
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, "lamp")
    client = await make_client(kernel, "alpha")
    cart_id = await ready_cart(client, {lamp: 1})

    for _ in range(6):
        await client.get_json(f"/api/v1/carts/{cart_id}")

    cards = {(p.plugin, p.hook) for p in kernel.problems.for_store(ctx.store.id)}
    assert {("failing", "shipping_rates"), ("failing", "cart_fees"), ("failing", "cart_process")} <= cards


async def test_other_processes_show_the_problem_too_and_forget_it_when_it_is_over(make_kernel):
    kernel = await make_kernel(stores=[ALPHA])
    store_id = kernel.directory.by_code("alpha").id
    key = BreakerKey("failing", "shipping_rates", store_id)
    async with await Kernel.open(kernel.config) as other:

        def cards():
            return [(p.plugin, p.hook, p.detail) for p in other.problems.for_store(store_id)]

        async def until(wanted):
            async with asyncio.timeout(10):
                while cards() != wanted:  # noqa: ASYNC110 - the board tells nobody when it changes
                    await asyncio.sleep(0.02)

        for _ in range(5):
            kernel.breakers.failed(key, RuntimeError("no rates today " + "x" * 9000))
        await until([("failing", "shipping_rates", ("RuntimeError: no rates today " + "x" * 9000)[:500])])
        kernel.breakers.succeeded(key)
        await until([])


class Objecting(BasePlugin):
    manifest: ClassVar[Manifest] = manifest("objecting")

    @hookimpl
    async def order_validate(self, cart):
        return [
            Rejection("objecting.moon", "Not at full moon."),
            Rejection("objecting.tide", "Not at low tide."),
        ]


async def test_all_objections_are_told_and_nothing_is_written(make_kernel, make_client):
    kernel = await make_kernel(plugins=[*EVERYTHING, Objecting], stores=[ALPHA])
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, "lamp")
    client = await make_client(kernel, "alpha")

    response = await place(client, await ready_cart(client, {lamp: 1}))

    problem = await response.json()
    assert response.status == 422
    assert [error["code"] for error in problem["errors"]] == ["objecting.moon", "objecting.tide"]
    assert await ctx.fetch_value("SELECT count(*) FROM orders_order") == 0


class Unprefixed(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="unprefixed", version="1", title="x", summary="x", kernel=">=9"
    )


class Lost(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="lost", version="1", title="x", summary="x", requires=("nowhere",)
    )


class Round(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="round", version="1", title="x", summary="x", requires=("trip",)
    )


class Trip(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="trip", version="1", title="x", summary="x", requires=("round",)
    )


class Inventing(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(name="inventing", version="1", title="x", summary="x")

    @hookimpl
    def no_such_hook(self):
        return []


async def test_what_cannot_work_is_left_out_by_name_and_the_rest_starts(make_kernel):
    kernel = await make_kernel(plugins=[Unprefixed, Lost, Round, Trip, Inventing], stores=[])

    messages = {problem.plugin: problem.message for problem in kernel.registry.problems}
    assert list(kernel.registry.plugins) == []
    assert "works with kernel >=9" in messages["unprefixed"]
    assert "requires nowhere" in messages["lost"]
    assert "round → trip → round" in messages["round"] or "trip → round → trip" in messages["round"]
    assert "no_such_hook" in messages["inventing"]
