# SPDX-License-Identifier: Apache-2.0
"""Many events at once: what many single ones would do, in two statements."""

from typing import Any

import pytest

from shopwright.db import QueryLog
from shopwright.ids import new_id


def events_of(shop: Any, numbers: Any) -> list[Any]:
    from shopwright.registry import Registry

    registry: Registry = shop.kernel.registry
    spec = next(found.function for found in registry.specs() if found.name == "pinged")
    kind = spec.__annotations__["event"]
    return [spec, [(kind(number, about := new_id()), ("sender.thing", about)) for number in numbers]]


async def emit_many(shop: Any, spec: Any, events: Any) -> None:
    await shop.ctx.run(lambda session: shop.ctx.hooks.emit_many(session, spec, events))


async def test_every_event_reaches_every_subscriber(shop: Any) -> None:
    spec, events = events_of(shop, range(40))

    await emit_many(shop, spec, events)
    await shop.kernel.jobs.drain(strict=True)

    assert sorted(shop.hearer.numbers) == sorted(shop.other.numbers) == list(range(40))
    rows = await shop.ctx.fetch_rows(
        "SELECT o.seq, count(*) AS deliveries FROM kernel_outbox o JOIN kernel_delivery d ON d.outbox_id = o.id"
        " WHERE o.aggregate_kind = 'sender.thing' GROUP BY o.id, o.seq"
    )
    assert [(row["seq"], row["deliveries"]) for row in rows] == [(1, 2)] * 40


async def test_events_of_the_same_things_keep_their_order(shop: Any) -> None:
    spec, first = events_of(shop, range(10))
    kind = type(first[0][0])
    second = [(kind(10 + event.number, event.about), aggregate) for event, aggregate in reversed(first)]

    await emit_many(shop, spec, first)
    await emit_many(shop, spec, second)
    await shop.kernel.jobs.drain(strict=True)

    numbers = shop.hearer.numbers
    assert len(numbers) == 20
    assert all(numbers.index(number) < numbers.index(number + 10) for number in range(10))


async def test_two_events_about_one_thing_are_refused(shop: Any) -> None:
    spec, [(event, aggregate)] = events_of(shop, [1])

    with pytest.raises(ValueError, match="emit events of pinged about the same thing one after another"):
        await emit_many(shop, spec, [(event, aggregate), (event, aggregate)])

    assert await shop.queued() == 0


async def test_no_event_is_no_statement(shop: Any) -> None:
    spec, _ = events_of(shop, [])

    async with shop.ctx.transaction() as session:
        await session.connection()
        with QueryLog().at_most(0):
            await shop.ctx.hooks.emit_many(session, spec, [])


async def test_any_number_of_events_takes_two_statements(shop: Any) -> None:
    spec, events = events_of(shop, range(30))

    async with shop.ctx.transaction() as session:
        await session.connection()
        with QueryLog().at_most(2):
            await shop.ctx.hooks.emit_many(session, spec, events)
