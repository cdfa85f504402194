# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest

from shopwright.events.tags import CHANNEL


class BrokenError(Exception):
    pass


@pytest.fixture
async def other(shop: Any, make_shop: Any) -> Any:
    """Another process of the same installation, with a cache of its own."""
    second = await make_shop(clock=shop.kernel.clock, url=shop.kernel.db.settings.url)
    for kernel in (shop.kernel, second.kernel):
        await kernel.events.start()
    return second


async def keep(shop: Any, *tags: str, store: str = "alpha") -> None:
    store_id = shop.context(store).store.id
    for tag in tags:
        await shop.kernel.backend.cache.set(
            f"{store}:{tag}", b"page", 600, [f"{store_id}:{tag}", f"{store_id}:*"]
        )


async def kept(shop: Any, *tags: str, store: str = "alpha") -> list[bool]:
    return [await shop.kernel.backend.cache.get(f"{store}:{tag}") is not None for tag in tags]


async def test_pages_are_dropped_at_the_commit_in_this_store_only(shop: Any) -> None:
    await keep(shop, "a", "b")
    await keep(shop, "a", store="beta")

    async with shop.ctx.transaction() as session:
        await shop.kernel.events.invalidate(shop.ctx, session, ["a"])
        assert await kept(shop, "a", "b") == [True, True]

    assert await kept(shop, "a", "b") == [False, True]
    assert await kept(shop, "a", store="beta") == [True]


async def test_a_rollback_drops_nothing(shop: Any) -> None:
    await keep(shop, "a")

    async def invalidate_and_fail() -> None:
        async with shop.ctx.transaction() as session:
            await shop.kernel.events.invalidate(shop.ctx, session, ["a"])
            raise BrokenError

    with pytest.raises(BrokenError):
        await invalidate_and_fail()

    assert await kept(shop, "a") == [True]


async def test_a_savepoint_is_no_commit(shop: Any) -> None:
    await keep(shop, "a")

    async with shop.ctx.transaction() as session:
        async with session.begin_nested():
            await shop.kernel.events.invalidate(shop.ctx, session, ["a"])
        assert await kept(shop, "a") == [True]

    assert await kept(shop, "a") == [False]


async def test_other_processes_drop_their_pages_too(shop: Any, other: Any, wait_until: Any) -> None:
    many = [f"tag-{number:04}-{'x' * 60}" for number in range(300)]  # more than one message holds
    await keep(other, *many, "kept")

    async with shop.ctx.transaction() as session:
        await shop.kernel.events.invalidate(shop.ctx, session, many[:150])
        await shop.kernel.events.invalidate(shop.ctx, session, many[150:])

    async def dropped() -> bool:
        return not any(await kept(other, *many))

    await wait_until(dropped)
    assert await kept(other, "kept") == [True]


async def test_after_a_lost_connection_everything_is_dropped(shop: Any, wait_until: Any) -> None:
    await shop.kernel.events.start()
    await keep(shop, "a", "b")
    await keep(shop, "a", store="beta")

    async with shop.kernel.db.transaction(None) as session:
        await (await session.connection()).exec_driver_sql(f"SELECT pg_notify('{CHANNEL}', '')")

    async def dropped() -> bool:
        return [*await kept(shop, "a", "b"), *await kept(shop, "a", store="beta")] == [False] * 3

    await wait_until(dropped)


async def test_a_cache_that_fails_does_not_undo_the_change(shop: Any, monkeypatch: Any) -> None:
    async def fail(tags: Any) -> None:
        raise BrokenError

    monkeypatch.setattr(shop.kernel.backend.cache, "invalidate_tags", fail)

    async with shop.ctx.transaction() as session:
        await shop.emit_in(shop.ctx, session, 1)
        await shop.kernel.events.invalidate(shop.ctx, session, ["a"])

    assert await shop.deliveries() == [(1, "pending", 0)]
