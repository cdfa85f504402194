# SPDX-License-Identifier: Apache-2.0
import pytest
from sqlalchemy import text

from shopwright.auth.checks import checks
from shopwright.ids import new_id


async def offenders(office, code: str, store: str = "ours") -> list[tuple[str, str]]:
    (check,) = [one for one in checks if one.code == code]
    tenant = None if check.whole_installation else office.stores[store].id
    return [(row[0], row[1]) for row in await office.db.fetch_rows(tenant, check.sql)]


@pytest.fixture
async def ada(office):
    await office.employ("eve@shop.test", store="theirs")
    return await office.employ("ada@shop.test")


async def test_a_healthy_installation_has_no_offender(office, ada) -> None:
    await office.open_session(ada)
    await office.auth.tokens.issue(office.ctx(), ada)

    for check in checks:
        assert await offenders(office, check.code) == []


async def test_a_session_of_a_disabled_staff_user_is_found(office, ada) -> None:
    await office.open_session(ada)
    async with office.db.system_transaction() as session:
        await session.execute(
            text("UPDATE kernel_staff_user SET disabled_at = now() WHERE id = :id"), {"id": ada}
        )

    assert await offenders(office, "kernel.sessions_of_disabled") == [
        (str(ada), "ada@shop.test is disabled and has a session")
    ]
    assert await offenders(office, "kernel.sessions_of_disabled", "theirs") == []


@pytest.mark.parametrize(
    "loss",
    [
        "DELETE FROM kernel_staff_role WHERE staff_user_id = :id",
        "UPDATE kernel_staff_role SET role = 'manager' WHERE staff_user_id = :id",
        "UPDATE kernel_staff_user SET disabled_at = now() WHERE id = :id",
    ],
)
async def test_a_store_without_an_owner_is_found(office, ada, loss: str) -> None:
    async with office.db.system_transaction() as session:
        await session.execute(text(loss), {"id": ada})

    assert await offenders(office, "kernel.store_has_owner") == [
        (str(office.stores["ours"].id), "store ours has no owner")
    ]


async def test_a_family_with_two_live_tokens_is_found(office, ada) -> None:
    family = new_id()
    async with office.ctx().transaction() as session:
        insert = text(
            """
            INSERT INTO kernel_refresh_token (store_id, id, family, staff_user_id, token_hash,
                                              created_at, expires_at, family_expires_at)
            VALUES (:store, :id, :family, :ada, :hash, now(), now(), now())
            """
        )
        await session.execute(text("SET LOCAL role NONE"))
        await session.execute(text("DROP INDEX kernel_refresh_token_live_key"))
        for number in (b"1", b"2"):
            values = {"store": office.stores["ours"].id, "id": new_id(), "family": family, "ada": ada}
            await session.execute(insert, values | {"hash": number})

    assert await offenders(office, "kernel.refresh_families") == [(str(family), "2 live tokens")]
