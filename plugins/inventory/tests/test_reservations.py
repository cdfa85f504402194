# SPDX-License-Identifier: Apache-2.0
"""Holding stock: all or nothing, never more than there is, in any order and at any pace."""

import asyncio
from datetime import timedelta

import pytest
from tests.shop import add_product, system

from shopwright.errors import Conflict
from shopwright.ids import new_id
from shopwright_inventory import api as inventory
from shopwright_inventory.api import Demand, OutOfStock
from shopwright_inventory.services import reservations


async def reserve(ctx, demand, owner=None, minutes=15):
    owner = owner or new_id()
    items = [Demand(variant_id, quantity) for variant_id, quantity in demand]
    expires_at = ctx.clock.now() + timedelta(minutes=minutes)
    await ctx.run(
        lambda session: inventory.reserve(ctx, session, owner=owner, demand=items, expires_at=expires_at)
    )
    return owner


async def claim(ctx, owner):
    return await ctx.run(lambda session: inventory.claim(ctx, session, owner=owner))


async def release(ctx, owner):
    await ctx.run(lambda session: inventory.release(ctx, session, owner=owner, reason="test"))


async def other_location(ctx, code, priority):
    async with ctx.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "INSERT INTO inventory_location (store_id, id, code, name, priority) VALUES ($1, $2, $3, $3, $4)",
            (ctx.store.id, new_id(), code, priority),
        )


async def test_reserving_claiming_and_releasing_move_between_the_columns(ctx, levels):
    lamp = await add_product(ctx, "lamp", stock=5)

    owner = await reserve(ctx, [(lamp, 2)])
    reserved = await levels(lamp)
    claimed_once, claimed_twice = await claim(ctx, owner), await claim(ctx, owner)
    allocated = await levels(lamp)
    await release(ctx, owner)
    await release(ctx, owner)

    assert reserved == {"main": (5, 2, 0)}
    assert (claimed_once, claimed_twice, allocated) == (True, True, {"main": (5, 0, 2)})
    assert await levels(lamp) == {"main": (5, 0, 0)}


async def test_repeated_variants_are_summed(ctx, levels):
    lamp = await add_product(ctx, "lamp", stock=5)
    await reserve(ctx, [(lamp, 2), (lamp, 3)])
    assert await levels(lamp) == {"main": (5, 5, 0)}
    with pytest.raises(OutOfStock) as told:
        await reserve(ctx, [(lamp, 1), (lamp, 1)])
    assert told.value.extra["lines"] == [{"variant_id": str(lamp), "requested": 2, "left": 0}]


async def test_falling_short_names_every_short_variant_and_holds_nothing(ctx, levels):
    lamp, desk, chair = [await add_product(ctx, handle, stock=2) for handle in ("lamp", "desk", "chair")]
    with pytest.raises(OutOfStock) as told:
        await reserve(ctx, [(lamp, 3), (desk, 2), (chair, 9)])
    lines = {line["variant_id"]: (line["requested"], line["left"]) for line in told.value.extra["lines"]}
    assert lines == {str(lamp): (3, 2), str(chair): (9, 2)}
    assert await levels(desk) == {"main": (2, 0, 0)}


async def test_what_is_not_counted_is_always_left(ctx, levels):
    gift = await add_product(ctx, "gift", stock=None)
    lamp = await add_product(ctx, "lamp", stock=1)
    await ctx.run(lambda session: inventory.untrack(ctx, session, variant_id=lamp))

    await reserve(ctx, [(gift, 5000), (lamp, 7)])

    assert await levels(lamp) == {"main": (1, 0, 0)}
    found = await inventory.availability(ctx, [gift, lamp])
    assert {(a.sellable, a.left) for a in found.values()} == {(True, None)}


async def test_one_location_that_has_all_goes_before_several(ctx, put, levels):
    lamp = await add_product(ctx, "lamp", stock=2)
    await other_location(ctx, "attic", 5)
    await put(lamp, 3, "attic")

    whole = await reserve(ctx, [(lamp, 3)])
    one_place = await levels(lamp)
    await release(ctx, whole)
    split = await reserve(ctx, [(lamp, 4)])
    two_places = await levels(lamp)
    assert await claim(ctx, split)

    assert one_place == {"main": (2, 0, 0), "attic": (3, 3, 0)}
    assert two_places == {"main": (2, 2, 0), "attic": (3, 2, 0)}
    assert await levels(lamp) == {"main": (2, 0, 2), "attic": (3, 0, 2)}
    assert (await inventory.availability(ctx, [lamp]))[lamp].left == 1


