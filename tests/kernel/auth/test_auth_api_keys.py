# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

import pytest

from shopwright.actor import SIGNED_IN_STAFF, Actor
from shopwright.errors import Forbidden, Invalid, NotFound, ShopwrightError


@pytest.fixture
async def owner(office):
    return await office.acting(await office.employ("ada@shop.test"))


async def actor(office, key: str, store: str = "ours") -> Actor:
    return await office.auth.actor_for(office.stores[store], None, {"Authorization": f"Bearer {key}"})


async def test_a_key_is_shown_once_and_stored_as_a_hash(office, owner) -> None:
    listed, key = await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"])

    assert key.startswith("swk_")
    assert len(key) == 47
    assert listed.hint == key[:8]
    (row,) = await office.db.fetch_rows(office.stores["ours"].id, "SELECT * FROM kernel_api_key")
    assert key not in str(dict(row))
    assert await office.auth.api_keys.all(owner) == [listed]
    entry = (await office.audit.entries(owner))[0]
    assert (entry.action, entry.data) == (
        "kernel.api_key_made",
        {"name": "Sync", "scopes": ["orders.order.view"]},
    )


@pytest.mark.parametrize(
    ("scopes", "permission", "allowed"),
    [
        (["orders.order.view"], "orders.order.view", True),
        (["orders.order.view"], "orders.order.edit", False),
        (["orders.order.view"], "orders.order", False),
        (["orders.order.view"], "orders.order.view.more", False),
        (["orders.order.view"], "catalog.product.view", False),
        (["orders.order.view", "catalog.product.edit"], "catalog.product.edit", True),
        (["orders.order.view", "catalog.product.edit"], "catalog.product.view", False),
        (["kernel.staff.edit"], "kernel.staff.edit", True),
        (["kernel.staff.edit"], "kernel.settings.installation", False),
        (["orders.order.view"], SIGNED_IN_STAFF, False),
        (["orders.order.view"], "*", False),
    ],
)
async def test_a_key_may_do_what_its_scopes_say_and_nothing_else(
    office, owner, scopes, permission: str, allowed: bool
) -> None:
    listed, key = await office.auth.api_keys.create(owner, "Sync", scopes)

    found = await actor(office, key)

    assert (found.kind, found.id, found.label) == ("api_key", listed.id, "Sync")
    assert found.can(permission) is allowed


async def test_a_key_opens_its_own_store_only(office, owner) -> None:
    _, key = await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"])

    assert (await actor(office, key, "theirs")).kind == "anonymous"


async def test_a_revoked_key_is_nobody_at_once(office, owner) -> None:
    listed, key = await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"])
    await office.auth.api_keys.revoke(owner, listed.id)

    assert (await actor(office, key)).kind == "anonymous"
    with pytest.raises(NotFound):
        await office.auth.api_keys.revoke(owner, listed.id)


async def test_a_key_ends_when_it_was_said_to(office, owner) -> None:
    end = office.clock.now() + timedelta(hours=1)
    _, key = await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"], expires_at=end)

    office.clock.advance(3599)
    assert (await actor(office, key)).kind == "api_key"
    office.clock.advance(1)
    assert (await actor(office, key)).kind == "anonymous"


async def test_use_is_noted_at_most_once_a_minute(office, owner, query_log) -> None:
    _, key = await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"])
    begin = office.clock.now()

    async def used() -> datetime:
        await actor(office, key)
        return (await office.auth.api_keys.all(owner))[0].last_used_at

    assert await used() == begin
    office.clock.advance(59)
    with query_log.at_most(1):
        await actor(office, key)
    assert await used() == begin
    office.clock.advance(1)
    assert await used() == begin + timedelta(minutes=1)


@pytest.mark.parametrize(
    "key", ["swk_", "swk_" + "A" * 43, "swk_\0", "swk_" + "é" * 43, "swk_" + "a" * 10_000]
)
async def test_a_key_that_was_never_made_is_nobody(office, owner, key: str) -> None:
    await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"])

    assert (await actor(office, key)).kind == "anonymous"


@pytest.mark.parametrize(
    ("name", "scopes", "expires_in", "pointer"),
    [
        (" ", ["orders.order.view"], 60, "/name"),
        ("Sync", [], 60, "/scopes"),
        ("Sync", ["*"], 60, "/scopes"),
        ("Sync", ["orders.order.fly"], 60, "/scopes"),
        ("Sync", ["orders.order.view"], 0, "/expires_at"),
    ],
)
async def test_what_is_wrong_with_a_key_is_named(office, owner, name, scopes, expires_in, pointer) -> None:
    end = office.clock.now() + timedelta(seconds=expires_in)

    with pytest.raises(Invalid) as refused:
        await office.auth.api_keys.create(owner, name, scopes, expires_at=end)

    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert await office.auth.api_keys.all(owner) == []


async def test_a_key_cannot_do_more_than_whoever_makes_it(office, owner) -> None:
    manager = await office.acting(await office.employ("mia@shop.test", "manager"))

    with pytest.raises(Forbidden) as refused:
        await office.auth.api_keys.create(manager, "Sync", ["kernel.staff.edit"])

    assert refused.value.error_code == "beyond_own_permissions"
    assert await office.auth.api_keys.create(manager, "Sync", ["orders.order.edit"])


async def test_without_the_permission_keys_are_neither_seen_nor_made_nor_revoked(office, owner) -> None:
    listed, key = await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"])
    clerk = await office.acting(await office.employ("carl@shop.test", "customer_service"))

    for ctx, status in ((clerk, 403), (office.browser(), 401)):
        for attempt in (
            office.auth.api_keys.create(ctx, "Sync", ["orders.order.view"]),
            office.auth.api_keys.revoke(ctx, listed.id),
        ):
            with pytest.raises(ShopwrightError) as refused:
                await attempt
            assert refused.value.status == status
    with pytest.raises(ShopwrightError):
        await office.auth.api_keys.all(office.browser())

    assert (await actor(office, key)).kind == "api_key"
    assert len(await office.auth.api_keys.all(owner)) == 1


async def test_one_key_is_read_by_who_may_see_keys_of_the_store(office, owner) -> None:
    made, _ = await office.auth.api_keys.create(owner, "Sync", ["orders.order.view"])
    other = await office.acting(await office.employ("eve@shop.test", store="theirs"), "theirs")

    assert await office.auth.api_keys.get(owner, made.id) == made
    with pytest.raises(NotFound):
        await office.auth.api_keys.get(other, made.id)
    with pytest.raises(ShopwrightError):
        await office.auth.api_keys.get(office.ctx(), made.id)
