# SPDX-License-Identifier: Apache-2.0
"""Changing carts: what is answered is what is kept, and two tabs never lose a line."""

import asyncio

import pytest
from tests.shop import add_product, system

from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.ids import new_id
from shopwright_checkout.services import carts
from shopwright_checkout.services.place_order import place
from shopwright_inventory.api import OutOfStock


async def test_each_change_answers_with_the_cart_that_is_kept(ctx):
    lamp, desk = await add_product(ctx, "lamp"), await add_product(ctx, "desk")
    cart = (await carts.add(ctx, None, lamp, 1)).cart
    answers = [cart]
    kept = [await carts.read(ctx, cart.id)]
    for step in (
        lambda: carts.add(ctx, cart.id, desk, 2),
        lambda: carts.add(ctx, cart.id, lamp, 3),
        lambda: carts.set_quantity(ctx, cart.id, cart.lines[0].id, 2),
        lambda: carts.update(ctx, cart.id, {"note": "Ring twice"}),
        lambda: carts.set_quantity(ctx, cart.id, cart.lines[0].id, 0),
    ):
        answer = await step()
        answers.append(getattr(answer, "cart", answer))
        kept.append(await carts.read(ctx, cart.id))

    assert answers == kept
    assert [[line.quantity for line in c.lines] for c in kept] == [[1], [1, 2], [4, 2], [2, 2], [2, 2], [2]]


async def test_two_tabs_never_lose_a_line(ctx):
    lamps = [await add_product(ctx, f"lamp-{n}", stock=100) for n in range(5)]
    cart = (await carts.add(ctx, None, lamps[0], 1)).cart
    await asyncio.gather(*(carts.add(ctx, cart.id, lamp, 1) for lamp in lamps for _ in range(4)))
    kept = await carts.read(ctx, cart.id)
    assert {line.variant_id: line.quantity for line in kept.lines} == {
        lamp: 5 if lamp == lamps[0] else 4 for lamp in lamps
    }
    assert kept.version == 22


@pytest.mark.parametrize("quantity", [0, -1, 10_000])
async def test_a_quantity_out_of_range_changes_nothing(ctx, quantity):
    lamp = await add_product(ctx, "lamp")
    cart = (await carts.add(ctx, None, lamp, 1)).cart
    with pytest.raises(Invalid):
        await carts.add(ctx, cart.id, lamp, quantity)
    assert await carts.read(ctx, cart.id) == cart


async def test_more_than_is_left_is_refused_together_with_what_is_there(ctx):
    lamp = await add_product(ctx, "lamp", stock=3)
    cart = (await carts.add(ctx, None, lamp, 2)).cart
    with pytest.raises(OutOfStock) as told:
        await carts.add(ctx, cart.id, lamp, 2)
    assert told.value.extra["lines"] == [{"variant_id": str(lamp), "requested": 4, "left": 3}]


async def test_a_placed_cart_does_not_change(ctx, cart_of):
    lamp = await add_product(ctx, "lamp")
    cart_id = await cart_of(ctx, {lamp: 1})
    await place(ctx, cart_id)
    for change in (carts.add(ctx, cart_id, lamp, 1), carts.update(ctx, cart_id, {"note": "x"})):
        with pytest.raises(Conflict) as told:
            await change
        assert told.value.error_code == "already_placed"


async def test_carts_and_variants_of_another_store_are_not_found(ctx, kernel):
    beta = system(kernel, "beta")
    tent = await add_product(beta, "tent")
    cart = (await carts.add(ctx, None, await add_product(ctx, "lamp"), 1)).cart
    for attempt in (
        carts.add(ctx, cart.id, tent, 1),
        carts.add(beta, cart.id, tent, 1),
        carts.set_quantity(ctx, cart.id, new_id(), 1),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await carts.read(beta, cart.id) is None