async def test_the_sweep_releases_what_is_due_and_only_that(ctx, clock, levels):
    lamp = await add_product(ctx, "lamp", stock=10)
    await ctx.kernel.jobs.tick()
    for _ in range(3):
        await reserve(ctx, [(lamp, 1)])
    late, sold = await reserve(ctx, [(lamp, 1)], minutes=60), await reserve(ctx, [(lamp, 1)])
    await claim(ctx, sold)

    clock.advance(timedelta(minutes=16))
    await ctx.kernel.jobs.tick()
    await ctx.kernel.jobs.drain()

    assert await levels(lamp) == {"main": (10, 1, 1)}
    assert await reservations.release_expired(ctx) == 0
    clock.advance(timedelta(minutes=50))
    assert await reservations.release_expired(ctx) == 1
    assert await levels(lamp) == {"main": (10, 0, 1)}
    assert await claim(ctx, late)


async def test_claiming_after_the_time_is_over_takes_again_or_refuses(ctx, clock, levels):
    lamp, desk = await add_product(ctx, "lamp", stock=2), await add_product(ctx, "desk", stock=1)
    lucky, unlucky = await reserve(ctx, [(lamp, 1)]), await reserve(ctx, [(lamp, 1), (desk, 1)])
    clock.advance(timedelta(minutes=16))
    await reservations.release_expired(ctx)
    await reserve(ctx, [(desk, 1)])

    assert await claim(ctx, lucky) is True
    assert await claim(ctx, unlucky) is False
    assert await levels(lamp) == {"main": (2, 0, 1)}
    assert await levels(desk) == {"main": (1, 1, 0)}


async def test_extending_keeps_a_reservation(ctx, clock, levels):
    lamp = await add_product(ctx, "lamp", stock=2)
    owner = await reserve(ctx, [(lamp, 1)])
    until = clock.now() + timedelta(hours=2)
    await ctx.run(lambda session: inventory.extend(ctx, session, owner=owner, expires_at=until))
    clock.advance(timedelta(minutes=100))
    assert await reservations.release_expired(ctx) == 0
    assert await levels(lamp) == {"main": (2, 1, 0)}


async def test_opposite_orders_at_once_never_lock_each_other(ctx, levels):
    lamp, desk = await add_product(ctx, "lamp", stock=100), await add_product(ctx, "desk", stock=100)
    there, back = [(lamp, 1), (desk, 1)], [(desk, 1), (lamp, 1)]
    conflicts = await deadlocks(ctx)

    for _ in range(5):
        held = await asyncio.gather(*(reserve(ctx, there if n % 2 else back) for n in range(10)))
        await asyncio.gather(
            *(claim(ctx, owner) for owner in held[::2]), *(release(ctx, owner) for owner in held[1::2])
        )

    assert await levels(lamp) == {"main": (100, 0, 25)}
    assert await levels(desk) == {"main": (100, 0, 25)}
    assert await deadlocks(ctx) == conflicts


async def deadlocks(ctx):
    return await ctx.fetch_value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


async def test_many_who_want_the_last_ones_get_exactly_those(ctx, levels):
    lamp = await add_product(ctx, "lamp", stock=7)
    tries = await asyncio.gather(*(reserve(ctx, [(lamp, 1)]) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(t, OutOfStock) for t in tries) == 13
    assert await levels(lamp) == {"main": (7, 7, 0)}


async def test_sweeping_while_claiming_never_takes_what_is_sold(ctx, clock, levels):
    lamp = await add_product(ctx, "lamp", stock=20)
    owners = [await reserve(ctx, [(lamp, 1)]) for _ in range(10)]
    clock.advance(timedelta(minutes=16))

    await asyncio.gather(*(claim(ctx, owner) for owner in owners), *(sweep(ctx) for _ in range(4)))

    assert await levels(lamp) == {"main": (20, 0, 10)}


async def sweep(ctx):
    await reservations.release_expired(ctx)


async def test_counting_cannot_go_below_what_is_held(ctx, put, levels):
    lamp = await add_product(ctx, "lamp", stock=5)
    await claim(ctx, await reserve(ctx, [(lamp, 2)]))
    await reserve(ctx, [(lamp, 1)])
    with pytest.raises(Conflict) as told:
        await put(lamp, 2)
    assert (told.value.error_code, told.value.extra) == ("stock_held", {"held": 3})
    await put(lamp, 3)
    assert await levels(lamp) == {"main": (3, 1, 2)}


async def test_stores_do_not_see_each_others_stock(ctx, kernel, levels):
    beta = system(kernel, "beta")
    lamp = await add_product(ctx, "lamp", stock=5)
    owner = await reserve(ctx, [(lamp, 2)])
    await release(beta, owner)
    found = await inventory.availability(beta, [lamp])
    assert await levels(lamp) == {"main": (5, 2, 0)}
    assert found[lamp].left is None
